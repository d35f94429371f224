#include "adapters/csd/iso/xml.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <cstdlib>

namespace ustp::csd::iso {
namespace {

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}

bool is(const xmlNode* node, std::string_view ns, std::string_view name) {
  return node->type == XML_ELEMENT_NODE && view(node->name) == name &&
         (node->ns == nullptr ? ns.empty() : view(node->ns->href) == ns);
}

Result<Element> one_child(const xmlNode* of, std::string_view ns, std::string_view name) {
  const xmlNode* found = nullptr;
  for (const xmlNode* node = of->children; node != nullptr; node = node->next) {
    if (!is(node, ns, name)) continue;
    if (found != nullptr) return Error{Code::malformed_text, std::string(name) + " is repeated"};
    found = node;
  }
  if (found == nullptr) return Error{Code::missing_field, std::string(name)};
  return Element(found);
}

// The parser would refuse external entities anyway; a document type declaration has no business on the drop at all,
// and refusing it here keeps its entities from being expanded. NUL shows UTF-16 and UTF-32, in which "<!" would hide.
Result<void> check_octets(std::string_view text, const XmlLimits& limits) {
  if (text.size() > limits.octets) return Error{Code::frame_too_large, "XML of " + std::to_string(text.size()) + " octets"};
  if (text.find('\0') != std::string_view::npos) return Error{Code::invalid_character, "NUL in XML"};
  for (auto at = text.find("<!"); at != std::string_view::npos; at = text.find("<!", at + 2))
    if (text.substr(at, 4) != "<!--") return Error{Code::malformed_text, "XML with a declaration or CDATA section"};
  return {};
}

Result<void> check_shape(const xmlNode* node, std::size_t depth, std::size_t& elements, const XmlLimits& limits) {
  for (; node != nullptr; node = node->next) {
    if (node->type == XML_ENTITY_REF_NODE || node->type == XML_DTD_NODE)
      return Error{Code::malformed_text, "XML with an entity"};
    if (node->type != XML_ELEMENT_NODE) continue;
    if (depth > limits.depth) return Error{Code::nesting_too_deep, "XML element"};
    if (++elements > limits.elements) return Error{Code::too_long, "XML elements"};
    USTP_CHECK(check_shape(node->children, depth + 1, elements, limits));
  }
  return {};
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out.push_back(c);
    }
}

template <class Visit>
void each_part(std::string_view path, Visit visit) {
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    visit(path.substr(start, end - start));
    start = end + 1;
  }
}

}  // namespace

std::string_view Element::name() const { return view(node_->name); }
std::string_view Element::ns() const { return node_->ns == nullptr ? std::string_view{} : view(node_->ns->href); }
Result<Element> Element::child(std::string_view name) const { return one_child(node_, ns(), name); }
Result<Element> Element::foreign(std::string_view ns, std::string_view name) const { return one_child(node_, ns, name); }

Result<Element> Element::at(std::string_view path) const {
  Element here = *this;
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    USTP_TRY(here, here.child(path.substr(start, end - start)));
    start = end + 1;
  }
  return here;
}
bool Element::has(std::string_view path) const {
  // A repeated element is there; whoever reads it will refuse it.
  const auto found = at(path);
  return found.has_value() || found.error().code != Code::missing_field;
}
Result<std::string> Element::text() const {
  std::string out;
  for (const xmlNode* node = node_->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE) return Error{Code::unknown_field, std::string(name())};
    if (node->type == XML_TEXT_NODE) out += view(node->content);
  }
  if (out.empty()) return Error{Code::missing_field, std::string(name())};
  return out;
}
Result<std::string> Element::text_at(std::string_view path) const {
  USTP_TRY(const auto element, at(path));
  return element.text();
}
std::optional<std::string> Element::attribute(std::string_view name) const {
  for (const xmlAttr* attr = node_->properties; attr != nullptr; attr = attr->next) {
    if (attr->ns != nullptr || view(attr->name) != name) continue;
    if (attr->children == nullptr || attr->children->next != nullptr) return std::nullopt;
    return std::string(view(attr->children->content));
  }
  return std::nullopt;
}
std::vector<Element> Element::children(std::string_view name) const {
  std::vector<Element> out;
  for (const xmlNode* node = node_->children; node != nullptr; node = node->next)
    if (is(node, ns(), name)) out.emplace_back(node);
  return out;
}

void Document::Free::operator()(_xmlDoc* doc) const { xmlFreeDoc(doc); }

Result<Document> Document::parse(BytesView octets, const XmlLimits& limits) {
  USTP_CHECK(check_octets(as_text(octets), limits));
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
  Document out;
  // The limit above keeps the size within an int. Naming the encoding overrides whatever the document claims.
  out.doc_.reset(xmlReadMemory(reinterpret_cast<const char*>(octets.data()), static_cast<int>(octets.size()), nullptr,
                               "UTF-8", kOptions));
  if (out.doc_ == nullptr) return Error{Code::malformed_text, "not well-formed XML"};
  const xmlNode* root = xmlDocGetRootElement(out.doc_.get());
  if (root == nullptr || out.doc_->intSubset != nullptr) return Error{Code::malformed_text, "XML without a root element"};
  std::size_t elements = 0;
  USTP_CHECK(check_shape(root, 1, elements, limits));
  return out;
}
Element Document::root() const { return Element(xmlDocGetRootElement(doc_.get())); }

XmlWriter& XmlWriter::open(std::string_view path) {
  each_part(path, [&](std::string_view part) { out_.append("<").append(part).append(">"); });
  open_.emplace_back(path);
  return *this;
}
XmlWriter& XmlWriter::open_ns(std::string_view name, std::string_view ns) {
  out_.append("<").append(name).append(" xmlns=\"");
  append_escaped(out_, ns);
  out_.append("\">");
  open_.emplace_back(name);
  return *this;
}
XmlWriter& XmlWriter::leaf(std::string_view path, std::string_view text) {
  open(path);
  append_escaped(out_, text);
  return close();
}
XmlWriter& XmlWriter::close() {
  if (open_.empty()) std::abort();
  const std::string path = std::move(open_.back());
  open_.pop_back();
  for (std::size_t end = path.size();;) {
    const auto slash = path.rfind('/', end - 1);
    const auto start = slash == std::string::npos ? 0 : slash + 1;
    out_.append("</").append(path, start, end - start).append(">");
    if (start == 0) return *this;
    end = slash;
  }
}
std::string XmlWriter::take() {
  if (!open_.empty()) std::abort();
  return std::move(out_);
}

}  // namespace ustp::csd::iso
