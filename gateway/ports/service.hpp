#pragma once
// What the API asks of the engine. Calls return at once; replies come from the engine's thread, for a command only
// after it is durable. A participant sees its own objects only; somebody else's is Code::not_found (decision 21).

#include <functional>
#include <memory>
#include <optional>

#include "ustp/protocol/registry.hpp"

namespace ustp::gateway {

struct TransferOrder {
  ParticipantId participant;
  IdempotencyKey key;
  Hash256 payload_hash;          // of the request body as received
  InstrumentId instrument;
  std::string quantity;          // decimal, in security units
  AccountId originator, beneficiary;
  LedgerId target_ledger;
  std::vector<token::Lot> lots;  // empty: one unrestricted lot; at any scale that holds them exactly
  token::OwnershipEffect ownership_effect = token::OwnershipEffect::kChange;
  std::string transaction_type = "TRAD";
  token::EntitledParty entitled_party = token::EntitledParty::kTransferee;
  Date trade_date;
  token::CumEx cum_ex = token::CumEx::kUnspecified;
  Mic venue;
  std::string place_of_settlement, governing_law, jurisdiction, reference;
  std::string beneficial_owner;
  Duration vote_within = Duration::seconds(60);
  Instant not_before{};          // begins then, if that is ahead (USTP-API-016); 0: at once
};

struct TransferStep {
  std::string name;              // state entered
  Instant at;
};
struct TransferView {
  TransferId id;
  SettlementId settlement;
  bool sender = false;           // our side of it
  std::string state;             // name from the table of spec/04
  std::string status;            // scheduled, open, in_doubt, suspense, completed, aborted, unexecutable
  std::string waiting_on;        // peer, ledger, home, resolution, time; empty when terminal
  std::optional<Error> reason;   // of an abort, or the rule of a suspense
  token::TransferTerms terms;
  std::vector<TransferStep> timeline;
  Instant not_before;            // of an order that has not begun
  bool scheduled = false;        // it waits for that
  bool replayed = false;         // of start_transfer only: the key was known, this is the transfer it made
};

// One change of a transfer's state (USTP-API-009).
struct TransferEvent {
  std::uint64_t sequence = 0;    // of this gateway: strictly increasing, the same for ever
  TransferId transfer;
  bool sender = false;           // our side of it
  std::string state, status, waiting_on;  // entered; as in TransferView
  std::optional<Error> reason;
  Instant at;
};
struct EventQuery {
  ParticipantId participant;
  std::optional<std::uint64_t> after;  // the sequence number seen last; none: from the oldest kept
  std::size_t limit = 100;
  Duration wait;                       // with nothing to tell, the answer waits so long for something
  std::weak_ptr<const void> asker;     // whoever waits; when it has gone, nobody needs the answer
};
struct EventPage {
  std::vector<TransferEvent> events;
  std::uint64_t next = 0;        // all up to here was looked at: continue behind it
  bool more = false;             // there is more to look at now
  std::optional<Error> gap;      // cursor_expired, cursor_ahead: continue behind `restart`, and ask what was missed
  std::uint64_t restart = 0;
};

// Of a list; what is empty admits all.
struct TransferFilter {
  std::string status, state;     // as in TransferView
  InstrumentId instrument;
  std::optional<bool> sender;
};
struct TransferPage {
  std::vector<TransferView> transfers;
  TransferId next;               // zero: the end. Set where the page ended before its limit and there is more to look at
};
struct LedgerView {
  ledger::LedgerProfile profile;
  bool halted = false;
  bool own = false;              // in front of which this gateway stands
  bool reachable = false;        // the link to its gateway is up and greeted; the own one always
  std::size_t open_operations = 0;  // asked of the own ledger and not ended
};
// A dry run: empty when the order would be taken now.
struct OrderFindings {
  std::vector<token::Finding> findings;
  std::uint64_t statements = 0;  // position judged under
};

template <class T>
using Reply = std::function<void(Result<T>)>;

// Thread-safe. Every call may answer Code::overloaded at once.
class Service {
 public:
  virtual ~Service() = default;
  virtual void start_transfer(TransferOrder order, Reply<TransferView> reply) = 0;
  virtual void cancel_transfer(ParticipantId participant, TransferId id, Reply<TransferView> reply) = 0;
  virtual void get_transfer(ParticipantId participant, TransferId id, Reply<TransferView> reply) = 0;
  // Every rule that the order breaks now, nothing changed; the ledger is not asked, the other gateway neither.
  virtual void check_transfer(TransferOrder order, Reply<OrderFindings> reply) = 0;
  // Newest first; `after` is the id to continue behind, or zero.
  virtual void list_transfers(ParticipantId participant, TransferFilter filter, TransferId after, std::size_t limit,
                              Reply<TransferPage> reply) = 0;
  // Events that are durable, in order; of the participant's own transfers.
  virtual void events(EventQuery query, Reply<EventPage> reply) = 0;
  virtual void evidence(ParticipantId participant, TransferId id, Reply<Bytes> reply) = 0;  // a sealed bundle
  virtual void ledgers(Reply<std::vector<LedgerView>> reply) = 0;
  virtual void participants(Reply<std::vector<wire::ParticipantStatement>> reply) = 0;
  virtual void instruments(Reply<std::vector<token::Instrument>> reply) = 0;
  struct PositionsView {
    LedgerId ledger;
    token::Instrument instrument;
    std::vector<token::Position> positions;  // accounts of the participant; house accounts of the operator
    Uint128 outstanding = 0, provisional = 0, backing = 0;     // supply on this ledger, base units
    std::vector<std::pair<LedgerId, Quantity>> outstanding_elsewhere;  // home gateway only, as its book knows
  };
  virtual void positions(ParticipantId participant, InstrumentId instrument, Reply<PositionsView> reply) = 0;
  virtual void apply_statement(wire::SignedStatement statement, Reply<std::uint64_t> reply) = 0;
  // In force here, from this sequence number on, in order. The caller shows a page of them.
  virtual void statements(std::uint64_t from, Reply<std::vector<wire::SignedStatement>> reply) = 0;

  // For the admin port.
  struct Health {
    bool started = false, live = false, ready = false;
    std::vector<std::string> failing;      // failed readiness checks, in words
  };
  virtual Health health() const = 0;
  virtual std::string metrics() const = 0;  // Prometheus text exposition
};

}  // namespace ustp::gateway
