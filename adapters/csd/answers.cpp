#include "adapters/csd/answers.hpp"

#include "adapters/csd/proof/signed_file.hpp"

namespace ustp::csd {
namespace {

ledger::OutcomeKind kind_of(iso::Status status) {
  switch (status) {
    case iso::Status::kPending: return ledger::OutcomeKind::kPending;
    case iso::Status::kRejected: return ledger::OutcomeKind::kRejected;
    case iso::Status::kUnknown: return ledger::OutcomeKind::kUnknown;
    case iso::Status::kNever: return ledger::OutcomeKind::kNever;
  }
  return ledger::OutcomeKind::kUnknown;
}

}  // namespace

Result<AnswerReader> AnswerReader::make(const ledger::LedgerProfile& profile) {
  AnswerReader out;
  out.ledger_ = profile.id;
  out.gateway_ = profile.gateway;
  USTP_TRY(out.key_, crypto::make_verifier(profile.anchor.key));
  if (out.key_->algorithm() != crypto::Algorithm::kEs256) return Error{Code::bad_key, "the CSD signs with ES256"};
  return out;
}

Result<iso::Message> AnswerReader::read(BytesView file) const {
  USTP_CHECK(proof::verify(file, *key_));
  USTP_TRY(auto received, iso::read(file));
  const auto& header = std::visit([](const auto& m) -> const iso::Header& { return m.header; }, received.message);
  if (header.from != ledger_.str() || header.to != gateway_.str()) return Error{Code::wrong_channel, "AppHdr"};
  return std::move(received.message);
}

std::optional<Answer> AnswerReader::outcome(const iso::Message& message, std::string_view file, std::uint64_t epoch) const {
  Answer out;
  if (const auto* confirmation = std::get_if<iso::Confirmation>(&message)) {
    const iso::Operation& o = confirmation->operation;
    if (o.ledger != ledger_) return std::nullopt;
    out.request_hash = o.request_hash;
    out.outcome.id = o.id;
    out.outcome.kind = ledger::OutcomeKind::kFinal;
    out.outcome.evidence = {EvidenceKind::kCsdConfirmation, ledger_,
                            {"confirmed", confirmation->sequence, 0, {}, confirmation->at}, {}};
    append(out.outcome.evidence.octets, as_bytes(file));
    return out;
  }
  const auto* advice = std::get_if<iso::StatusAdvice>(&message);
  if (advice == nullptr || advice->subject.ledger != ledger_) return std::nullopt;
  // A final state holds for ever; everything else was said about what an earlier epoch had sent.
  if (advice->epoch != epoch && advice->status != iso::Status::kNever) return std::nullopt;
  out.request_hash = advice->subject.request_hash;
  out.outcome.id = advice->subject.id;
  out.outcome.kind = kind_of(advice->status);
  if (advice->status == iso::Status::kRejected) out.outcome.error = {advice->reason, "CSD"};
  return out;
}

token::Capacity capacity_of(std::string_view purpose) {
  if (purpose == "HOUS") return token::Capacity::kHouse;
  if (purpose == "ISSR") return token::Capacity::kIssuer;
  if (purpose == "BACK") return token::Capacity::kBacking;
  if (purpose == "TRNS") return token::Capacity::kTransit;
  if (purpose == "SUSP") return token::Capacity::kSuspense;
  return token::Capacity::kClient;
}

}  // namespace ustp::csd
