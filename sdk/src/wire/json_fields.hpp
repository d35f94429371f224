#pragma once
// Inside wire only: one description per struct (`fields` in json_message.cpp) serves reading and writing, so that no
// field can be read under a name that it is not written under. A member that says nothing is absent, and a reader
// refuses one that says nothing all the same: a value has one spelling (USTP-JSN-016).

#include <initializer_list>
#include <optional>
#include <set>
#include <utility>

#include "json_text.hpp"
#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"
#include "ustp/domain/quantity.hpp"

namespace ustp::wire::json {

enum class Need { kOptional, kRequired };
template <class Enum>
using Names = std::initializer_list<std::pair<Enum, std::string_view>>;

// "…/name: why", and base64url in its one form (Code::base64_form).
Error at_place(const std::string& place, Code code, std::string_view why);
Result<Bytes> strict_base64url(std::string_view text);
// A decimal text of an unsigned 64-bit number: no sign, no leading zero.
Result<std::uint64_t> parse_uint64(std::string_view text);
// A decimal text whose places are the scale: "1000", "12.50".
Result<Quantity> parse_scaled(std::string_view text);

// Reads one object; remembers the first error of the whole document and which members were asked for.
class Reader {
 public:
  Reader(const Node& object, std::string at, std::optional<Error>& error);

  template <class Id>
  void fixed(const char* name, Id& out, Need need = Need::kRequired) {
    const std::string* text = this->text_of(name, need);
    if (text == nullptr) return;
    auto id = Id::from_hex(*text);
    if (!id) return fail(name, id.error().code, id.error().detail);
    if (id->hex() != *text) return fail(name, Code::json_not_canonical, "upper-case hexadecimal");
    if (id->is_zero()) return fail(name, Code::zero_hash, {});
    out = *id;
  }
  template <class Id>
  void id(const char* name, Id& out, Need need = Need::kRequired) {
    const std::string* text = this->text_of(name, need);
    if (text == nullptr) return;
    auto id = Id::parse(*text);
    if (!id) return fail(name, id.error().code, id.error().detail);
    out = std::move(id).value();
  }
  // Bounded in octets, no control characters.
  void text(const char* name, std::string& out, std::size_t most, Need need = Need::kOptional);
  void constant(const char* name, std::string_view value, Code code);
  void number(const char* name, std::uint64_t value, Code code);  // a constant
  void number(const char* name, std::uint32_t& out);
  void large(const char* name, std::uint64_t& out);
  void flag(const char* name, bool& out);
  template <class Enum>
  void tag(const char* name, Enum& out, const Names<Enum>& names, Need need = Need::kRequired) {
    const std::string* text = this->text_of(name, need);
    if (text == nullptr) return;
    for (const auto& [known, word] : names)
      if (word == *text) {
        out = known;
        return;
      }
    fail(name, Code::unknown_tag, {});
  }
  void octets(const char* name, Bytes& out, std::size_t most, Need need = Need::kOptional);
  void date(const char* name, Date& out);
  void instant(const char* name, Instant& out);
  void quantity(const char* name, Quantity& out);
  template <class Inside>
  bool object(const char* name, const Inside& inside, Need need = Need::kRequired) {
    const Node* value = take(name, need);
    if (value == nullptr) return false;
    if (value->kind == Node::Kind::kObject && value->items.empty() && need == Need::kOptional) {
      fail(name, Code::json_default, "an empty object");
      return false;
    }
    Reader reader(*value, where(name), error_);
    inside(reader);
    reader.finish();
    return !error_;
  }
  template <class T, class Each>
  void list(const char* name, std::vector<T>& out, std::size_t most, const Each& each) {
    const Node* value = list_of(name, most);
    for (std::size_t i = 0; value != nullptr && i < value->items.size() && !error_; ++i)
      each(value->items[i], where(name) + "/" + std::to_string(i), out.emplace_back(), error_);
  }
  template <class T>
  void objects(const char* name, std::vector<T>& out, std::size_t most) {
    list(name, out, most, [](const Node& node, std::string at, T& one, std::optional<Error>& error) {
      Reader reader(node, std::move(at), error);
      fields(reader, one);
      reader.finish();
    });
  }
  // The member as it is; for what has more than one form.
  const Node* take(const char* name, Need need);
  void fail(const char* name, Code code, std::string_view why);
  bool failed() const { return error_.has_value(); }
  // USTP-JSN-015: what is not understood is refused, never dropped.
  void finish();

