// A peer whose channel speaks JSON: the same transfers, one signed message per sequence, and what is refused of it.
#include <doctest/doctest.h>

#include "gateway/engine/evidence.hpp"
#include "gateway/engine/exchange.hpp"
#include "tests/support/requirement.hpp"
#include "tests/support/world.hpp"
#include "ustp/protocol/verify_bundle.hpp"
#include "ustp/wire/json_link.hpp"
#include "ustp/wire/json_message.hpp"
#include "ustp/wire/json_signature.hpp"

using namespace ustp;
using gateway::Exchange;
using gateway::exchange;
using test::World;

namespace {

std::string state_of(test::Node& node, const TransferId& id) {
  const auto* state = node.core->find(id);
  return state ? std::string(to_string(state->state)) : "unknown";
}
bool is_message(const Bytes& frame) { return frame.front() == static_cast<std::uint8_t>(Exchange::kMessage); }
std::string_view body_of(const Bytes& frame) { return as_text(BytesView(frame).subspan(1)); }

TransferId move(World& world, test::Node& from, const char* whose, test::Node& to, const char* whom,
                const char* quantity) {
  const auto view = world.submit(from, world.order(from, whose, to, whom, quantity));
  REQUIRE_MESSAGE(view.has_value(), (view ? "" : to_string(view.error())));
  world.settle();
  CHECK(state_of(from, view->id) == "completed");
  CHECK(state_of(to, view->id) == "received");
  world.check_invariants(true);
  return view->id;
}

// A transfer from the CSD to Ethereum over JSON whose message of this type is kept back, and what the victim says to
// another one in its place.
struct Held {
  explicit Held(wire::MessageType type, std::uint64_t seed = 5) : world(seed, {"gw-eth"}) {
    world.settle();
    world.on_wire = [this, type](const test::Carried& one) {
      if (one.to != victim().id || one.from != peer().id || !is_message(one.frame)) return false;
      link = one.link;
      if (!jws.empty()) return true;
      const auto parsed = wire::parse_json_signed(body_of(one.frame)).value();
      message = wire::decode_json(parsed.message).value();
      if (message.type() != type) return false;
      jws = body_of(one.frame);
      header = parsed.header;
      return true;
    };
    const auto view = world.submit(peer(), world.order(peer(), "alice", victim(), "bob", "10"));
    REQUIRE(view.has_value());
    transfer = view->id;
    while (world.step()) {
    }
    REQUIRE_FALSE(jws.empty());
  }
  test::Node& peer() { return world.csd(); }
  test::Node& victim() { return world.eth(); }
  std::string sealed(const wire::Message& forged) {
    return wire::seal_json(header, wire::encode_json(forged).value(), *peer().signer).value();
  }
  gateway::BatchResult say(std::string_view octets) {
    return world.feed(victim(), gateway::FrameInput{peer().id, link, exchange(Exchange::kMessage, as_bytes(octets))});
  }
  // The code that the exchange was refused with, or the refusal of its message.
  Code refusal(std::string_view octets) {
    const auto result = say(octets);
    if (!result.effects.closes.empty()) return result.effects.closes.front().reason.code;
    if (result.payload.empty()) return {};
    const auto decoded = gateway::decode_entries(result.payload).value();
    for (const auto& entry : decoded.entries)
      if (const auto* one = std::get_if<gateway::RefusalEntry>(&entry)) return one->error.code;
    return {};
  }
  World world;
  TransferId transfer;
  wire::Message message;
  wire::JsonHeader header;
  std::string jws;
  std::uint64_t link = 0;
};

}  // namespace

