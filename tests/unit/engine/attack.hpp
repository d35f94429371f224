#pragma once
// A peer that does wrong with the right key: the world runs until one gateway's message is on its way, the message is
// kept back, and a batch in its place is made by hand, signed and numbered as the honest one would have been.

#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "tests/support/world.hpp"

namespace ustp::test {

class Attack {
 public:
  // `type` is the message kept back; the transfer goes from the CSD to Ethereum.
  Attack(std::uint64_t seed, wire::MessageType type, const char* quantity = "10")
      : world(seed), attacker(from_sender(type) ? world.csd() : world.eth()),
        victim(from_sender(type) ? world.eth() : world.csd()) {
    world.on_wire = [this, type](const Carried& one) {
      if (held_ || one.from != attacker.id || one.to != victim.id) return false;
      link_ = one.link;
      const auto batch = wire::parse_batch(one.frame);
      if (!batch) return false;
      for (const auto& item : batch->items)
        if (const auto message = wire::decode(item.octets); message && message->type() == type) {
          held_ = one.frame;
          honest = *message;
          header = batch->header;
          return true;
        }
      earlier = one.frame;
      return false;
    };
    const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", quantity));
    REQUIRE_MESSAGE(view.has_value(), (view ? "" : to_string(view.error())));
    transfer = view->id;
    for (int i = 0; i < 1000 && !held_; ++i) REQUIRE(world.step());
    while (world.step()) {  // the rest comes to rest: only what is held is missing
    }
    REQUIRE(held_.has_value());
  }

  const Bytes& held() const { return *held_; }
  std::uint64_t link() const { return link_; }
  Bytes sealed(std::vector<Bytes> messages) { return sealed(std::move(messages), *attacker.signer); }
  Bytes sealed(std::vector<Bytes> messages, crypto::Signer& signer) {
    std::vector<wire::OutgoingMessage> out;
    SeededRandom random(7);
    for (auto& octets : messages) out.push_back({random.id<Salt>(), std::move(octets)});
    return wire::seal_batch(header, out, signer).value();
  }

  // The code of the refusal, or Code{} when the victim took it. Refused: nothing of the transfer changed.
  Code frame(Bytes octets) {
    const auto before = victim.core->state_hash();
    const auto result = world.feed(victim, gateway::FrameInput{attacker.id, link_, std::move(octets)});
    if (result.effects.closes.empty()) return refusal_in(result.payload);
    CHECK(victim.core->state_hash() == before);
    const auto code = result.effects.closes.front().reason.code;
    CHECK((result.payload.empty() || code == Code::equivocation));  // which alone is kept, as evidence
    return code;
  }
  Code message(const wire::Message& forged) { return octets(wire::encode(forged)); }
  Code octets(Bytes forged) {
    const auto before = snapshot();
    const auto code = frame(sealed({std::move(forged)}));
    if (code != Code{}) {
      const bool unchanged = before == snapshot();
      CHECK_MESSAGE(unchanged, "a refused message changed the state");
    }
    return code;
  }
  // The same octets, signed by the third gateway, which is no party to the transfer; its channel is new.
  Code from_stranger(Bytes forged) {
    auto& stranger = world.corda();
    const auto before = snapshot();
    wire::Hello hello;
    hello.sender = stranger.id;
    hello.recipient = victim.id;
    hello.time = world.now();
    hello.statements = victim.core->registry().position();
    hello.key = stranger.signer->key_id();
    world.feed(victim, gateway::LinkInput{stranger.id, 9003, true});
    world.feed(victim, gateway::FrameInput{stranger.id, 9003, wire::seal_hello(hello, *stranger.signer).value()});
    header.sender = stranger.id;
    header.sequence = 1;
    header.previous = {};
    header.key = hello.key;
    const auto result =
        world.feed(victim, gateway::FrameInput{stranger.id, 9003, sealed({std::move(forged)}, *stranger.signer)});
    CHECK(result.effects.closes.empty());
    const bool unchanged = before == snapshot();
    CHECK_MESSAGE(unchanged, "a stranger's message changed the state");
    return refusal_in(result.payload);
  }
  template <class Body>
  Code spoiled(const std::function<void(wire::Message&, Body&)>& spoil) {
    auto forged = honest;
    spoil(forged, std::get<Body>(forged.body));
    return message(forged);
  }

  World world;
  Node& attacker;
  Node& victim;
  TransferId transfer;
  wire::Message honest;            // the message kept back
  wire::BatchHeader header;        // of its batch; a test may change it before sealing
  Bytes earlier;                   // the attacker's batch before it, if any

 private:
  struct Snapshot {
    std::optional<protocol::TransferState> state;
    std::size_t open = 0, effects = 0;
    protocol::HomeBook book;
    std::vector<Uint128> units;
    bool operator==(const Snapshot&) const = default;
  };
  Snapshot snapshot() {
    Snapshot out{std::nullopt, victim.core->open_transfers(), victim.ledger->effects(), victim.core->home_book(), {}};
    if (const auto* state = victim.core->find(transfer)) out.state = *state;
    for (const char* name : {"alice", "bob", "carol", "custody", "suspense"})
      out.units.push_back(victim.ledger->units(AccountId::literal(name)));
    return out;
  }
  static bool from_sender(wire::MessageType type) { return static_cast<int>(type) % 2 == 1; }  // USTP-MSG-040
  static Code refusal_in(const Bytes& payload) {
    if (payload.empty()) return {};
    const auto decoded = gateway::decode_entries(payload).value();
    for (const auto& entry : decoded.entries)
      if (const auto* refusal = std::get_if<gateway::RefusalEntry>(&entry)) return refusal->error.code;
    return {};
  }
  std::optional<Bytes> held_;
  std::uint64_t link_ = 0;
};

}  // namespace ustp::test
