#include "tests/simulation/forger.hpp"

#include "gateway/engine/exchange.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::simulation {
namespace {

class Pretender final : public crypto::Signer {
 public:
  Pretender(crypto::Signer& real, const KeyId& claimed) : real_(real), claimed_(claimed) {}
  crypto::Algorithm algorithm() const override { return real_.algorithm(); }
  const KeyId& key_id() const override { return claimed_; }
  const Bytes& spki() const override { return real_.spki(); }
  Result<Bytes> sign(BytesView message) override { return real_.sign(message); }

 private:
  crypto::Signer& real_;
  KeyId claimed_;
};

}  // namespace

namespace {

Bytes forge_json(BytesView jws, crypto::Signer& stranger) {
  const auto taken = wire::parse_json_signed(as_text(jws));
  if (!taken) return {};
  auto message = wire::decode_json(taken->message);
  if (!message) return {};
  message->session.mutable_octets()[0] ^= 1;
  Pretender signer(stranger, taken->header.key);
  const auto out = wire::seal_json(taken->header, wire::encode_json(*message).value(), signer);
  return out ? gateway::exchange(gateway::Exchange::kMessage, as_bytes(*out)) : Bytes{};
}

}  // namespace

Bytes forge(const Bytes& frame, crypto::Signer& stranger) {
  if (!frame.empty() && frame.front() == static_cast<std::uint8_t>(gateway::Exchange::kMessage))
    return forge_json(BytesView(frame).subspan(1), stranger);
  const auto batch = wire::parse_batch(frame);
  if (!batch) return {};
  std::vector<wire::OutgoingMessage> messages;
  for (const auto& item : batch->items) {
    auto message = wire::decode(item.octets);
    if (!message) return {};
    message->session.mutable_octets()[0] ^= 1;
    messages.push_back({item.salt, wire::encode(*message)});
  }
  Pretender signer(stranger, batch->header.key);
  auto out = wire::seal_batch(batch->header, messages, signer);
  return out ? *std::move(out) : Bytes{};
}

Duration any_offset(Chance& chance) {
  constexpr std::int64_t kMost[] = {1'500, 10'000, 300'000, 72'000'000, 36'000'000'000};  // ms
  const auto level = chance.below(20);
  const auto most = kMost[level < 8 ? 0 : level < 11 ? 1 : level < 14 ? 2 : level < 19 ? 3 : 4];
  const auto ms = static_cast<std::int64_t>(chance.below(static_cast<std::uint64_t>(2 * most))) - most;
  return Duration::milliseconds(ms);
}

}  // namespace ustp::simulation
