#pragma once
// An independent look at our files: libxml2's schema validator and XPath, not the adapter's own reader.

#include <string>
#include <vector>

namespace ustp::test {

// Folder of the ISO 20022 schemas, empty when they are not here.
std::string schema_folder();
// Cuts AppHdr and Document out of the file and validates each against its own schema. Empty: valid.
std::string validate_parts(const std::string& file, const std::string& folder);
// The text of every node the XPath selects; prefixes: d Document's namespace, h the header's, b the envelope's, u UstpOp.
std::vector<std::string> xpath(const std::string& file, const std::string& expression);

}  // namespace ustp::test
