#pragma once
// What must hold, judged from outside: from what the ledgers did, what became durable in the journals and what clients
// were told. Every check runs when something it looks at has changed, so at every step nothing is left unchecked.

#include <map>
#include <optional>

#include "gateway/engine/core.hpp"
#include "tests/simulation/charter.hpp"
#include "tests/simulation/ledgers.hpp"
#include "tests/simulation/violation.hpp"

namespace ustp::simulation {

// What the durable journal of one gateway says, folded without the engine.
struct Fold {
  struct Transfer {
    std::vector<protocol::State> states;       // passed through, in order
    wire::DecisionOutcome decision{};           // none yet: zero
    bool tombstone = false;
    std::vector<std::string> stages;            // of an order that was for later: scheduled, withdrawn, refused
    Instant not_before;
  };
  std::map<TransferId, Transfer> transfers;
  std::map<std::pair<ParticipantId, IdempotencyKey>, TransferId> keys;
};

// In memory or archived; an archive that cannot be read knows nothing.
inline std::optional<protocol::TransferState> known(const gateway::Core& core, const TransferId& id) {
  auto found = core.lookup(id);
  return found ? *std::move(found) : std::nullopt;
}

class Checker {
 public:
  Checker(const Charter& charter, std::array<SimLedger*, kGateways> ledgers, Violations& violations);

  // A block became durable; `core` is that of the same run.
  void durable(std::size_t gateway, const gateway::Block& block, const gateway::Core& core);
  void executing(std::size_t gateway, const ledger::Intent& intent);
  void told(std::size_t gateway, const gateway::TransferOrder& order, const gateway::TransferView& view);
  // After process(): what the state is now, to be compared when it is replayed up to here.
  void lived(std::size_t gateway, std::uint64_t position, const gateway::Core& core);
  // A run began from the journal. `restored`: from an older one than there was.
  void started(std::size_t gateway, std::uint64_t position, const gateway::Core& core);
  void rolled_back(std::size_t gateway, const std::vector<gateway::Block>& blocks);
  void step(Instant now);                        // what the ledgers did since
  // Everything has healed and nothing moves.
  void rest(const std::array<const gateway::Core*, kGateways>& cores, Instant now);
  bool restored() const { return restored_; }
  const Fold& fold(std::size_t gateway) const { return folds_[gateway]; }

 private:
  struct Effects {                               // on the ledgers, of one transfer
    std::optional<Uint128> units;                // security units
    bool lock = false, unlock = false, extinguish = false, create = false, assign = false, destroy = false,
         suspend = false, release = false;
  };
  struct Account {
    Uint128 units = 0, locked = 0;
  };
  struct Book {                                  // what the effects must have made of a ledger
    std::map<AccountId, Account> accounts;
    Uint128 provisional = 0;
    std::size_t seen = 0;
    std::set<OperationId> done;
  };
  void record(std::size_t gateway, const gateway::StepEntry& entry, const gateway::Core& core);
  void effect(std::size_t gateway, const ledger::OperationRequest& request, std::vector<testing::Entry>& entries);
  void order_of_effects(std::size_t gateway, const ledger::OperationRequest& request, Effects& all);
  void compare(std::size_t gateway, const testing::LedgerPicture& picture);
  testing::Picture picture(Instant now);
  const Fold::Transfer* folded(std::size_t gateway, const TransferId& id) const;
  std::size_t index(const GatewayId& id) const;

  const Charter& charter_;
  std::array<SimLedger*, kGateways> ledgers_;
  Violations& violations_;
  std::array<Fold, kGateways> folds_;
  std::array<std::set<Hash256>, kGateways> sent_;           // frames that were durable, ever
  std::array<std::set<OperationId>, kGateways> intents_;    // the same of intents
  std::array<std::map<std::uint64_t, Hash256>, kGateways> hashes_;
  std::array<std::map<std::uint64_t, protocol::HomeBook>, kGateways> books_at_;
  std::array<std::uint64_t, kGateways> durable_{};
  std::map<TransferId, Effects> effects_;
  std::array<Book, kGateways> books_;
  testing::Picture checked_;
  bool restored_ = false;
};

}  // namespace ustp::simulation
