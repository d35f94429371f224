#include "gateway/engine/entries.hpp"

#include <type_traits>

#include "gateway/engine/entry_parts.hpp"

namespace ustp::gateway {
namespace {

constexpr std::uint16_t kEntriesVersion = 3;
constexpr std::size_t kCountAt = 2 + 8;  // behind version and time

template <class Alternative>
constexpr std::uint8_t tag_of() {  // its place among the alternatives
  return []<class... All>(std::type_identity<std::variant<All...>>) {
    constexpr bool same[] = {std::is_same_v<Alternative, All>...};
    std::uint8_t tag = 0;
    while (!same[tag]) ++tag;
    return tag;
  }(std::type_identity<Entry>());
}

void put(Writer& w, const MessageRef& ref) {
  w.u8(ref.incoming);
  w.text(ref.peer.str());
  w.u32(ref.frame);
  w.u32(ref.item);
}
MessageRef get_ref(Reader& r) {
  MessageRef ref;
  ref.incoming = r.u8() != 0;
  ref.peer = r.text_id<GatewayId>();
  ref.frame = r.u32();
  ref.item = r.u32();
  return ref;
}
void put(Writer& w, const Evidence& e) {
  w.u8(static_cast<std::uint8_t>(e.kind));
  w.text(e.ledger.str());
  w.text(e.finality.rule);
  w.u64(e.finality.height);
  w.u64(e.finality.depth);
  w.id(e.finality.block);
  w.u64(static_cast<std::uint64_t>(e.finality.at.ns));
  w.octets(e.octets);
}
Evidence get_evidence(Reader& r) {
  Evidence e;
  e.kind = static_cast<EvidenceKind>(r.u8());
  e.ledger = r.text_id<LedgerId>();
  e.finality.rule = r.text();
  e.finality.height = r.u64();
  e.finality.depth = r.u64();
  e.finality.block = r.id<Hash256>();
  e.finality.at = {static_cast<std::int64_t>(r.u64())};
  e.octets = r.bytes();
  return e;
}

void put(Writer& w, const protocol::Record& record) {
  w.id(record.transfer);
  w.u8(static_cast<std::uint8_t>(record.from));
  w.u8(static_cast<std::uint8_t>(record.to));
  w.u8(static_cast<std::uint8_t>(record.event));
  w.u64(static_cast<std::uint64_t>(record.time.ns));
  w.u8(static_cast<std::uint8_t>(record.operations.size()));
  for (const auto kind : record.operations) w.u8(static_cast<std::uint8_t>(kind));
  w.u8(record.decision.has_value());
  if (record.decision) put(w, *record.decision);
  w.u8(record.reason.has_value());
  if (record.reason) put(w, *record.reason);
  w.text(record.rule);
  w.text(record.home.str());
  w.u128(record.base_units);
}
protocol::Record get_record(Reader& r) {
  protocol::Record record;
  record.transfer = r.id<TransferId>();
  record.from = static_cast<protocol::State>(r.u8());
  record.to = static_cast<protocol::State>(r.u8());
  record.event = static_cast<protocol::Event>(r.u8());
  record.time = {static_cast<std::int64_t>(r.u64())};
  for (auto n = r.u8(); n > 0 && r.ok(); --n) record.operations.push_back(static_cast<OperationKind>(r.u8()));
  if (r.u8()) record.decision = get_decision(r);
  if (r.u8()) record.reason = get_error(r);
  record.rule = r.text();
  record.home = r.text_id<GatewayId>();
  record.base_units = r.u128();
  return record;
}

struct Put {
  Writer& w;
  void operator()(const FrameEntry& e) const { frame(e.incoming, e.peer, e.frame); }
  void frame(bool incoming, const GatewayId& peer, BytesView octets) const {
    w.u8(incoming);
    w.text(peer.str());
    w.octets(octets);
  }
  void operator()(const StepEntry& e) const {
    put(w, e.record);
    w.u8(static_cast<std::uint8_t>(e.kind));
    if (e.kind == StepEntry::Kind::kOrder) {
        w.text(e.owner.str());
    } else if (e.kind == StepEntry::Kind::kMessage) {
      put(w, e.message);
    } else if (e.kind == StepEntry::Kind::kOutcome) {
      w.u8(static_cast<std::uint8_t>(e.outcome.operation));
      w.id(e.outcome.outcome.id);
      w.u8(static_cast<std::uint8_t>(e.outcome.outcome.kind));
      put(w, e.outcome.outcome.evidence);
      put(w, e.outcome.outcome.error);
    }
    w.u8(static_cast<std::uint8_t>(e.sent.size()));
    for (const auto& ref : e.sent) put(w, ref);
    w.u8(static_cast<std::uint8_t>(e.intents.size()));
    for (const auto& intent : e.intents) {
      w.id(intent.id);
      w.octets(intent.octets);
    }
  }
  void operator()(const IdempotencyEntry& e) const {
    w.text(e.participant.str());
    w.text(e.key.str());
    w.id(e.payload);
    w.id(e.transfer);
  }
  void operator()(const StatementEntry& e) const { w.octets(e.frame); }
  void operator()(const TombstoneEntry& e) const {
    put(w, e.question);
    put(w, e.answer);
    w.u64(static_cast<std::uint64_t>(e.time.ns));
  }
  void operator()(const NoticeEntry& e) const { put(w, e.notice); }
  void operator()(const RefusalEntry& e) const {
    put(w, e.message);
    put(w, e.error);
  }
  void operator()(const EquivocationEntry& e) const {
    w.text(e.peer.str());
    w.u64(e.sequence);
    w.id(e.first);
    w.octets(e.frame);
  }
  void operator()(const ScheduleEntry& e) const { gateway::put(w, e.scheduled); }
};

StepEntry get_step(Reader& r) {
  StepEntry e;
  e.record = get_record(r);
  e.kind = static_cast<StepEntry::Kind>(r.u8());
  if (e.kind == StepEntry::Kind::kOrder) {
    e.owner = r.text_id<ParticipantId>();
  } else if (e.kind == StepEntry::Kind::kMessage) {
    e.message = get_ref(r);
  } else if (e.kind == StepEntry::Kind::kOutcome) {
    e.outcome.operation = static_cast<OperationKind>(r.u8());
    e.outcome.outcome.id = r.id<OperationId>();
    e.outcome.outcome.kind = static_cast<ledger::OutcomeKind>(r.u8());
    e.outcome.outcome.evidence = get_evidence(r);
    e.outcome.outcome.error = get_error(r);
  }
  for (auto n = r.u8(); n > 0 && r.ok(); --n) e.sent.push_back(get_ref(r));
  for (auto n = r.u8(); n > 0 && r.ok(); --n) {
    const auto id = r.id<OperationId>();
    e.intents.push_back({id, r.bytes()});
  }
  return e;
}

Entry get_entry(std::uint8_t tag, Reader& r) {
  switch (tag) {
    case 0: {
      FrameEntry e;
      e.incoming = r.u8() != 0;
      e.peer = r.text_id<GatewayId>();
      e.frame = r.bytes();
      return e;
    }
    case 1: return get_step(r);
    case 2: {
      IdempotencyEntry e;
      e.participant = r.text_id<ParticipantId>();
      e.key = r.text_id<IdempotencyKey>();
      e.payload = r.id<Hash256>();
      e.transfer = r.id<TransferId>();
      return e;
    }
    case 3: return StatementEntry{r.bytes()};
    case 4: {
      TombstoneEntry e;
      e.question = get_ref(r);
      e.answer = get_ref(r);
      e.time = {static_cast<std::int64_t>(r.u64())};
      return e;
    }
    case 5: {
      NoticeEntry e;
      e.notice = get_ref(r);
      return e;
    }
    case 6: {
      RefusalEntry e;
      e.message = get_ref(r);
      e.error = get_error(r);
      return e;
    }
    case 8: return ScheduleEntry{get_scheduled(r)};
    default: {
      EquivocationEntry e;
      e.peer = r.text_id<GatewayId>();
      e.sequence = r.u64();
      e.first = r.id<Hash256>();
      e.frame = r.bytes();
      return e;
    }
  }
}

}  // namespace

EntryWriter::EntryWriter(Instant time) {
  out_.u16(kEntriesVersion);
  out_.u64(static_cast<std::uint64_t>(time.ns));
  out_.u32(0);
}

template <class Alternative>
void EntryWriter::add(const Alternative& entry) {
  ++count_;
  out_.u8(tag_of<Alternative>());
  Put{out_}(entry);
}
template void EntryWriter::add(const FrameEntry&);
template void EntryWriter::add(const StepEntry&);
template void EntryWriter::add(const IdempotencyEntry&);
template void EntryWriter::add(const StatementEntry&);
template void EntryWriter::add(const TombstoneEntry&);
template void EntryWriter::add(const NoticeEntry&);
template void EntryWriter::add(const RefusalEntry&);
template void EntryWriter::add(const EquivocationEntry&);
template void EntryWriter::add(const ScheduleEntry&);

void EntryWriter::frame(bool incoming, const GatewayId& peer, BytesView frame) {
  ++count_;
  out_.u8(tag_of<FrameEntry>());
  Put{out_}.frame(incoming, peer, frame);
}

Bytes EntryWriter::take() {
  out_.set_u32(kCountAt, count_);
  return out_.take();
}

Bytes encode_entries(Instant time, const std::vector<Entry>& entries) {
  EntryWriter writer(time);
  for (const auto& entry : entries) std::visit([&](const auto& one) { writer.add(one); }, entry);
  return writer.take();
}

Result<DecodedEntries> decode_entries(BytesView payload) {
  Reader r(payload);
  DecodedEntries out;
  if (const auto version = r.u16(); version != kEntriesVersion)
    return Error{Code::journal_format, "entries version " + std::to_string(version)};
  out.time = {static_cast<std::int64_t>(r.u64())};
  const auto count = r.u32();
  for (std::uint32_t i = 0; i < count && r.ok(); ++i) {
    const auto tag = r.u8();
    if (tag >= std::variant_size_v<Entry>) return Error{Code::journal_damaged, "entry " + std::to_string(i)};
    out.entries.push_back(get_entry(tag, r));
  }
  if (!r.ok() || !r.at_end()) return Error{Code::journal_damaged, "block payload"};
  return out;
}

}  // namespace ustp::gateway
