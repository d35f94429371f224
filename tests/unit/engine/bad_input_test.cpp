// Frames and proposals that must not get in: each is refused with its own code and changes nothing.
#include "tests/unit/engine/attack.hpp"

using namespace ustp;
using test::Attack;
using test::covers;
using wire::Message;
using wire::MessageType;
using wire::TransferProposal;

namespace {

constexpr auto kHeld = MessageType::kTransferProposal;

Bytes one(Attack& a) { return a.sealed({wire::encode(a.honest)}); }

// The proposal with its terms changed, and lots that follow the quantity.
Code with_terms(const std::function<void(Attack&, token::TransferTerms&)>& spoil) {
  Attack a(51, kHeld);
  return a.spoiled<TransferProposal>([&](Message&, TransferProposal& p) { spoil(a, p.terms); });
}

void set_quantity(token::TransferTerms& terms, Quantity quantity) {
  terms.quantity = quantity;
  terms.lots = {token::Lot{}};
  terms.lots[0].quantity = quantity;
}

}  // namespace

TEST_CASE("control: the honest batch and the honest proposal, made by hand, get in") {
  Attack a(41, kHeld);
  CHECK(a.frame(a.held()) == Code{});
  CHECK(a.victim.core->find(a.transfer) != nullptr);
  Attack b(41, kHeld);
  CHECK(b.message(b.honest) == Code{});
  CHECK(b.victim.core->find(b.transfer) != nullptr);
}

TEST_CASE("a frame that is truncated, longer, too large or of another kind is refused and the link closed") {
  covers({"USTP-MSG-001", "USTP-MSG-002"});
  Attack a(42, kHeld);
  auto frame = a.held();
  frame.pop_back();
  CHECK(a.frame(frame) == Code::frame_truncated);
  Attack b(42, kHeld);
  frame = b.held();
  frame.push_back(0);
  CHECK(b.frame(frame) == Code::frame_trailing);
  Attack c(42, kHeld);
  frame = c.held();
  frame.resize((4u << 20) + 1);
  CHECK(c.frame(frame) == Code::frame_too_large);
  Attack d(42, kHeld);
  frame = d.held();
  frame[4] = 9;
  CHECK(d.frame(frame) == Code::unknown_tag);
  Attack e(42, kHeld);
  CHECK(e.octets(Bytes((64u << 10) + 1)) == Code::too_long);
  Attack f(42, kHeld);
  CHECK(f.frame(f.sealed(std::vector<Bytes>(1025, Bytes(8)))) == Code::too_many_messages);
}

TEST_CASE("another's key, a wrong signature, another root, sender, recipient or channel are refused") {
  covers({"USTP-MSG-003", "USTP-MSG-004", "USTP-MSG-005", "USTP-MSG-010"});
  Attack a(43, kHeld);
  a.header.key = a.world.corda().signer->key_id();
  CHECK(a.frame(a.sealed({wire::encode(a.honest)}, *a.world.corda().signer)) == Code::unknown_key);
  Attack b(43, kHeld);
  auto frame = one(b);
  const auto view = wire::parse_batch(frame).value();
  frame[static_cast<std::size_t>(view.signature.data() - frame.data()) + 7] ^= 1;
  CHECK(b.frame(frame) == Code::bad_signature);
  Attack c(43, kHeld);
  frame = one(c);
  frame[static_cast<std::size_t>(wire::parse_batch(frame)->items[0].octets.data() - frame.data()) + 40] ^= 1;
  CHECK(c.frame(frame) == Code::root_mismatch);
  const std::function<void(wire::BatchHeader&)> elsewhere[] = {
      [](auto& h) { h.sender = GatewayId::literal("gw-corda"); },
      [](auto& h) { h.recipient = GatewayId::literal("gw-corda"); },
      [](auto& h) { h.channel = 1; },
  };
  for (const auto& spoil : elsewhere) {
    Attack d(43, kHeld);
    spoil(d.header);
    CHECK(d.frame(one(d)) == Code::wrong_channel);
  }
}

TEST_CASE("a gap, a broken chain and equivocation are refused; a repeated batch is ignored, here and on a new link") {
  covers({"USTP-MSG-005", "USTP-MSG-006", "USTP-MSG-010", "USTP-MSG-011", "USTP-NET-004", "USTP-NET-012"});
  Attack a(44, MessageType::kTransferCommence);
  a.header.sequence++;
  CHECK(a.frame(one(a)) == Code::sequence_gap);
  Attack b(44, MessageType::kTransferCommence);
  b.header.previous.mutable_octets()[0] ^= 1;
  CHECK(b.frame(one(b)) == Code::chain_broken);
  Attack c(44, MessageType::kTransferCommence);
  c.header = wire::parse_batch(c.earlier)->header;  // what the victim has already, said otherwise
  c.header.time.ns++;
  CHECK(c.frame(one(c)) == Code::equivocation);
  Attack d(44, MessageType::kTransferCommence);
  const auto before = d.victim.core->state_hash();
  const auto journal = d.victim.journal.size();
  CHECK(d.frame(d.earlier) == Code{});
  CHECK(d.victim.core->state_hash() == before);
  CHECK(d.victim.journal.size() == journal);
  // Another session of the same peers: a link of its own, nothing but a hello may come first.
  d.world.feed(d.victim, gateway::LinkInput{d.attacker.id, 9001, true});
  const auto result = d.world.feed(d.victim, gateway::FrameInput{d.attacker.id, 9001, d.earlier});
  REQUIRE(result.effects.closes.size() == 1);
  CHECK(result.effects.closes[0].reason.code == Code::unexpected_message);
  CHECK(d.victim.core->state_hash() == before);
}

