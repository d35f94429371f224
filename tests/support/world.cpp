#include "tests/support/world.hpp"

#include "tests/support/next_statement.hpp"

#include <doctest/doctest.h>

namespace ustp::test {
namespace {

std::unique_ptr<crypto::Signer> new_signer() {
  const auto key = crypto::generate_key(crypto::Algorithm::kEs256).value();
  return crypto::load_signer_pem(as_text(key.private_pem.view())).value();
}

constexpr int kIssued = 1'000'000;
// Ethereum counts in thousandths: the ratio is not one to one everywhere.
UnitRatio eth_ratio() { return UnitRatio::make(1000, 1, 1).value(); }

}  // namespace

const InstrumentId& World::isin() {
  static const InstrumentId id = InstrumentId::literal("US0378331005");
  return id;
}

World::World(std::uint64_t seed, std::set<std::string> https) : random_(seed), authority_(new_signer()) {
  const auto add = [&](const char* gateway, const char* ledger, ledger::LedgerKind kind, EvidenceKind evidence) {
    Node node;
    node.id = GatewayId::literal(gateway);
    node.ledger_id = LedgerId::literal(ledger);
    node.signer = new_signer();
    ledger::LedgerProfile profile;
    profile.id = node.ledger_id;
    profile.kind = kind;
    profile.gateway = node.id;
    profile.finality_rule = "confirmed";
    profile.evidence = evidence;
    profile.custody_account = AccountId::literal("custody");
    profile.suspense_account = AccountId::literal("suspense");
    profile.anchor.ledger = node.ledger_id;
    node.ledger = std::make_unique<FakeLedger>(profile);
    nodes_.push_back(std::move(node));
  };
  add("gw-csd", "csd", ledger::LedgerKind::kCsd, EvidenceKind::kCsdConfirmation);
  add("gw-eth", "eth", ledger::LedgerKind::kEthereum, EvidenceKind::kEthereumReceipt);
  add("gw-corda", "corda", ledger::LedgerKind::kCorda, EvidenceKind::kCordaTearOff);
  csd().ledger->deposit(AccountId::literal("alice"), kIssued);

  for (auto& node : nodes_) {
    wire::ParticipantStatement participant;
    participant.participant = ParticipantId::literal("bank-" + node.id.str());
    participant.lei = Lei::literal("213800KUD8LAJWSQ9D15");
    participant.gateway = node.id;
    participant.endpoint = (https.contains(node.id.str()) ? "https://" : "wss://") + node.id.str();
    apply_statement(participant);
    apply_statement(wire::KeyStatement{node.id, crypto::Algorithm::kEs256, node.signer->spki(), false});
    apply_statement(wire::LedgerStatement{node.ledger->profile(), false});
  }
  token::Instrument instrument;
  instrument.id = isin();
  instrument.authorised = instrument.approved = instrument.issued = Quantity(kIssued, 0);
  instrument.issuer_ledger = csd().ledger_id;
  instrument.home_gateway = csd().id;
  for (auto& node : nodes_) {
    token::Representation representation;
    representation.ledger = node.ledger_id;
    const bool home = node.id == csd().id;
    representation.kind = home ? token::RepresentationKind::kNative : token::RepresentationKind::kBacked;
    if (!home) representation.backing_account = AccountId::literal("custody");
    if (node.id == eth().id) representation.ratio = eth_ratio();
    instrument.representations.push_back(representation);
  }
  apply_statement(wire::InstrumentStatement{instrument});
  for (auto& node : nodes_)
    for (const char* name : {"alice", "bob", "carol"}) {
      token::Account account;
      account.ledger = node.ledger_id;
      account.id = AccountId::literal(name);
      account.participant = ParticipantId::literal("bank-" + node.id.str());
      apply_statement(wire::AccountStatement{account});
    }
  checked_ = picture();
  for (auto& node : nodes_) entries_checked_[node.ledger_id] = node.ledger->entries().size();
  for (auto& node : nodes_) start(node);
}

void World::apply_statement(wire::StatementBody body) {
  statements_.push_back(next_statement(statements_, std::move(body), *authority_, now_));
  for (auto& node : nodes_)
    if (node.core) node.inbox.push_back(gateway::StatementCommand{statements_.back(), [](auto) {}});
}

std::unique_ptr<gateway::Core> World::make_core(Node& node, FakeDriver& driver) {
  gateway::CoreOptions options;
  options.self = node.id;
  options.ledger = node.ledger_id;
  options.order_within = order_within;
  protocol::Registry registry(AuthorityId::literal("association"), crypto::make_verifier(authority_->spki()).value());
  for (std::size_t i = 0; i < first_statements_; ++i) REQUIRE(registry.apply(statements_[i]));
  return std::make_unique<gateway::Core>(options, std::move(registry), *node.signer, random_, driver, prove_fake);
}

void World::start(Node& node) {
  if (first_statements_ == 0) first_statements_ = statements_.size();
  node.driver = std::make_unique<FakeDriver>(*node.ledger);
  node.core = make_core(node, *node.driver);
  for (const auto& block : node.journal) {
    const auto done = node.core->replay(block);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : to_string(done.error())));
  }
  route(node, node.core->resume(now_));
  for (auto& other : nodes_)
    if (other.id != node.id && other.core) connect(node, other);
}

