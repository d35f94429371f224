#include "json_fields.hpp"

namespace ustp::wire::json {

Error at_place(const std::string& place, Code code, std::string_view why) {
  return {code, (place.empty() ? std::string("document") : place) + (why.empty() ? "" : ": ") + std::string(why)};
}

Result<Bytes> strict_base64url(std::string_view text) {
  auto octets = from_base64url(text);
  if (!octets) return Error{Code::base64_form, octets.error().detail};
  return octets;
}

Result<std::uint64_t> parse_uint64(std::string_view text) {
  USTP_TRY(const Uint128 value, parse_uint128(text));
  if (value > UINT64_MAX) return Error{Code::out_of_range, "above 2^64 - 1"};
  return static_cast<std::uint64_t>(value);
}

Result<Quantity> parse_scaled(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::size_t scale = point == std::string_view::npos ? 0 : text.size() - point - 1;
  if (scale > Quantity::kMaxScale) return Error{Code::out_of_range, "more than 30 decimal places"};
  return Quantity::parse(text, static_cast<std::uint8_t>(scale));
}

Reader::Reader(const Node& object, std::string at, std::optional<Error>& error)
    : object_(object), at_(std::move(at)), error_(error) {
  if (!error_ && object_.kind != Node::Kind::kObject) error_ = at_place(at_, Code::json_type, "an object is expected");
}

const Node* Reader::take(const char* name, Need need) {
  asked_.insert(name);
  if (error_) return nullptr;
  const Node* value = object_.find(name);
  if (value == nullptr && need == Need::kRequired) fail(name, Code::missing_field, {});
  return value;
}

void Reader::fail(const char* name, Code code, std::string_view why) {
  if (!error_) error_ = at_place(where(name), code, why);
}

const std::string* Reader::text_of(const char* name, Need need) {
  const Node* value = take(name, need);
  if (value == nullptr) return nullptr;
  if (value->kind != Node::Kind::kText) return fail(name, Code::json_type, "a text is expected"), nullptr;
  if (value->text.empty() && need == Need::kOptional) return fail(name, Code::json_default, "an empty text"), nullptr;
  return &value->text;
}

const Node* Reader::list_of(const char* name, std::size_t most) {
  const Node* value = take(name, Need::kOptional);
  if (value == nullptr) return nullptr;
  if (value->kind != Node::Kind::kList) return fail(name, Code::json_type, "a list is expected"), nullptr;
  if (value->items.empty()) return fail(name, Code::json_default, "an empty list"), nullptr;
  if (value->items.size() > most)
    return fail(name, Code::too_long, "at most " + std::to_string(most) + " entries"), nullptr;
  return value;
}

void Reader::text(const char* name, std::string& out, std::size_t most, Need need) {
  const std::string* text = text_of(name, need);
  if (text == nullptr) return;
  if (text->size() > most) return fail(name, Code::too_long, "at most " + std::to_string(most) + " octets");
  for (const char c : *text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return fail(name, Code::invalid_character, "control character");
  out = *text;
}

void Reader::constant(const char* name, std::string_view value, Code code) {
  const std::string* text = text_of(name, Need::kRequired);
  if (text != nullptr && *text != value) fail(name, code, value);
}

void Reader::number(const char* name, std::uint64_t expected, Code code) {
  const Node* value = take(name, Need::kRequired);
  if (value == nullptr) return;
  if (value->kind != Node::Kind::kNumber) return fail(name, Code::json_type, "a number is expected");
  if (value->number != expected) fail(name, code, std::to_string(expected));
}

void Reader::number(const char* name, std::uint32_t& out) {
  out = 0;
  const Node* value = take(name, Need::kOptional);
  if (value == nullptr) return;
  if (value->kind != Node::Kind::kNumber) return fail(name, Code::json_type, "a number is expected");
  if (value->number == 0) return fail(name, Code::json_default, "0");
  if (value->number > UINT32_MAX) return fail(name, Code::out_of_range, "above 2^32 - 1");
  out = static_cast<std::uint32_t>(value->number);
}

void Reader::large(const char* name, std::uint64_t& out) {
  const std::string* text = text_of(name, Need::kOptional);
  if (text == nullptr) return;
  const auto value = parse_uint64(*text);
  if (!value) return fail(name, value.error().code, value.error().detail);
  if (*value == 0) return fail(name, Code::json_default, "0");
  out = *value;
}

void Reader::flag(const char* name, bool& out) {
  const Node* value = take(name, Need::kOptional);
  if (value == nullptr) return;
  if (value->kind != Node::Kind::kFlag) return fail(name, Code::json_type, "true is expected");
  if (!value->flag) return fail(name, Code::json_default, "false");
  out = true;
}

void Reader::octets(const char* name, Bytes& out, std::size_t most, Need need) {
  const std::string* text = text_of(name, need);
  if (text == nullptr) return;
  if (text->size() > (most * 4 + 2) / 3)
    return fail(name, Code::too_long, "at most " + std::to_string(most) + " octets");
  auto octets = strict_base64url(*text);
  if (!octets) return fail(name, octets.error().code, octets.error().detail);
  if (octets->empty()) return fail(name, Code::missing_field, {});
  out = std::move(octets).value();
}

void Reader::date(const char* name, Date& out) {
  const std::string* text = text_of(name, Need::kOptional);
  if (text == nullptr) return;
  const auto date = parse_date(*text);
  if (!date || date->year < 1) return fail(name, Code::invalid_time, "a date reads YYYY-MM-DD");
  out = *date;
}

void Reader::instant(const char* name, Instant& out) {
  const std::string* text = text_of(name, Need::kOptional);
  if (text == nullptr) return;
  const auto time = parse_rfc3339(*text);
  if (!time) return fail(name, time.error().code, time.error().detail);
  if (time->ns == 0) return fail(name, Code::json_default, "the zero instant");
  if (to_rfc3339(*time) != *text) return fail(name, Code::json_not_canonical, "zeros at the end of a fraction");
  out = *time;
}

void Reader::quantity(const char* name, Quantity& out) {
  const std::string* text = text_of(name, Need::kRequired);
  if (text == nullptr) return;
  const auto quantity = parse_scaled(*text);
  if (!quantity) return fail(name, quantity.error().code, quantity.error().detail);
  out = *quantity;
}

void Reader::finish() {
  if (error_) return;
  for (const std::string& name : object_.names)
    if (!asked_.contains(name)) {
      error_ = at_place(at_ + "/" + pointer_part(name), Code::unknown_field, {});
      return;
    }
}

void Writer::fail(const char* name, Code code, std::string_view why) {
  if (!error_) error_ = at_place(at_ + "/" + name, code, why);
}

// I-JSON has no place for a noncharacter; a text that holds one cannot be told in this encoding (USTP-JSN-013).
void Writer::text(const char* name, const std::string& value, std::size_t, Need) {
  if (value.empty()) return;
  if (first_bad_character(value) != std::string_view::npos) return fail(name, Code::invalid_character, "noncharacter");
  object_.add(name, Node::of(std::string_view(value)));
}

}  // namespace ustp::wire::json
