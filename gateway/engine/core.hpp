#pragma once
// The engine's core: everything a gateway decides, single-threaded and without I/O. input -> step -> journal -> effects:
// process() takes a batch of inputs and gives one block and the effects that may leave once it is durable; replay()
// applies a block that was durable. Both change the state through the same functions (decision 1).

#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "gateway/engine/entries.hpp"
#include "gateway/engine/event_log.hpp"
#include "gateway/engine/lists.hpp"
#include "gateway/engine/pace.hpp"
#include "gateway/ports/archive.hpp"
#include "gateway/ports/journal.hpp"
#include "gateway/ports/peer.hpp"
#include "gateway/ports/service.hpp"
#include "ustp/protocol/home_book.hpp"
#include "ustp/protocol/step.hpp"

namespace ustp::gateway {

struct CoreOptions {
  GatewayId self;
  LedgerId ledger;                      // the one in front of which this gateway stands
  std::uint32_t shard = 0;
  wire::FrameLimits limits;
  Duration skew_limit = Duration::seconds(2);
  Duration status_retry = Duration::seconds(2);
  Duration recheck_every = Duration::seconds(5);
  Duration requery_every = Duration::seconds(2);
  Duration hello_every = Duration::seconds(10);
  std::size_t open_transfers_max = 100'000;
  std::size_t events_kept = 100'000;     // a cursor that is older is refused (USTP-API-010)
  Duration order_within;                // an order whose transfer would probably take longer is refused; 0: never
};

// Inputs, as the edges deliver them.
struct FrameInput {
  GatewayId peer;
  std::uint64_t link = 0;
  Bytes frame;
};
struct LinkInput {
  GatewayId peer;
  std::uint64_t link = 0;
  bool up = false;
};
struct OrderCommand {
  TransferOrder order;
  Reply<TransferView> reply;
};
struct CancelCommand {
  ParticipantId participant;
  TransferId transfer;
  Reply<TransferView> reply;
};
struct StatementCommand {
  wire::SignedStatement statement;
  Reply<std::uint64_t> reply;
};
// A read. `look` runs where the batch is processed; the answer it gives leaves when all it saw is durable.
struct QueryCommand {
  std::function<std::function<void()>(const class Core&)> look;
};
// A snapshot of this position is stored, and with it what had ended: that may leave memory. Changes nothing that decides.
struct SnapshotInput {
  std::uint64_t position = 0;
};
using CoreInput = std::variant<FrameInput, LinkInput, ledger::Outcome, OrderCommand, CancelCommand, StatementCommand,
                               QueryCommand, SnapshotInput>;

// What leaves once the block is durable, in this order.
struct Effects {
  struct Send {
    GatewayId peer;
    std::uint64_t link = 0;
    std::shared_ptr<const Bytes> frame;
  };
  struct Close {
    GatewayId peer;
    std::uint64_t link = 0;
    Error reason;
  };
  struct Step {                         // a transition that was taken: for logs, events and metrics
    TransferId transfer;
    protocol::State from{}, to{};
    protocol::Event event{};
    bool sender = false;
    bool alarm = false;                 // a person has to look at it
  };
  std::vector<ledger::Intent> executes, queries;
  std::vector<Send> sends;
  std::vector<Close> closes;
  std::vector<std::function<void()>> replies;
  std::vector<Step> steps;
  bool peers_changed = false;
  std::uint64_t events = 0;             // the newest event that this batch or one before made
  bool empty() const {
    return executes.empty() && queries.empty() && sends.empty() && closes.empty() && replies.empty() &&
           steps.empty() && !peers_changed;
  }
};
struct BatchResult {
  Bytes payload;                        // empty: nothing to journal
  Effects effects;
  std::optional<Error> failed;          // the archive could not be read: nothing of this batch may be used, the process ends
};

class Core {
 public:
  Core(CoreOptions options, protocol::Registry registry, crypto::Signer& signer, Random& random, ledger::Driver& driver,
       std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)> prove);

  BatchResult process(std::vector<CoreInput> inputs, Instant now);
  Result<void> replay(const Block& block);
  // Everything that the blocks up to position() made, in octets: a start from them and the blocks behind is a start from
  // all blocks. load() is for a core that replayed nothing; on error (Code::journal_format, journal_damaged) it is of no
  // use any more.
  Bytes snapshot() const;
  Result<void> load(BytesView snapshot);
  // A core like this one was at its beginning, for replaying beside it on another thread. The ledger stays untouched:
  // `idle` is a driver that does nothing.
  std::unique_ptr<Core> replica(ledger::Driver& idle) const;
  // Where ended transfers are read that left memory; without one they stay. Outlives the core.
  void use(Archive& archive) { archive_ = &archive; }
  // After load(): which transfers the archive holds. Code::journal_damaged when they are not those of the snapshot.
  Result<void> learn_archived();
  // Before snapshot(): takes what has ended out of memory, for the archive to hold under position().
  std::vector<Archived> archive_ended();
  // After the last replay: what has to be done again because the journal explains it and nothing tells that it happened.
  Effects resume(Instant now);

