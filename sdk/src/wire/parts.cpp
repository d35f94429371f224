#include "parts.hpp"

namespace ustp::wire {

namespace {
// RFC 3629: shortest form only, no surrogates, at most U+10FFFF. Gives the length of the sequence at `i`, 0 if wrong.
std::size_t utf8_sequence(std::string_view t, std::size_t i) {
  const auto at = [&](std::size_t k) { return k < t.size() ? static_cast<std::uint8_t>(t[k]) : std::uint8_t{0}; };
  const auto tail = [&](std::size_t k) { return (at(k) & 0xC0) == 0x80; };
  const std::uint8_t c = at(i);
  if (c < 0x80) return c >= 0x20 && c != 0x7F ? 1 : 0;
  if (c >= 0xC2 && c <= 0xDF) return tail(i + 1) ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) {
    if (!tail(i + 1) || !tail(i + 2)) return 0;
    if ((c == 0xE0 && at(i + 1) < 0xA0) || (c == 0xED && at(i + 1) > 0x9F)) return 0;
    return 3;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    if (!tail(i + 1) || !tail(i + 2) || !tail(i + 3)) return 0;
    if ((c == 0xF0 && at(i + 1) < 0x90) || (c == 0xF4 && at(i + 1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

// USTP-MSG-025: the messages that answer another one bind it.
bool answers(MessageType type) {
  return (type >= MessageType::kProposalReceipt && type <= MessageType::kTransferComplete) ||
         type == MessageType::kMoveNoticeReceipt;
}

// USTP-MSG-044: a decision speaks of the settlement of its envelope.
const DecisionRecord* decision_in(const Body& body) {
  if (const auto* m = std::get_if<CommitFinal>(&body)) return &m->decision;
  if (const auto* m = std::get_if<SessionAbort>(&body)) return &m->decision;
  if (const auto* m = std::get_if<StatusReport>(&body)) return m->decision ? &*m->decision : nullptr;
  return nullptr;
}
}  // namespace

Result<void> check_envelope(const Message& m) {
  if (m.session.is_zero()) return Error{Code::zero_hash, "session"};
  if (m.transfer.is_zero()) return Error{Code::zero_hash, "transfer"};
  if (m.settlement.is_zero()) return Error{Code::zero_hash, "settlement"};
  if (answers(m.type()) && m.previous.is_zero()) return Error{Code::zero_hash, "previous message"};
  if (const DecisionRecord* d = decision_in(m.body); d != nullptr && d->settlement != m.settlement)
    return Error{Code::decision_invalid, "decision of another settlement"};
  return {};
}

Result<std::string> text(const fb::String* from, std::size_t max, const char* what) {
  const std::string_view t = view(from);
  if (t.size() > max) return Error{Code::too_long, what};
  for (std::size_t i = 0; i < t.size();) {
    const std::size_t n = utf8_sequence(t, i);
    if (n == 0) return Error{Code::invalid_character, std::string(what) + ", position " + std::to_string(i)};
    i += n;
  }
  return std::string(t);
}

Result<void> known_code(std::uint16_t number, const char* what) {
  for (const CodeInfo& known : all_codes())
    if (known.code == static_cast<Code>(number)) return {};
  return Error{Code::unknown_tag, std::string(what) + " " + std::to_string(number)};
}

fb::Offset<fbs::Evidence> pack(fb::FlatBufferBuilder& b, const Evidence& e) {
  const auto ledger = b.CreateString(e.ledger.str());
  const auto rule = pack(b, e.finality.rule);
  const auto octets = pack(b, BytesView(e.octets));
  return fbs::CreateEvidence(b, static_cast<std::uint8_t>(e.kind), ledger, rule, e.finality.height, e.finality.depth,
                             pack(e.finality.block), e.finality.at.ns, octets);
}

Result<Evidence> unpack(const fbs::Evidence& from) {
  Evidence e;
  USTP_TRY(e.kind, enumerated(from.kind(), EvidenceKind::kNone, EvidenceKind::kCordaTearOff, "evidence kind"));
  USTP_TRY(e.ledger, required_id<LedgerId>(from.ledger(), "evidence ledger"));
  USTP_TRY(e.finality.rule, text(from.rule(), 64, "finality rule"));
  e.finality.height = from.height();
  e.finality.depth = from.depth();
  e.finality.block = unpack<Hash256>(from.block());  // zero where the ledger has none
  e.finality.at = {from.at()};
  const BytesView octets = view(from.octets());
  if (octets.size() > kMaxEvidenceOctets) return Error{Code::too_long, "evidence"};
  e.octets.assign(octets.begin(), octets.end());
  return e;
}

fb::Offset<fbs::Decision> pack(fb::FlatBufferBuilder& b, const DecisionRecord& d) {
  const auto signer = b.CreateString(d.signer.str());
  return fbs::CreateDecision(b, pack(d.settlement), pack(d.legs_root), pack(d.votes_root),
                             static_cast<std::uint8_t>(d.outcome), d.time.ns, signer);
}

Result<DecisionRecord> unpack(const fbs::Decision& from) {
  DecisionRecord d;
  USTP_TRY(d.settlement, unpack_set<SettlementId>(from.settlement(), "decision settlement"));
  USTP_TRY(d.outcome,
           enumerated(from.outcome(), DecisionOutcome::kCommit, DecisionOutcome::kAbort, "decision outcome"));
  d.legs_root = unpack<Hash256>(from.legs_root());
  d.votes_root = unpack<Hash256>(from.votes_root());
  // USTP-MSG-043: an abort may know neither legs nor votes (a tombstone for an unknown transfer); a commit has both.
  if (d.outcome == DecisionOutcome::kCommit) {
    if (d.legs_root.is_zero()) return Error{Code::zero_hash, "decision legs root"};
    if (d.votes_root.is_zero()) return Error{Code::zero_hash, "decision votes root"};
  }
  d.time = {from.time()};
  USTP_TRY(d.signer, required_id<GatewayId>(from.signer(), "decision signer"));
  return d;
}

fb::Offset<fbs::Proven> pack(fb::FlatBufferBuilder& b, const ProvenMessage& m) {
  const auto header = pack(b, BytesView(m.batch_header));
  const auto signature = pack(b, BytesView(m.signature));
  std::vector<fbs::Hash> path(m.proof.path.size());
  for (std::size_t i = 0; i < path.size(); ++i) path[i] = *pack(m.proof.path[i]);
  const auto packed_path = b.CreateVectorOfStructs(path);
  // The octets keep their alignment of eight, so that they can be read where they lie.
  b.ForceVectorAlignment(m.octets.size(), 1, 8);
  const auto octets = pack(b, BytesView(m.octets));
  return fbs::CreateProven(b, octets, pack(m.salt), m.proof.index, m.proof.count, packed_path, header, signature);
}

Result<ProvenMessage> unpack(const fbs::Proven& from) {
  const auto bounded = [](const fb::Vector<std::uint8_t>* v, std::size_t max, const char* what) -> Result<Bytes> {
    const BytesView octets = view(v);
    if (octets.empty()) return Error{Code::missing_field, what};
    if (octets.size() > max) return Error{Code::too_long, what};
    return Bytes(octets.begin(), octets.end());
  };
  ProvenMessage m;
  USTP_TRY(m.octets, bounded(from.octets(), kMaxMessageOctets, "proven message octets"));
  USTP_TRY(m.batch_header, bounded(from.batch_header(), kMaxBatchHeader, "proven message header"));
  USTP_TRY(m.signature, bounded(from.signature(), kMaxSignature, "proven message signature"));
  m.salt = unpack<Salt>(from.salt());
  m.proof.index = from.index();
  m.proof.count = from.count();
  if (from.path() != nullptr) {
    if (from.path()->size() > kMaxPath) return Error{Code::bad_proof, "path longer than any tree"};
    m.proof.path.reserve(from.path()->size());
    for (const fbs::Hash* hash : *from.path()) m.proof.path.push_back(unpack<Hash256>(hash));
  }
  return m;
}

Result<BytesView> checked_buffer(BytesView octets, const char* identifier, Bytes& aligned) {
  // USTP-MSG-021: size prefix, root offset, identifier; then exactly as long as the prefix says.
  if (octets.size() < 12) return Error{Code::frame_truncated, "buffer of " + std::to_string(octets.size()) + " octets"};
  const std::uint64_t declared = std::uint64_t{4} + fb::ReadScalar<fb::uoffset_t>(octets.data());
  if (declared > octets.size()) return Error{Code::frame_truncated, "buffer shorter than its size prefix"};
  if (declared < octets.size()) return Error{Code::buffer_trailing, "octets after the buffer"};
  if (std::memcmp(octets.data() + 8, identifier, 4) != 0) return Error{Code::frame_magic, "buffer identifier"};
  if (reinterpret_cast<std::uintptr_t>(octets.data()) % 8 == 0) return octets;
  aligned.assign(octets.begin(), octets.end());  // operator new gives at least 16
  return BytesView(aligned);
}

}  // namespace ustp::wire