TEST_CASE("all six directions with a peer that speaks JSON; the home gateway is told in its own encoding") {
  ustp::test::covers({"USTP-JSN-050", "USTP-JSN-054", "USTP-JSN-033"});
  for (const std::set<std::string>& https :
       {std::set<std::string>{"gw-eth"}, {"gw-corda"}, {"gw-csd"}, {"gw-csd", "gw-eth", "gw-corda"}}) {
    CAPTURE(*https.begin());
    World world(2, https);
    move(world, world.csd(), "alice", world.eth(), "bob", "1000");
    move(world, world.eth(), "bob", world.corda(), "carol", "400");
    CHECK(world.csd().core->home_book().outstanding(World::isin(), world.eth().ledger_id, 0).units() == 600);
    CHECK(world.csd().core->home_book().outstanding(World::isin(), world.corda().ledger_id, 0).units() == 400);
    move(world, world.corda(), "carol", world.csd(), "bob", "150");
    move(world, world.csd(), "alice", world.corda(), "alice", "50");
    move(world, world.corda(), "alice", world.eth(), "alice", "25");
    move(world, world.eth(), "alice", world.csd(), "carol", "25");
    world.check_replay();
  }
}

TEST_CASE("between two gateways of which neither states https every frame is a FlatBuffers frame") {
  ustp::test::covers("USTP-JSN-050");
  World world(2, {"gw-corda"});
  std::size_t batches = 0;
  world.on_wire = [&](const test::Carried& one) {
    const bool with_corda = one.from == world.corda().id || one.to == world.corda().id;
    CHECK((as_text(one.frame).starts_with("USTP")) == !with_corda);
    batches += !with_corda;
    return false;
  };
  move(world, world.csd(), "alice", world.eth(), "bob", "1000");
  CHECK(batches > 8);
}

TEST_CASE("every message has a sequence of its own, is journalled before it leaves and repeated octet for octet") {
  ustp::test::covers({"USTP-JSN-052", "USTP-JSN-043"});
  World world(3, {"gw-eth"});
  world.settle();
  std::map<std::uint64_t, std::string> sent;
  std::size_t repeated = 0;
  bool lose = true;
  world.on_wire = [&](const test::Carried& one) {
    if (one.from != world.csd().id || one.to != world.eth().id || !is_message(one.frame)) return false;
    const auto sequence = wire::parse_json_signed(body_of(one.frame))->header.sequence;
    const auto [known, fresh] = sent.emplace(sequence, body_of(one.frame));
    CHECK(known->second == body_of(one.frame));
    repeated += !fresh;
    std::string in_journal;
    for (const auto& block : world.csd().journal) in_journal += as_text(block.payload);
    CHECK(in_journal.find(body_of(one.frame)) != std::string::npos);
    return lose;
  };
  const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "7"));
  REQUIRE(view.has_value());
  while (world.step()) {
  }
  CHECK(sent.size() == 1);
  lose = false;
  world.crash(world.csd());  // the new run knows it from the journal alone
  world.settle();
  CHECK(repeated == 1);
  CHECK(state_of(world.csd(), view->id) == "completed");
  std::uint64_t next = 0;
  for (const auto& [sequence, octets] : sent) CHECK(sequence == ++next);
  world.check_replay();
}

TEST_CASE("a crash at every journal boundary over JSON: one outcome, effects once") {
  ustp::test::covers({"USTP-JSN-052", "USTP-JSN-055"});
  int boundaries = 0;
  for (int kill = -1; kill < boundaries || kill == -1; ++kill) {
    World world(3, {"gw-eth"});
    world.settle();
    const auto view = world.submit(world.csd(), world.order(world.csd(), "alice", world.eth(), "bob", "1000"));
    REQUIRE(view.has_value());
    int seen = 0;
    for (int i = 0; i < 3000; ++i) {
      const bool moved = world.step([&](test::Node& node) { return node.id != world.corda().id && seen++ == kill; });
      for (auto& node : world.nodes())
        if (!node.core) world.start(node);
      if (!moved) break;
    }
    if (kill == -1) boundaries = seen;
    CAPTURE(kill);
    world.settle();
    CHECK(state_of(world.csd(), view->id) == "completed");
    CHECK(state_of(world.eth(), view->id) == "received");
    CHECK(world.csd().ledger->effects() == 2);
    CHECK(world.eth().ledger->effects() == 2);
    world.check_invariants(true);
    world.check_replay();
  }
  CHECK(boundaries > 15);
}

