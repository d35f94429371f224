#pragma once
// XML as this adapter reads and writes it: UTF-8, no DTD, no entities but the five predefined, no network, bounded in
// octets, depth and elements. libxml2 stays behind xml.cpp.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ustp/base/bytes.hpp"

struct _xmlDoc;
struct _xmlNode;

namespace ustp::csd::iso {

struct XmlLimits {
  std::size_t octets = 1U << 20;
  std::size_t depth = 24;
  std::size_t elements = 50'000;
};

// A place in a document; valid while the document lives.
class Element {
 public:
  explicit Element(const _xmlNode* node) : node_(node) {}

  std::string_view name() const;
  std::string_view ns() const;
  // The one child of this name, in this element's namespace. Code::missing_field, or malformed_text when repeated.
  Result<Element> child(std::string_view name) const;
  // The one child of this name in another namespace.
  Result<Element> foreign(std::string_view ns, std::string_view name) const;
  // "A/B/C": child of child of child; every step exactly once.
  Result<Element> at(std::string_view path) const;
  bool has(std::string_view path) const;
  // Text of an element without elements in it, not empty.
  Result<std::string> text() const;
  Result<std::string> text_at(std::string_view path) const;
  std::optional<std::string> attribute(std::string_view name) const;
  std::vector<Element> children(std::string_view name) const;

 private:
  const _xmlNode* node_;
};

class Document {
 public:
  // Code::frame_too_large, nesting_too_deep, malformed_text, invalid_character. Octets that declare a document type
  // are refused before the parser sees them.
  static Result<Document> parse(BytesView octets, const XmlLimits& limits = {});
  Element root() const;

 private:
  struct Free { void operator()(_xmlDoc* doc) const; };
  std::unique_ptr<_xmlDoc, Free> doc_;
};

// Writes elements in the order of the calls; texts are escaped. Closing what was not opened is a bug and terminates.
class XmlWriter {
 public:
  XmlWriter& open(std::string_view path);  // "A/B": opens A, in it B; one close() for each call
  XmlWriter& open_ns(std::string_view name, std::string_view ns);
  XmlWriter& leaf(std::string_view path, std::string_view text);
  XmlWriter& close();
  std::string take();

 private:
  std::string out_;
  std::vector<std::string> open_;  // paths; closing one closes its parts from the inside
};

}  // namespace ustp::csd::iso
