#include "sdk/vectors/value.hpp"

#include <nlohmann/json.hpp>

namespace ustp::vectors {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kRun = 48;  // a run of equal octets longer than this is written as a count

template <class T>
const T& held_or_empty(const Value& value) {
  static const T kEmpty{};
  const T* held = std::get_if<T>(&value.held());
  return held == nullptr ? kEmpty : *held;
}

Json json_of(const Value& value) {
  if (value.is_null()) return nullptr;
  if (const auto* v = std::get_if<bool>(&value.held())) return *v;
  if (const auto* v = std::get_if<std::int64_t>(&value.held())) return *v;
  if (const auto* v = std::get_if<std::string>(&value.held())) return *v;
  if (const auto* v = std::get_if<List>(&value.held())) {
    Json out = Json::array();
    for (const auto& one : *v) out.push_back(json_of(one));
    return out;
  }
  Json out = Json::object();
  for (const auto& [name, one] : value.members()) out[name] = json_of(one);
  return out;
}

Value value_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    List out;
    for (const auto& one : json) out.push_back(value_of(one));
    return out;
  }
  if (json.is_object()) {
    Members out;
    for (const auto& [name, one] : json.items()) out.emplace_back(name, value_of(one));
    return out;
  }
  return {};
}

Json json_of(const Vector& v) {
  Json out{{"id", v.id}, {"kind", v.kind}, {"title", v.title}, {"requirements", v.requirements},
           {"input", json_of(v.input)}, {"valid", v.valid}};
  if (v.valid) {
    out["output"] = json_of(v.output);
  } else {
    out["code"] = v.code;
  }
  return out;
}

}  // namespace

std::string Value::text() const { return held_or_empty<std::string>(*this); }
std::int64_t Value::number() const { return held_or_empty<std::int64_t>(*this); }
bool Value::flag() const { return held_or_empty<bool>(*this); }
const List& Value::list() const { return held_or_empty<List>(*this); }
const Members& Value::members() const { return held_or_empty<Members>(*this); }
const Value& Value::operator[](std::string_view name) const {
  static const Value kNone;
  for (const auto& [key, value] : members())
    if (key == name) return value;
  return kNone;
}

Value octets_value(BytesView octets) {
  List parts;
  std::size_t from = 0;
  const auto plain = [&](std::size_t to) {
    if (to > from) parts.emplace_back(to_hex(octets.subspan(from, to - from)));
  };
  for (std::size_t i = 0; i < octets.size();) {
    std::size_t end = i;
    while (end < octets.size() && octets[end] == octets[i]) ++end;
    if (end - i > kRun) {
      plain(i);
      parts.emplace_back(List{to_hex(octets.subspan(i, 1)), static_cast<std::int64_t>(end - i)});
      from = end;
    }
    i = end;
  }
  if (parts.empty()) return to_hex(octets);
  plain(octets.size());
  return parts;
}

Bytes octets_of(const Value& value) {
  if (!value.is_list()) return from_hex(value.text()).value_or(Bytes());
  Bytes out;
  for (const auto& part : value.list()) {
    if (!part.is_list()) {
      append(out, octets_of(part));
    } else if (part.list().size() == 2) {
      const Bytes one = octets_of(part.list()[0]);
      out.insert(out.end(), static_cast<std::size_t>(part.list()[1].number()), one.empty() ? std::uint8_t{0} : one[0]);
    }
  }
  return out;
}

std::string to_json(const File& file) {
  std::string out = "{\"file\":" + Json(file.name).dump() + ",\n\"about\":" + Json(file.about).dump() + ",\n\"vectors\":[\n";
  for (std::size_t i = 0; i < file.vectors.size(); ++i)
    out += json_of(file.vectors[i]).dump() + (i + 1 < file.vectors.size() ? ",\n" : "\n");
  return out + "]}\n";
}

Result<File> from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("vectors")) return Error{Code::malformed_text, "not a file of vectors"};
  File out;
  out.name = json.value("file", "");
  out.about = json.value("about", "");
  for (const auto& one : json["vectors"]) {
    Vector v;
    v.id = one.value("id", "");
    v.kind = one.value("kind", "");
    v.title = one.value("title", "");
    v.requirements = one.value("requirements", std::vector<std::string>());
    v.input = value_of(one.value("input", Json()));
    v.valid = one.value("valid", false);
    v.output = value_of(one.value("output", Json()));
    v.code = one.value("code", "");
    out.vectors.push_back(std::move(v));
  }
  return out;
}

std::string to_text(const Value& value) { return json_of(value).dump(); }

}  // namespace ustp::vectors