TEST_CASE("a message that came before is acknowledged again and does nothing; one too far on is refused") {
  ustp::test::covers({"USTP-JSN-052", "USTP-JSN-053"});
  Held held(wire::MessageType::kTransferProposal);
  const auto first = held.say(held.jws);
  CHECK(first.effects.closes.empty());
  CHECK(state_of(held.victim(), held.transfer) == "accepted");
  const auto before = held.victim().core->state_hash();
  const auto again = held.say(held.jws);
  CHECK(again.payload.empty());
  REQUIRE(again.effects.sends.size() == 1);
  const auto& answer = *again.effects.sends.front().frame;
  CHECK(answer.front() == (static_cast<std::uint8_t>(Exchange::kMessage) | gateway::kAnswer));
  CHECK(wire::parse_json_ack(BytesView(answer).subspan(1))->received.sequence == 1);
  held.header.sequence = 3;
  held.header.previous = crypto::sha256(as_bytes("another"));
  CHECK(held.refusal(held.sealed(held.message)) == Code::sequence_gap);
  CHECK(held.victim().core->state_hash() == before);
}

TEST_CASE("a wrong signature, another channel, a broken chain and no JWS are refused without a trace") {
  ustp::test::covers({"USTP-JSN-044", "USTP-JSN-053"});
  const std::pair<Code, std::function<std::string(Held&)>> attacks[] = {
      {Code::bad_signature, [](Held& h) {  // another time, the old signature
         h.header.time = h.header.time + Duration{1};
         const auto other = h.sealed(h.message);
         return other.substr(0, other.rfind('.')) + h.jws.substr(h.jws.rfind('.'));
       }},
      {Code::wrong_channel, [](Held& h) {
         h.header.channel = 9;
         return h.sealed(h.message);
       }},
      {Code::wrong_channel, [](Held& h) {
         h.header.recipient = GatewayId::literal("gw-corda");
         return h.sealed(h.message);
       }},
      {Code::wrong_channel, [](Held& h) {
         h.header.sender = GatewayId::literal("gw-corda");
         return h.sealed(h.message);
       }},
      {Code::jws_form, [](Held&) { return std::string("no JWS"); }},
  };
  for (const auto& [code, make] : attacks) {
    Held held(wire::MessageType::kTransferProposal);
    const auto before = held.victim().core->state_hash();
    CHECK(held.refusal(make(held)) == code);
    CHECK(held.victim().core->state_hash() == before);
  }
  Held held(wire::MessageType::kTransferCommence);
  held.header.previous = crypto::sha256(as_bytes("another"));
  CHECK(held.refusal(held.sealed(held.message)) == Code::chain_broken);
}

TEST_CASE("two signed messages under one number are kept as evidence") {
  ustp::test::covers("USTP-JSN-045");
  Held held(wire::MessageType::kTransferProposal);
  held.say(held.jws);
  held.header.time = held.header.time + Duration{1};
  const auto other = held.sealed(held.message);
  const auto result = held.say(other);
  REQUIRE(result.effects.closes.size() == 1);
  CHECK(result.effects.closes.front().reason.code == Code::equivocation);
  const auto entries = gateway::decode_entries(result.payload).value().entries;
  REQUIRE(entries.size() == 1);
  CHECK(as_text(std::get<gateway::EquivocationEntry>(entries.front()).frame) == other);
}

TEST_CASE("a message before the hello of the peer is refused") {
  ustp::test::covers("USTP-JSN-052");
  Held held(wire::MessageType::kTransferProposal);
  held.world.crash(held.victim());
  held.world.start(held.victim());
  held.world.feed(held.victim(), gateway::LinkInput{held.peer().id, 9001, true});
  held.link = 9001;
  CHECK(held.refusal(held.jws) == Code::unexpected_message);
  wire::Hello hello;
  hello.sender = held.peer().id;
  hello.recipient = held.victim().id;
  hello.time = held.world.now();
  hello.statements = held.victim().core->registry().position();
  held.world.feed(held.victim(), gateway::LinkInput{held.peer().id, 9002, true});
  const auto greeted = held.world.feed(held.victim(), gateway::FrameInput{held.peer().id, 9002,
      exchange(Exchange::kHello, as_bytes(wire::seal_json_hello(hello, *held.peer().signer).value()))});
  CHECK(greeted.effects.closes.empty());
  held.link = 9002;
  CHECK(held.refusal(held.jws) == Code{});
  CHECK(state_of(held.victim(), held.transfer) == "accepted");
}