  std::uint64_t position() const { return position_; }  // of the last block processed or replayed
  const GatewayId& self() const { return options_.self; }
  const LedgerId& ledger() const { return options_.ledger; }
  Instant next_timer() const;           // INT64_MAX when none
  const protocol::Registry& registry() const { return registry_; }
  const protocol::HomeBook& home_book() const { return home_book_; }
  const protocol::TransferState* find(const TransferId& id) const;  // in memory
  // In memory or archived.
  Result<std::optional<protocol::TransferState>> lookup(const TransferId& id) const;
  static TransferView view(const protocol::TransferState& state);
  TransferView view(const ScheduledOrder& scheduled) const;
  Result<TransferView> view_of(const TransferId& id) const;  // of either; Code::not_found
  Result<TransferView> view_for(const ParticipantId& participant, const TransferId& id) const;
  // What memory has of a page; page_of() has the rest.
  Result<Listing> list_for(const ParticipantId& participant, const TransferFilter& filter, const TransferId& after,
                           std::size_t limit) const;
  Result<token::TransferTerms> terms_of(const TransferOrder& order, Instant now) const;
  std::vector<token::Finding> findings(const TransferOrder& order, Instant now) const;
  std::vector<LedgerView> ledgers() const;
  const EventLog& events() const { return events_; }
  // What `query` asks for, up to `until`.
  EventPage events_for(const EventQuery& query, std::uint64_t until) const;
  std::vector<PeerAddress> peers() const;
  Result<std::vector<std::uint64_t>> blocks_of(const TransferId& id) const;  // journal positions that tell of it
  Hash256 state_hash() const;           // over everything that decides; equal after replay
  bool recovery_only() const { return recovery_only_; }
  std::size_t open_transfers() const { return open_; }
  std::size_t archived_transfers() const { return archived_.size(); }
  const Schedule& schedule() const { return schedule_; }
  bool reaches(const GatewayId& peer) const;                 // its link is up and greeted
  void links(std::map<GatewayId, bool>& out) const;  // of every known peer: is it up and greeted
  struct Counters {
    std::uint64_t frames_refused = 0, messages_refused = 0, steps = 0, statements = 0, notices_refused = 0;
    std::uint64_t equivocations = 0;    // kept as evidence, since the journal's beginning or the snapshot started from
  };
  const Counters& counters() const { return counters_; }

