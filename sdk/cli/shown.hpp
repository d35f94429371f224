#pragma once
// Messages, frames and bundles as JSON texts, under the names of spec/schema and in the forms of spec/vectors/README.md.

#include <string>

#include "ustp/wire/bundle.hpp"

namespace ustp::cli {

// {"hash", "type", "message"}; the errors of wire::decode.
Result<std::string> message_as_json(BytesView octets);
// {"frame": "batch"|"hello"|"acknowledgement"|"statement", …}: what it says, no signature checked.
Result<std::string> frame_as_json(BytesView frame);
// {"transfer", "exporter", "exported", "key", "statements", "messages"}
Result<std::string> bundle_as_json(const wire::OpenedBundle& bundle);
// The same for people: a line for each statement and message.
Result<std::string> bundle_as_lines(const wire::OpenedBundle& bundle);

}  // namespace ustp::cli
