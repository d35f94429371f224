#include "sdk/cli/batch_file.hpp"

#include <nlohmann/json.hpp>
#include <set>

namespace ustp::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<client::BatchOrder> order_of(std::string_view line) {
  const auto json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return Error{Code::malformed_text, "no JSON object"};
  if (json.size() != 2 || !json.contains("idempotency_key") || !json.contains("order"))
    return Error{Code::malformed_text, "idempotency_key and order are expected, and nothing else"};
  if (!json["idempotency_key"].is_string() || !json["order"].is_object())
    return Error{Code::malformed_text, "idempotency_key is a text, order an object"};
  client::BatchOrder out;
  USTP_TRY(out.key, IdempotencyKey::parse(json["idempotency_key"].get<std::string>()));
  // In the order of its members and without blanks: the same line always gives the same octets, and so the same request.
  out.json = json["order"].dump(-1, ' ', false, Json::error_handler_t::replace);
  return out;
}

}  // namespace

Result<std::vector<client::BatchOrder>> batch_of(std::string_view text) {
  std::vector<client::BatchOrder> out;
  std::set<std::string> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    auto order = order_of(line);
    const auto at = "line " + std::to_string(number) + ": ";
    if (!order) return Error{order.error().code, at + order.error().detail};
    if (!keys.insert(order->key.str()).second) return Error{Code::duplicate_field, at + "the key of another line"};
    out.push_back(*std::move(order));
  }
  if (out.empty()) return Error{Code::missing_field, "no order"};
  return out;
}

}  // namespace ustp::cli
