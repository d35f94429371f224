#include "gateway/api/batch_order.hpp"

#include "gateway/api/headers.hpp"
#include "gateway/api/json_value.hpp"
#include "gateway/api/order.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::gateway::api {
namespace {

using Kind = JsonValue::Kind;

// Two levels more than one order alone; every object keeps to what any of ours could have.
constexpr JsonLimits kLimits{.depth = 18, .values = 400'000, .text = 4096, .members = 64};

Fault fault(std::string pointer, Code code, std::string detail = {}) {
  return {{code, std::move(detail)}, std::move(pointer)};
}

std::optional<Fault> read_item(const JsonValue& value, std::string_view text, const std::string& at, BatchItem& out) {
  if (value.kind != Kind::kObject) return fault(at, Code::malformed_text, "must be an object");
  const JsonValue *key = nullptr, *order = nullptr;
  std::size_t place = 0;
  for (std::size_t i = 0; i < value.members.size(); ++i) {
    const auto& member = value.members[i];
    if (member.name == "idempotency_key") {
      key = &member.value;
    } else if (member.name == "order") {
      order = &member.value;
      place = i;
    } else {
      return fault(pointer_to(at, member.name), Code::unknown_field);
    }
  }
  const auto key_at = at + "/idempotency_key";
  if (key == nullptr) return fault(key_at, Code::idempotency_key_missing);
  if (key->kind != Kind::kText) return fault(key_at, Code::malformed_text, "must be a string");
  auto parsed = IdempotencyKey::parse(key->text);
  if (!parsed) return fault(key_at, parsed.error().code, parsed.error().detail);
  out.key = key->text;
  out.order.key = *std::move(parsed);
  if (order == nullptr) return fault(at + "/order", Code::missing_field);
  out.order.payload_hash = crypto::sha256(as_bytes(json_parts(text)[place]));
  return read_order(*order, at + "/order", out.order);
}

}  // namespace

std::optional<Fault> read_batch(std::string_view body, std::vector<BatchItem>& out) {
  auto parsed = parse_json(body, kLimits);
  if (auto* bad = std::get_if<Fault>(&parsed)) return std::move(*bad);
  const auto& root = std::get<JsonValue>(parsed);
  if (root.kind != Kind::kObject) return fault({}, Code::malformed_text, "must be an object");
  for (const auto& member : root.members)
    if (member.name != "orders") return fault(pointer_to({}, member.name), Code::unknown_field);
  if (root.members.empty()) return fault("/orders", Code::missing_field);
  const auto& orders = root.members.front().value;
  if (orders.kind != Kind::kList) return fault("/orders", Code::malformed_text, "must be a list");
  if (orders.items.empty() || orders.items.size() > kMaxBatch) return fault("/orders", Code::out_of_range, "1 to 1000 orders");
  const auto texts = json_parts(json_parts(body).front());
  out.resize(orders.items.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i].fault = read_item(orders.items[i], texts[i], "/orders/" + std::to_string(i), out[i]);
  return {};
}

}  // namespace ustp::gateway::api