TEST_CASE("octets of the other encoding, in a JWS or in a batch, are no message of the transfer") {
  ustp::test::covers({"USTP-JSN-054", "USTP-JSN-022"});
  {
    Held held(wire::MessageType::kTransferProposal);
    auto twin = held.message;
    std::get<wire::TransferProposal>(twin.body).encoding = wire::kFlatBuffersEncoding;
    CHECK(held.refusal(wire::seal_json(held.header, wire::encode(twin), *held.peer().signer).value()) == Code::invalid_character);
    CHECK(state_of(held.victim(), held.transfer) == "unknown");
  }
  {
    Held held(wire::MessageType::kTransferProposal);
    wire::BatchHeader header;
    header.sender = held.peer().id;
    header.recipient = held.victim().id;
    header.sequence = 1;
    const wire::OutgoingMessage one{SeededRandom(1).id<Salt>(), wire::encode_json(held.message).value()};
    const auto batch = wire::seal_batch(header, {&one, 1}, *held.peer().signer).value();
    const auto code = held.refusal(as_text(batch));  // its signature may hold two octets that are dots
    CHECK((code == Code::jws_form || code == Code::base64_form));
    const auto result = held.world.feed(held.victim(), gateway::FrameInput{held.peer().id, held.link, batch});
    CHECK(result.payload.empty());
  }
}

TEST_CASE("a step refuses what is not in the encoding of its transfer") {
  ustp::test::covers("USTP-JSN-054");
  Held held(wire::MessageType::kTransferCommence);
  protocol::TransferState state = *held.victim().core->find(held.transfer);
  CHECK(state.encoding == wire::kJsonEncoding);
  protocol::MessageInput input;
  input.from = held.peer().id;
  input.message = held.message;
  input.hash = crypto::sha256(as_bytes("octets of the other encoding"));
  protocol::Facts facts;
  facts.registry = &held.victim().core->registry();
  facts.self = held.victim().id;
  const auto refused = protocol::step(state, input, facts, held.world.now());
  REQUIRE(std::holds_alternative<protocol::Refusal>(refused));
  CHECK(std::get<protocol::Refusal>(refused).error.code == Code::unexpected_message);
  input.encoding = wire::kJsonEncoding;
  CHECK(std::holds_alternative<protocol::StepResult>(protocol::step(state, input, facts, held.world.now())));
}

TEST_CASE("the evidence of a JSON transfer is exported from the journal and verifies offline") {
  ustp::test::covers({"USTP-JSN-032", "USTP-JSN-033"});
  World world(6, {"gw-eth"});
  const auto id = move(world, world.csd(), "alice", world.eth(), "bob", "12");
  for (auto* node : {&world.csd(), &world.eth()}) {
    const auto bundle = gateway::collect_evidence(
        id, node->id, node->core->registry().log(), node->core->blocks_of(id).value(),
        [&](std::uint64_t position) -> Result<gateway::Block> { return node->journal.at(position - 1); }, world.now());
    REQUIRE(bundle.has_value());
    CHECK(bundle->messages.size() == 11);
    for (const auto& one : bundle->messages) CHECK(wire::is_json_proof(one));
    const auto file = wire::seal_bundle(*bundle, *node->signer).value();
    protocol::EvidenceVerifiers verifiers;
    for (const auto kind : {EvidenceKind::kCsdConfirmation, EvidenceKind::kEthereumReceipt, EvidenceKind::kCordaTearOff})
      verifiers[kind] = test::prove_fake;
    const auto report = protocol::verify_bundle(file, AuthorityId::literal("association"), world.authority_key(), verifiers);
    REQUIRE_MESSAGE(report.has_value(), (report ? "" : to_string(report.error())));
    for (const auto& one : report->checks) {
      const std::string which = one.name + ": " + one.detail;
      CHECK_MESSAGE(one.ok, which);
    }
    CHECK(report->ok());
  }
}