void World::crash(Node& node) {
  node.core.reset();
  node.driver.reset();
  node.inbox.clear();
  for (auto& other : nodes_)
    if (other.core) other.inbox.push_back(gateway::LinkInput{node.id, ++links_, false});
}

void World::connect(Node& a, Node& b) {
  const auto link = ++links_;
  a.inbox.push_back(gateway::LinkInput{b.id, link, true});
  b.inbox.push_back(gateway::LinkInput{a.id, link, true});
}

Node& World::node(const GatewayId& id) {
  for (auto& one : nodes_)
    if (one.id == id) return one;
  FAIL("unknown gateway");
  return nodes_.front();
}

void World::route(Node& from, gateway::Effects effects) {
  for (const auto& intent : effects.executes) from.driver->execute(intent);
  for (const auto& intent : effects.queries) from.driver->query(intent);
  for (const auto& send : effects.sends) {
    auto& to = node(send.peer);
    if (on_wire && on_wire({from.id, send.peer, send.link, *send.frame})) continue;
    if (to.core) to.inbox.push_back(gateway::FrameInput{from.id, send.link, *send.frame});
  }
  for (const auto& close : effects.closes) {
    INFO(to_string(close.reason));
    from.inbox.push_back(gateway::LinkInput{close.peer, close.link, false});
    connect(from, node(close.peer));
  }
  for (const auto& reply : effects.replies) reply();
}

void World::keep(Node& node, Bytes payload) {
  if (payload.empty()) return;
  gateway::Block block;
  block.position = node.journal.size() + 1;
  block.payload = std::move(payload);
  node.journal.push_back(std::move(block));
}

gateway::BatchResult World::feed(Node& node, gateway::CoreInput input) {
  std::vector<gateway::CoreInput> inputs;
  inputs.push_back(std::move(input));
  auto result = node.core->process(std::move(inputs), now_);
  keep(node, result.payload);
  route(node, result.effects);
  return result;
}

bool World::step(const std::function<bool(Node&)>& before_effects, std::size_t batch_max) {
  const auto start_at = random_.below(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& node = nodes_[(start_at + i) % nodes_.size()];
    if (!node.core) continue;
    while (!node.driver->outcomes.empty()) {
      node.inbox.push_back(node.driver->outcomes.front());
      node.driver->outcomes.pop_front();
    }
    if (node.inbox.empty() && node.core->next_timer() > now_) continue;
    std::vector<gateway::CoreInput> inputs;
    for (auto n = 1 + random_.below(batch_max); n > 0 && !node.inbox.empty(); --n) {
      inputs.push_back(std::move(node.inbox.front()));
      node.inbox.pop_front();
    }
    auto result = node.core->process(std::move(inputs), now_);
    keep(node, std::move(result.payload));
    if (before_effects && before_effects(node)) {
      crash(node);
      return true;
    }
    route(node, std::move(result.effects));
    return true;
  }
  return false;
}

