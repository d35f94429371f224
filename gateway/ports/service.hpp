#pragma once
// What the API asks of the engine. Calls return at once; replies come from the engine's thread, for a command only
// after it is durable. A participant sees its own objects only; somebody else's is Code::not_found (decision 21).

#include <functional>
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
  std::string status;            // open, in_doubt, suspense, completed, aborted, unexecutable
  std::string waiting_on;        // peer, ledger, home, resolution; empty when terminal
  std::optional<Error> reason;   // of an abort, or the rule of a suspense
  token::TransferTerms terms;
  std::vector<TransferStep> timeline;
  bool replayed = false;         // of start_transfer only: the key was known, this is the transfer it made
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
  // Newest first; `after` is the id to continue behind, or zero.
  virtual void list_transfers(ParticipantId participant, TransferId after, std::size_t limit,
                              Reply<std::vector<TransferView>> reply) = 0;
  virtual void evidence(ParticipantId participant, TransferId id, Reply<Bytes> reply) = 0;  // a sealed bundle
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
