#include "tests/vectors/json_edit.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/wire/samples.hpp"
#include "ustp/wire/json_message.hpp"

namespace ustp::vectors {

using Json = nlohmann::json;  // members in the order of their octets, as RFC 8785 has them for names in ASCII

std::string json_sample(int type) {
  wire::Message message = wire::samples::all(true)[static_cast<std::size_t>(type) - 1];
  if (auto* proposal = std::get_if<wire::TransferProposal>(&message.body)) proposal->encoding = wire::kJsonEncoding;
  return std::string(as_text(wire::encode_json(message).value()));
}

std::string with_member(const std::string& text, const std::string& pointer, const std::string& value) {
  Json json = Json::parse(text);
  json[Json::json_pointer(pointer)] = Json::parse(value);
  return json.dump();
}

std::string without_member(const std::string& text, const std::string& pointer) {
  Json json = Json::parse(text);
  const Json::json_pointer place(pointer);
  Json& parent = json[place.parent_pointer()];
  if (parent.is_array()) parent.erase(static_cast<std::size_t>(std::stoul(place.back())));
  else parent.erase(place.back());
  return json.dump();
}

std::string with_text(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

std::string quoted(const std::string& text) { return Json(text).dump(); }

}  // namespace ustp::vectors