TEST_CASE("an equivocation is kept once, with the peer's signed octets, and survives a crash") {
  covers({"USTP-MSG-010", "USTP-MSG-012"});
  Attack a(44, MessageType::kTransferCommence);
  const auto taken = wire::parse_batch(a.earlier)->header;
  const auto other = [&](std::int64_t later) {
    a.header = taken;
    a.header.time.ns += later;
    return one(a);
  };
  const auto kept = [&] {
    std::vector<gateway::EquivocationEntry> out;
    for (const auto& block : a.victim.journal) {
      const auto decoded = gateway::decode_entries(block.payload).value();
      for (const auto& entry : decoded.entries)
        if (const auto* twice = std::get_if<gateway::EquivocationEntry>(&entry)) out.push_back(*twice);
    }
    return out;
  };
  const auto second = other(1);
  CHECK(a.frame(second) == Code::equivocation);
  REQUIRE(kept().size() == 1);
  CHECK(kept()[0].peer == a.attacker.id);
  CHECK(kept()[0].sequence == taken.sequence);
  CHECK(kept()[0].first == wire::header_hash(taken));
  CHECK(kept()[0].frame == second);
  const auto blocks = a.victim.journal.size();
  CHECK(a.frame(other(2)) == Code::equivocation);  // refused as before; the first one is proof enough
  CHECK(a.victim.journal.size() == blocks);
  a.world.crash(a.victim);
  a.world.start(a.victim);
  CHECK(a.victim.core->counters().equivocations == 1);
  a.world.settle();
  a.world.check_invariants(true);
  a.world.check_replay();
}

TEST_CASE("message octets that are no message are refused, and the batch's other messages are not") {
  covers({"USTP-MSG-021", "USTP-MSG-022", "USTP-MSG-023", "USTP-MSG-024"});
  const std::pair<Code, std::function<void(Bytes&)>> table[] = {
      {Code::frame_truncated, [](Bytes& o) { o.pop_back(); }},
      {Code::buffer_trailing, [](Bytes& o) { o.push_back(0); }},
      {Code::frame_magic, [](Bytes& o) { o[8] ^= 1; }},
      {Code::buffer_invalid, [](Bytes& o) { o[7] = 0x7F; }},
  };
  for (const auto& [code, spoil] : table) {
    Attack a(45, kHeld);
    auto octets = wire::encode(a.honest);
    spoil(octets);
    CHECK(a.octets(octets) == code);
    CHECK(a.victim.core->find(a.transfer) == nullptr);
  }
  const std::pair<Code, std::function<void(Message&, TransferProposal&)>> fields[] = {
      {Code::unknown_tag, [](Message&, TransferProposal& p) { p.encoding = 2; }},
      {Code::unknown_critical_extension, [](Message& m, TransferProposal&) { m.extensions = {{"new", true, {}}}; }},
      {Code::zero_hash, [](Message& m, TransferProposal&) { m.session = {}; }},
      {Code::zero_hash, [](Message& m, TransferProposal&) { m.transfer = {}; }},
      {Code::zero_hash, [](Message& m, TransferProposal&) { m.settlement = {}; }},
      {Code::zero_hash, [](Message&, TransferProposal& p) { p.leg_salt = {}; }},
  };
  for (const auto& [code, spoil] : fields) {
    Attack a(45, kHeld);
    CHECK(a.spoiled<TransferProposal>(spoil) == code);
    CHECK(a.victim.core->find(a.transfer) == nullptr);
  }
  Attack a(45, kHeld);
  auto broken = wire::encode(a.honest);
  broken.pop_back();
  CHECK(a.frame(a.sealed({broken, wire::encode(a.honest)})) == Code::frame_truncated);
  CHECK(a.victim.core->find(a.transfer) != nullptr);
}

