#include "tests/unit/csd/xml_checks.hpp"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

namespace ustp::test {
namespace {

struct FreeDoc { void operator()(xmlDoc* d) const { xmlFreeDoc(d); } };
using Doc = std::unique_ptr<xmlDoc, FreeDoc>;
struct FreeSchema { void operator()(xmlSchema* s) const { xmlSchemaFree(s); } };
using Schema = std::unique_ptr<xmlSchema, FreeSchema>;

const xmlChar* x(const std::string& text) { return reinterpret_cast<const xmlChar*>(text.c_str()); }
std::string s(const xmlChar* text) { return text == nullptr ? "" : reinterpret_cast<const char*>(text); }
Doc parse(const std::string& file) {
  return Doc(xmlReadMemory(file.data(), static_cast<int>(file.size()), nullptr, nullptr, XML_PARSE_NONET));
}

void collect(void* to, const char* format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  *static_cast<std::string*>(to) += line;
}

Schema load(const std::string& path) {
  auto* context = xmlSchemaNewParserCtxt(path.c_str());
  Schema out(xmlSchemaParse(context));
  xmlSchemaFreeParserCtxt(context);
  return out;
}

std::string validate(const Schema& schema, xmlNode* part) {
  Doc alone(xmlNewDoc(x("1.0")));
  xmlDocSetRootElement(alone.get(), xmlDocCopyNode(part, alone.get(), 1));
  std::string problems;
  auto* context = xmlSchemaNewValidCtxt(schema.get());
  xmlSchemaSetValidErrors(context, collect, nullptr, &problems);
  const int result = xmlSchemaValidateDoc(context, alone.get());
  xmlSchemaFreeValidCtxt(context);
  return result == 0 ? "" : problems + " (" + std::to_string(result) + ")";
}

}  // namespace

std::string schema_folder() {
  const std::string folder = std::string(USTP_SOURCE_DIR) + "/../shared/data/iso20022/xsd";
  for (const auto& at : {folder, std::string(USTP_SOURCE_DIR) + "/../../shared/data/iso20022/xsd"})
    if (std::filesystem::exists(at)) return at;
  return "";
}

std::string validate_parts(const std::string& file, const std::string& folder) {
  static const std::string kPrefix = "urn:iso:std:iso:20022:tech:xsd:";
  std::map<std::string, Schema> schemas;
  const Doc doc = parse(file);
  if (!doc) return "not well-formed";
  int parts = 0;
  for (xmlNode* part = xmlDocGetRootElement(doc.get())->children; part != nullptr; part = part->next) {
    if (part->type != XML_ELEMENT_NODE) continue;
    ++parts;
    const std::string ns = part->ns == nullptr ? "" : s(part->ns->href);
    if (ns.rfind(kPrefix, 0) != 0) return "namespace " + ns;
    auto& schema = schemas[ns];
    if (!schema) schema = load(folder + "/" + ns.substr(kPrefix.size()) + ".xsd");
    if (!schema) return "no schema for " + ns;
    if (const auto problem = validate(schema, part); !problem.empty()) return s(part->name) + ": " + problem;
  }
  return parts == 2 ? "" : "not two parts";
}

std::vector<std::string> xpath(const std::string& file, const std::string& expression) {
  const Doc doc = parse(file);
  std::vector<std::string> out;
  if (!doc) return out;
  auto* context = xmlXPathNewContext(doc.get());
  std::string document_ns;
  for (xmlNode* part = xmlDocGetRootElement(doc.get())->children; part != nullptr; part = part->next)
    if (s(part->name) == "Document") document_ns = s(part->ns->href);
  xmlXPathRegisterNs(context, x("d"), x(document_ns));
  xmlXPathRegisterNs(context, x("h"), x("urn:iso:std:iso:20022:tech:xsd:head.001.001.02"));
  xmlXPathRegisterNs(context, x("b"), x("urn:ustp:csd:drop:1"));
  xmlXPathRegisterNs(context, x("u"), x("urn:ustp:csd:operation:1"));
  auto* found = xmlXPathEvalExpression(x(expression), context);
  if (found != nullptr && found->nodesetval != nullptr)
    for (int i = 0; i < found->nodesetval->nodeNr; ++i) {
      auto* content = xmlNodeGetContent(found->nodesetval->nodeTab[i]);
      out.push_back(s(content));
      xmlFree(content);
    }
  xmlXPathFreeObject(found);
  xmlXPathFreeContext(context);
  return out;
}

}  // namespace ustp::test
