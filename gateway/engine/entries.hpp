#pragma once
// What a journal block holds (decision 1): the frames that came, the transitions taken on them, the frames that go.
// Octets stand once: a message is referred to by its frame and place.

#include <variant>

#include "gateway/engine/schedule.hpp"
#include "ustp/protocol/transfer.hpp"
#include "ustp/wire/statement.hpp"

namespace ustp::gateway {

struct FrameEntry {
  bool incoming = false;
  GatewayId peer;
  Bytes frame;
};
struct MessageRef {              // a message in a frame of the same block
  bool incoming = false;
  GatewayId peer;
  std::uint32_t frame = 0;       // which of the peer's frames in this direction, in order
  std::uint32_t item = 0;
};
struct StepEntry {
  protocol::Record record;
  // The input, told apart by `kind`.
  enum class Kind : std::uint8_t { kOrder = 1, kMessage, kOutcome, kDeadline, kCancel, kRecheck } kind{};
  ParticipantId owner;           // kOrder; ids, salt and terms are in the proposal that was sent
  MessageRef message;            // kMessage
  protocol::OutcomeInput outcome;  // kOutcome
  std::vector<MessageRef> sent;
  std::vector<ledger::Intent> intents;  // in the order of record.operations
};
struct IdempotencyEntry {
  ParticipantId participant;
  IdempotencyKey key;
  Hash256 payload;
  TransferId transfer;
};
struct StatementEntry {
  Bytes frame;                   // as wire::encode_statement_frame gives it
};
struct TombstoneEntry {          // a status question about an id never heard of (decision 14)
  MessageRef question;
  MessageRef answer;
  Instant time;
};
struct NoticeEntry {             // a move between two other ledgers, taken by the home gateway
  MessageRef notice;
};
struct RefusalEntry {            // evidence of what was refused and why; changes no state
  MessageRef message;
  Error error;
};
struct EquivocationEntry {       // USTP-MSG-010: a second signed batch under one number; the first is in an earlier block
  GatewayId peer;
  std::uint64_t sequence = 0;
  Hash256 first;                 // header hash of the batch that was taken
  Bytes frame;                   // the refused one, as it came
};
struct ScheduleEntry {           // USTP-API-016: taken, withdrawn or refused at its time; a begun one is a kOrder step
  ScheduledOrder scheduled;
};
using Entry = std::variant<FrameEntry, StepEntry, IdempotencyEntry, StatementEntry, TombstoneEntry, NoticeEntry,
                           RefusalEntry, EquivocationEntry, ScheduleEntry>;

// Writes entries where they arise: a block of hundreds is never held as objects first.
class EntryWriter {
 public:
  explicit EntryWriter(Instant time);
  template <class Alternative>
  void add(const Alternative& entry);                                  // any alternative of Entry
  void frame(bool incoming, const GatewayId& peer, BytesView frame);   // a FrameEntry without its copy of the octets
  bool empty() const { return count_ == 0; }
  Bytes take();

 private:
  Writer out_;
  std::uint32_t count_ = 0;
};
Bytes encode_entries(Instant time, const std::vector<Entry>& entries);
struct DecodedEntries {
  Instant time;
  std::vector<Entry> entries;
};
Result<DecodedEntries> decode_entries(BytesView payload);  // Code::journal_damaged

}  // namespace ustp::gateway