TEST_CASE("the recipient judges the proposal itself: each rule of the terms refuses with its code") {
  covers({"USTP-MSG-040", "USTP-MSG-101", "USTP-TOK-008", "USTP-TOK-021", "USTP-TOK-022", "USTP-TOK-030",
          "USTP-TRF-040"});
  using T = token::TransferTerms;
  const std::pair<Code, std::function<void(Attack&, T&)>> table[] = {
      {Code::unknown_instrument, [](Attack&, T& t) { t.instrument = InstrumentId::literal("US5949181045"); }},
      {Code::instrument_version, [](Attack&, T& t) { t.instrument_version = 2; }},
      {Code::ratio_version, [](Attack&, T& t) { t.target_ratio_version = 9; }},
      {Code::unknown_account, [](Attack&, T& t) { t.beneficiary = AccountId::literal("nobody"); }},
      {Code::quantity_too_large, [](Attack&, T& t) { set_quantity(t, Quantity(1'000'001, 0)); }},
      {Code::quantity_zero, [](Attack&, T& t) { set_quantity(t, Quantity(0, 0)); }},
      {Code::scale_mismatch, [](Attack&, T& t) { set_quantity(t, Quantity(10, 1)); }},
      {Code::lot_restricted, [](Attack&, T& t) { t.lots[0].restriction = token::Restriction::kLockUp; }},
      {Code::lot_locked, [](Attack& a, T& t) { t.lots[0].locked_until = a.world.now() + Duration::seconds(1); }},
      {Code::deadline_expired, [](Attack& a, T& t) { t.vote_by = a.world.now(), t.complete_by = {}; }},
      {Code::deadline_too_far,
       [](Attack& a, T& t) { t.vote_by = a.world.now() + Duration::seconds(31 * 24 * 3600), t.complete_by = {}; }},
      {Code::statement_position, [](Attack&, T& t) { t.statement_position += 1; }},
      {Code::unknown_ledger, [](Attack&, T& t) { t.source_ledger = LedgerId::literal("elsewhere"); }},
      {Code::unknown_ledger, [](Attack&, T& t) { t.source_ledger = LedgerId::literal("corda"); }},
      {Code::wrong_channel, [](Attack&, T& t) { t.recipient_gateway = GatewayId::literal("gw-corda"); }},
      {Code::wrong_channel, [](Attack&, T& t) { t.sender_gateway = GatewayId::literal("gw-corda"); }},
      {Code::lots_sum, [](Attack&, T& t) { t.lots[0].quantity = Quantity(9, 0); }},
  };
  for (const auto& [code, spoil] : table) {
    CAPTURE(std::string(info(code).name));
    CHECK(with_terms(spoil) == code);
  }
}

TEST_CASE("what the statements say now decides: a blocked account, a halted ledger, an inexact ratio") {
  covers({"USTP-LED-004", "USTP-MSG-101", "USTP-TOK-021", "USTP-TOK-030", "USTP-TRF-040"});
  const auto refused = [](const std::function<void(Attack&)>& change) {
    Attack a(53, kHeld);
    change(a);
    while (a.world.step()) {
    }
    return a.spoiled<TransferProposal>([&](Message&, TransferProposal& p) {
      const auto* instrument = a.victim.core->registry().instrument(p.terms.instrument);
      p.terms.instrument_version = instrument->version;
      p.terms.target_ratio_version = instrument->representation(p.terms.target_ledger)->ratio.version();
      p.terms.statement_position = a.victim.core->registry().position();
    });
  };
  CHECK(refused([](Attack&) {}) == Code{});
  CHECK(refused([](Attack& a) {
          auto account = *a.victim.core->registry().account(a.victim.ledger_id, AccountId::literal("bob"));
          account.status = token::AccountStatus::kBlocked;
          a.world.apply_statement(wire::AccountStatement{account});
        }) == Code::account_blocked);
  CHECK(refused([](Attack& a) {
          a.world.apply_statement(wire::LedgerStatement{a.victim.ledger->profile(), true});
        }) == Code::ledger_halted);
  CHECK(refused([](Attack& a) {
          auto profile = a.victim.ledger->profile();
          profile.releases_itself = true;
          a.world.apply_statement(wire::LedgerStatement{profile, false});
        }) == Code::ledger_rejected);
  CHECK(refused([](Attack& a) {
          auto instrument = *a.victim.core->registry().instrument(test::World::isin());
          instrument.version = 2;
          instrument.representations[1].ratio = UnitRatio::make(1, 3, 2).value();  // 10 units are no whole thirds
          a.world.apply_statement(wire::InstrumentStatement{instrument});
        }) == Code::inexact_ratio);
}

TEST_CASE("a peer whose clock is off gets no vote: both sides undo") {
  covers({"USTP-NET-006", "USTP-TRF-044", "USTP-TRF-070"});
  for (const std::int64_t apart : {3, -3}) {
    Attack a(54, MessageType::kLockAssert);
    wire::Hello hello;
    hello.sender = a.attacker.id;
    hello.recipient = a.victim.id;
    hello.time = a.world.now() + Duration::seconds(apart);
    hello.statements = a.victim.core->registry().position();
    hello.key = a.attacker.signer->key_id();
    CHECK(a.frame(wire::seal_hello(hello, *a.attacker.signer).value()) == Code{});
    CHECK(a.frame(a.held()) == Code{});
    a.world.settle();
    CHECK(a.victim.core->find(a.transfer)->state == protocol::State::kRefused);
    CHECK(a.victim.core->find(a.transfer)->reason->code == Code::clock_skew);
    CHECK(a.attacker.core->find(a.transfer)->state == protocol::State::kAborted);
    a.world.check_invariants(true);
  }
}