void World::settle(std::size_t steps_max) {
  for (auto& node : nodes_)
    if (!node.core) start(node);
  for (std::size_t i = 0; i < steps_max; ++i) {
    if (!step()) return;
    check_invariants(false);
  }
  FAIL("the world does not come to rest");
}

gateway::TransferOrder World::order(Node& from, const std::string& originator, Node& to, const std::string& beneficiary,
                                    const std::string& quantity) {
  gateway::TransferOrder out;
  out.participant = ParticipantId::literal("bank-" + from.id.str());
  out.key = IdempotencyKey::literal("key-" + std::to_string(random_.next()));
  out.payload_hash = crypto::sha256(as_bytes(quantity));
  out.instrument = isin();
  out.quantity = quantity;
  out.originator = AccountId::literal(originator);
  out.beneficiary = AccountId::literal(beneficiary);
  out.target_ledger = to.ledger_id;
  return out;
}

Result<gateway::TransferView> World::submit(Node& node, gateway::TransferOrder order) {
  Result<gateway::TransferView> answer = Error{Code::internal, "no answer"};
  node.inbox.push_back(gateway::OrderCommand{std::move(order), [&](auto view) { answer = std::move(view); }});
  for (int i = 0; i < 1000 && !answer && answer.error().code == Code::internal; ++i)
    if (!step()) break;
  return answer;
}

testing::Picture World::picture() {
  testing::Picture out;
  out.figures = {kIssued, kIssued, kIssued, 0};
  out.now = now_;
  std::map<TransferId, Uint128> arrived;
  for (auto& node : nodes_) {
    out.ledgers.push_back(node.ledger->picture(node.id == eth().id ? eth_ratio() : UnitRatio()));
    for (const auto& [id, units] : node.ledger->units_of({OperationKind::kAssign, OperationKind::kSuspend}))
      arrived[id] += units;
  }
  for (auto& node : nodes_)
    for (const auto& [id, units] : node.ledger->units_of({OperationKind::kExtinguish}))
      if (arrived[id] != units) out.in_transit.push_back({node.ledger_id, {}, units - arrived[id]});
  return out;
}

void World::check_invariants(bool at_rest) {
  const auto now = picture();
  std::vector<testing::Entry> entries;
  for (auto& node : nodes_) {
    const auto& all = node.ledger->entries();
    auto& seen = entries_checked_[node.ledger_id];
    entries.insert(entries.end(), all.begin() + static_cast<std::ptrdiff_t>(seen), all.end());
    seen = all.size();
  }
  auto violations = testing::check_picture(now, at_rest);
  const auto moved = testing::check_entries(checked_, now, entries);
  violations.insert(violations.end(), moved.begin(), moved.end());
  for (const auto& one : violations) {
    const std::string text = one.requirement + " " + one.identity + ": " + one.detail;
    CHECK_MESSAGE(false, text);
  }
  checked_ = now;
}

void World::check_replay() {
  for (auto& node : nodes_) {
    FakeDriver driver(*node.ledger);
    const auto again = make_core(node, driver);
    Bytes halfway;
    for (const auto& block : node.journal) {
      REQUIRE(again->replay(block));
      if (block.position == (node.journal.size() + 1) / 2) halfway = again->snapshot();
    }
    CHECK(again->state_hash() == node.core->state_hash());
    CHECK(again->home_book() == node.core->home_book());
    if (halfway.empty()) continue;
    // USTP-JRN-011: a snapshot and the blocks behind it say what all blocks say.
    const auto shorter = again->replica(driver);
    REQUIRE(shorter->load(halfway));
    CHECK(shorter->snapshot() == halfway);
    for (const auto& block : node.journal)
      if (block.position > shorter->position()) REQUIRE(shorter->replay(block));
    CHECK(shorter->snapshot() == again->snapshot());
    CHECK(shorter->state_hash() == again->state_hash());
  }
}

}  // namespace ustp::test
