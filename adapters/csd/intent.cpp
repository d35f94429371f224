#include "adapters/csd/intent.hpp"

#include <charconv>

#include "ustp/crypto/crypto.hpp"

namespace ustp::csd {
namespace {

constexpr std::size_t kDigits = 20, kReference = 32, kName = kDigits + 1 + kReference + 4;

void set_accounts(iso::Operation& o, const ledger::LedgerProfile& profile) {
  switch (o.kind) {
    case OperationKind::kExtinguish:
    case OperationKind::kAssign: o.counter = profile.custody_account; break;
    case OperationKind::kSuspend:
      o.counter = profile.custody_account;
      o.suspense = profile.suspense_account;
      break;
    case OperationKind::kRelease: o.counter = profile.suspense_account; break;
    default: break;  // within one account
  }
}

}  // namespace

Result<iso::Instruction> instruction_for(const ledger::OperationRequest& request, const ledger::LedgerProfile& profile,
                                         Instant now) {
  // The register counts in security units: here a base unit is the instrument's smallest unit.
  if (request.base_units != request.quantity.units()) return Error{Code::inexact_ratio, "a CSD books security units"};
  if (request.quantity.is_zero()) return Error{Code::quantity_zero, "instruction"};
  iso::Instruction out;
  iso::Operation& o = out.operation;
  o.id = request.id;
  o.kind = request.kind;
  o.related = request.related;
  o.transfer = request.transfer;
  o.request_hash = crypto::sha256(ledger::request_octets(request));
  o.ledger = profile.id;
  o.instrument = request.instrument;
  o.units = request.quantity;
  o.account = request.account;
  set_accounts(o, profile);
  USTP_CHECK(iso::check(o));
  out.header = {profile.gateway.str(), profile.id.str(), iso::reference(o.id), now};
  return out;
}

std::string file_name(std::uint64_t number, const std::string& reference) {
  const std::string digits = std::to_string(number);
  return std::string(kDigits - digits.size(), '0') + digits + "-" + reference + ".xml";
}

Bytes intent_octets(const PreparedFile& file) {
  Bytes out;
  append(out, as_bytes(file.name));
  out.push_back('\n');
  append(out, as_bytes(file.message));
  return out;
}

Result<PreparedFile> read_intent(BytesView octets) {
  const auto text = as_text(octets);
  if (text.size() <= kName + 1 || text[kName] != '\n') return Error{Code::ledger_message, "intent"};
  PreparedFile out;
  out.name = text.substr(0, kName);
  out.message = text.substr(kName + 1);
  const auto [end, problem] = std::from_chars(out.name.data(), out.name.data() + kDigits, out.number);
  if (problem != std::errc{} || end != out.name.data() + kDigits) return Error{Code::ledger_message, "intent"};
  return out;
}

Result<iso::Subject> subject_of(const PreparedFile& file) {
  USTP_TRY(const auto received, iso::read(as_bytes(iso::envelope(file.message, {}))));
  const auto* instruction = std::get_if<iso::Instruction>(&received.message);
  if (instruction == nullptr) return Error{Code::ledger_message, "intent"};
  const iso::Operation& o = instruction->operation;
  return iso::Subject{o.id, o.kind, o.request_hash, o.ledger};
}

}  // namespace ustp::csd