 private:
  std::string where(const char* name) const { return at_ + "/" + name; }
  const std::string* text_of(const char* name, Need need);
  const Node* list_of(const char* name, std::size_t most);

  const Node& object_;
  const std::string at_;
  std::optional<Error>& error_;
  std::set<std::string, std::less<>> asked_;
};

// Writes what the Reader reads.
class Writer {
 public:
  Writer(Node& object, std::string at, std::optional<Error>& error) : object_(object), at_(std::move(at)), error_(error) {
    object_ = Node::object();
  }
  template <class Id>
  void fixed(const char* name, const Id& value, Need = Need::kRequired) {
    if (!value.is_zero()) object_.add(name, Node::of(std::string_view(value.hex())));
  }
  template <class Id>
  void id(const char* name, const Id& value, Need = Need::kRequired) {
    if (!value.empty()) object_.add(name, Node::of(std::string_view(value.str())));
  }
  void text(const char* name, const std::string& value, std::size_t, Need = Need::kOptional);
  void constant(const char* name, std::string_view value, Code) { object_.add(name, Node::of(value)); }
  void number(const char* name, std::uint64_t value, Code) { object_.add(name, Node::of(value)); }
  void number(const char* name, std::uint32_t value) {
    if (value != 0) object_.add(name, Node::of(std::uint64_t{value}));
  }
  void large(const char* name, std::uint64_t value) {
    if (value != 0) object_.add(name, Node::of(std::string_view(std::to_string(value))));
  }
  void flag(const char* name, bool value) {
    if (value) object_.add(name, Node::of(true));
  }
  template <class Enum>
  void tag(const char* name, Enum value, const Names<Enum>& names, Need = Need::kRequired) {
    for (const auto& [known, word] : names)
      if (known == value) object_.add(name, Node::of(word));
  }
  void octets(const char* name, const Bytes& value, std::size_t, Need = Need::kOptional) {
    if (!value.empty()) object_.add(name, Node::of(std::string_view(to_base64url(value))));
  }
  void date(const char* name, Date value) {
    if (value != Date{}) object_.add(name, Node::of(std::string_view(to_string(value))));
  }
  void instant(const char* name, Instant value) {
    if (value.ns != 0) object_.add(name, Node::of(std::string_view(to_rfc3339(value))));
  }
  void quantity(const char* name, const Quantity& value) { object_.add(name, Node::of(std::string_view(value.str()))); }
  template <class Inside>
  bool object(const char* name, const Inside& inside, Need need = Need::kRequired) {
    Node member;
    Writer writer(member, at_ + "/" + name, error_);
    inside(writer);
    if (!member.items.empty() || need == Need::kRequired) object_.add(name, std::move(member));
    return true;
  }
  template <class T>
  void objects(const char* name, std::vector<T>& values, std::size_t) {
    if (values.empty()) return;
    Node list = Node::list();
    for (T& value : values) {
      Writer writer(list.items.emplace_back(), at_ + "/" + name, error_);
      fields(writer, value);
    }
    object_.add(name, std::move(list));
  }
  void put(const char* name, Node value) { object_.add(name, std::move(value)); }
  void fail(const char* name, Code code, std::string_view why);

 private:
  Node& object_;
  const std::string at_;
  std::optional<Error>& error_;
};

}  // namespace ustp::wire::json