 private:
  friend class Batch;
  friend Result<TransferPage> page_of(Listing listing, Archive* archive);
  struct Channel {
    wire::ChannelHead sent, received;
    std::deque<std::pair<std::uint64_t, std::shared_ptr<const Bytes>>> unacknowledged;
    std::uint64_t link = 0;             // 0 = down
    bool greeted = false;               // their hello came on this link
    bool skewed = false;
    bool compared = false;              // heads were, in this run
    std::uint64_t owed = 0;             // their head then: what we must have before we know as much as they do
    std::uint64_t statements = 0;       // of theirs, as their hello said
    bool heard = false;                 // JSON: a hello of theirs came in this run
    std::uint64_t stated = 0;           // JSON: statements given to the link
    std::uint64_t offered = 0;          // JSON: the last of unacknowledged that was given to the link
    std::uint64_t equivocated = 0;      // the number under which a second batch was kept: one is proof enough
  };
  struct OpenOperation {
    TransferId transfer;
    OperationKind operation;
    ledger::Intent intent;
    Instant asked;
    bool unseen = false;                // the ledger does not know it: it may never have been reached
    unsigned questions = 0;             // asked so often; the pause doubles each time
  };
  Result<void> replay_step(const StepEntry& entry,
                           const std::map<std::pair<bool, GatewayId>, std::vector<wire::BatchView>>& views,
                           std::uint64_t position);
  struct Transfer {
    protocol::TransferState state;
    std::uint64_t ordinal = 0;               // of its first appearance
    std::vector<std::uint64_t> blocks;       // that tell of it
    std::uint64_t changed = 0;               // position of the last change, or of the snapshot it was read from
    std::optional<IdempotencyKey> key;       // of the order that began it
    std::vector<OperationId> operations;     // asked of the ledger, not ended
    ParticipantId viewer;                    // sees it and its events; settled when it begins
    Instant armed{INT64_MAX};                // its entry in timers_
    bool inherited = false;                  // from before this run
  };
  struct OrderKey {                          // decision 21: keys of different participants never meet
    ParticipantId participant;
    IdempotencyKey key;
    Hash256 digest() const;                  // what the archive knows it by
    friend bool operator==(const OrderKey&, const OrderKey&) = default;
    struct Spread {
      std::size_t operator()(const OrderKey& k) const noexcept {
        return std::hash<IdempotencyKey>()(k.key) * 31 + std::hash<ParticipantId>()(k.participant);
      }
    };
  };
  Transfer& first_seen(const TransferId& id);
  void keep_tombstone(const protocol::TransferState& state, Instant at, std::uint64_t position);
  void keep_order(const ParticipantId& participant, const IdempotencyKey& key, const Hash256& payload,
                  const TransferId& id);
  // In memory, brought back from the archive where it stands there; null when it was never seen. An error is the
  // archive's: without it nothing may be presumed.
  Result<Transfer*> recall(const TransferId& id);
  Result<const std::pair<Hash256, TransferId>*> recall_order(const OrderKey& key);
  struct Kept;                               // a transfer as the archive has it
  Result<std::optional<Kept>> kept(const TransferId& id) const;
  static Result<Kept> get_kept(const Archived& row);
  Transfer& bring_back(Kept kept);
  bool may_leave(const Transfer& transfer) const;
  void take_out(const TransferId& id, std::vector<Archived>* out);
  void let_go(std::size_t most);             // of what a stored snapshot holds
  // Decision 4: a journal may be an older one that was restored. Until heads were compared with the peer, which may have
  // a vote or know a decision that the journal has not, nothing that was there before is given up.
  bool may_give_up(const Transfer& transfer) const;
  void absorb(Transfer& transfer, const protocol::Record& record, std::uint64_t position);
  void absorb(ScheduledOrder scheduled);
  bool may_begin(const ScheduledOrder& scheduled) const;
  void arm(Transfer& transfer, Instant at);
  void rearm(Transfer& transfer, Instant since);  // as its state wants it
  void open_operation(Transfer& transfer, OperationKind operation, ledger::Intent intent, Instant now);
  void close_operation(const OperationId& id);
  static void put_transfer(class Writer& w, const Transfer& transfer);
  static Result<Transfer> get_transfer(class Reader& r);
  void put_operations(class Writer& w, const Transfer& transfer) const;
  void get_operations(class Reader& r, Transfer& transfer);
  Result<void> load_transfers(class Reader& r);
  bool operates(const ParticipantId& participant) const;  // runs this gateway
  bool sees(const ParticipantId& participant, const Transfer& transfer) const;
  bool sees(const ParticipantId& participant, const ScheduledOrder& scheduled) const;
  Bytes hello_for(const GatewayId& peer, const Channel& channel, Instant now);
  bool speaks_json(const GatewayId& peer) const { return json_peers_.contains(peer); }
  void bind_channels();                 // which of the two bindings each channel has, by the statements (USTP-JSN-050)

  CoreOptions options_;
  protocol::Registry registry_;
  crypto::Signer& signer_;
  Random& random_;
  ledger::Driver& driver_;
  std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)> prove_;
  protocol::HomeBook home_book_;
  std::map<GatewayId, Channel> channels_;
  std::set<GatewayId> json_peers_;
  std::unordered_map<TransferId, Transfer> transfers_;  // references stay valid when it grows
  Schedule schedule_;
  EventLog events_;
  std::map<std::uint64_t, TransferId> order_;  // of first appearance, for lists; those in memory
  std::uint64_t next_ordinal_ = 1;
  std::deque<TransferId> ended_;        // in memory, to be looked at when a snapshot is stored
  std::size_t looks_ = 0;               // so many of them still, for the newest snapshot
  Archive* archive_ = nullptr;
  std::unordered_set<TransferId> archived_;
  std::unordered_set<Hash256> archived_orders_;
  std::size_t archived_count_ = 0;      // as the snapshot says, until learn_archived()
  Hash256 archived_hash_;               // their part of state_hash()
  std::uint64_t archived_at_ = 0;       // position of the snapshot that put them aside
  std::unordered_map<OperationId, OpenOperation> operations_;
  std::unordered_map<OrderKey, std::pair<Hash256, TransferId>, OrderKey::Spread> idempotency_;
  std::set<std::pair<Instant, TransferId>> timers_;
  Instant next_requery_{INT64_MAX}, next_hello_{INT64_MAX};
  Instant last_now_;                    // of the batch before
  std::map<OperationId, ledger::Outcome> held_;  // until heads are compared (may_give_up); asked for again after a crash
  ledger::Intent last_intent_;          // prepared or restored; its number is the highest (snapshots)
  std::uint64_t position_ = 0;
  std::size_t open_ = 0;
  std::map<GatewayId, Pace> paces_;     // of what this gateway sends to each peer
  bool recovery_only_ = false;
  Counters counters_;
};

}  // namespace ustp::gateway
