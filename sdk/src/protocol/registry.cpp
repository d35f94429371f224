#include "ustp/protocol/registry.hpp"

namespace ustp::protocol {

Registry::Registry(AuthorityId authority, std::shared_ptr<const crypto::Verifier> key)
    : authority_(std::move(authority)), key_(std::move(key)) {}

Result<void> Registry::apply(const wire::SignedStatement& statement) {
  if (statement.key != key_->key_id()) return Error{Code::statement_authority, "key of the statement"};
  if (!key_->verify_canonical(statement.octets, statement.signature)) return Error{Code::bad_signature, "statement"};
  USTP_TRY(auto decoded, wire::decode_statement(statement.octets));
  const auto where = "statement " + std::to_string(decoded.sequence);
  if (decoded.authority != authority_) return Error{Code::statement_authority, where};
  if (decoded.sequence <= log_.size()) {  // applied before: the same octets are harmless, others are a fork
    if (log_[decoded.sequence - 1].octets == statement.octets) return {};
    return Error{Code::statement_chain, where + " differs from the one in force"};
  }
  if (decoded.sequence != log_.size() + 1 || decoded.previous != head_) return Error{Code::statement_chain, where};
  if (auto done = admit(decoded); !done) return Error{done.error().code, where + ": " + done.error().detail};
  log_.push_back(statement);
  head_ = crypto::sha256(statement.octets);
  return {};
}

namespace {

struct Admitter {
  const Registry& registry;

  Result<void> operator()(const wire::ParticipantStatement& s) const {
    // A gateway keeps its participant: whoever took over the name would take over its keys.
    const auto* before = registry.participant(s.participant);
    if (before && !before->gateway.empty() && before->gateway != s.gateway)
      return Error{Code::statement_invalid, "the gateway of a participant never changes"};
    if (!s.gateway.empty()) {
      const auto* other = registry.participant_of_gateway(s.gateway);
      if (other && other->participant != s.participant) return Error{Code::statement_invalid, "gateway of another participant"};
    }
    return {};
  }
  Result<void> operator()(const wire::KeyStatement& s) const {
    if (!registry.participant_of_gateway(s.gateway)) return Error{Code::statement_invalid, "key of an unknown gateway"};
    USTP_TRY(auto verifier, crypto::make_verifier(s.spki));
    if (verifier->algorithm() != s.algorithm) return Error{Code::statement_invalid, "algorithm of the key"};
    return {};
  }
  Result<void> operator()(const wire::LedgerStatement& s) const {
    if (!registry.participant_of_gateway(s.profile.gateway)) return Error{Code::statement_invalid, "unknown gateway"};
    if (s.profile.custody_account.empty()) return Error{Code::statement_invalid, "no custody account"};
    return {};
  }
  Result<void> operator()(const wire::InstrumentStatement& s) const {
    const auto& i = s.instrument;
    USTP_CHECK(token::validate(i));
    if (!registry.participant_of_gateway(i.home_gateway)) return Error{Code::statement_invalid, "unknown home gateway"};
    for (const auto& r : i.representations)
      if (!registry.ledger(r.ledger)) return Error{Code::statement_invalid, "unknown ledger " + r.ledger.str()};
    if (registry.ledger(i.issuer_ledger)->gateway != i.home_gateway)
      return Error{Code::statement_invalid, "the home gateway is not the issuer ledger's"};
    const auto* before = registry.instrument(i.id);
    if (i.version != (before ? before->version + 1 : 1)) return Error{Code::statement_invalid, "instrument version"};
    if (before && before->scale != i.scale) return Error{Code::statement_invalid, "the scale of an instrument never changes"};
    return {};
  }
  Result<void> operator()(const wire::AccountStatement& s) const {
    if (!registry.ledger(s.account.ledger)) return Error{Code::statement_invalid, "unknown ledger"};
    if (!registry.participant(s.account.participant)) return Error{Code::statement_invalid, "unknown participant"};
    return {};
  }
};

}  // namespace

Result<void> Registry::admit(const wire::Statement& statement) {
  USTP_CHECK(std::visit(Admitter{*this}, statement.body));
  const auto position = statement.sequence;
  if (const auto* s = std::get_if<wire::ParticipantStatement>(&statement.body)) participants_[s->participant] = *s;
  if (const auto* s = std::get_if<wire::LedgerStatement>(&statement.body)) ledgers_[s->profile.id] = *s;
  if (const auto* s = std::get_if<wire::InstrumentStatement>(&statement.body)) instruments_[s->instrument.id] = s->instrument;
  if (const auto* s = std::get_if<wire::AccountStatement>(&statement.body))
    accounts_[{s->account.ledger, s->account.id}] = s->account;
  if (const auto* s = std::get_if<wire::KeyStatement>(&statement.body)) {
    const auto id = crypto::key_id_of(s->spki);
    const auto it = keys_.find(id);
    if (it != keys_.end() && it->second.gateway != s->gateway)
      return Error{Code::statement_invalid, "the key belongs to another gateway"};
    if (s->revoked) {
      if (it == keys_.end()) return Error{Code::statement_invalid, "revocation of an unknown key"};
      if (it->second.until != UINT64_MAX) return Error{Code::statement_invalid, "the key is revoked already"};
      it->second.until = position;
    } else if (it == keys_.end()) {
      keys_[id] = {s->gateway, *crypto::make_verifier(s->spki), position, UINT64_MAX};
    } else {
      return Error{Code::statement_invalid, "the key is known already"};  // a revoked one never comes back
    }
  }
  return {};
}

const wire::ParticipantStatement* Registry::participant(const ParticipantId& id) const {
  const auto it = participants_.find(id);
  return it == participants_.end() ? nullptr : &it->second;
}
const wire::ParticipantStatement* Registry::participant_of_gateway(const GatewayId& id) const {
  for (const auto& [name, one] : participants_)
    if (one.gateway == id && !id.empty()) return &one;
  return nullptr;
}
const ledger::LedgerProfile* Registry::ledger(const LedgerId& id) const {
  const auto it = ledgers_.find(id);
  return it == ledgers_.end() ? nullptr : &it->second.profile;
}
bool Registry::ledger_halted(const LedgerId& id) const {
  const auto it = ledgers_.find(id);
  return it != ledgers_.end() && it->second.halted;
}
const token::Instrument* Registry::instrument(const InstrumentId& id) const {
  const auto it = instruments_.find(id);
  return it == instruments_.end() ? nullptr : &it->second;
}
const token::Account* Registry::account(const LedgerId& ledger, const AccountId& id) const {
  const auto it = accounts_.find({ledger, id});
  return it == accounts_.end() ? nullptr : &it->second;
}

Result<std::shared_ptr<const crypto::Verifier>> Registry::key_at(const GatewayId& gateway, const KeyId& key,
                                                                 std::uint64_t position) const {
  const auto it = keys_.find(key);
  const auto* owner = participant_of_gateway(gateway);
  if (it == keys_.end() || !owner || !owner->admitted || it->second.gateway != gateway || position < it->second.from || position >= it->second.until)
    return Error{Code::unknown_key, key.hex().substr(0, 16) + " for " + gateway.str()};
  return it->second.verifier;
}
Result<std::shared_ptr<const crypto::Verifier>> Registry::key(const GatewayId& gateway, const KeyId& key) const {
  return key_at(gateway, key, position());
}
wire::KeyLookup Registry::key_lookup() const {
  return [this](const GatewayId& gateway, const KeyId& id) { return key(gateway, id); };
}

std::vector<const token::Instrument*> Registry::instruments() const {
  std::vector<const token::Instrument*> out;
  for (const auto& [id, one] : instruments_) out.push_back(&one);
  return out;
}
std::vector<const wire::ParticipantStatement*> Registry::participants() const {
  std::vector<const wire::ParticipantStatement*> out;
  for (const auto& [id, one] : participants_) out.push_back(&one);
  return out;
}
std::vector<const ledger::LedgerProfile*> Registry::ledgers() const {
  std::vector<const ledger::LedgerProfile*> out;
  for (const auto& [id, one] : ledgers_) out.push_back(&one.profile);
  return out;
}
std::vector<const token::Account*> Registry::accounts() const {
  std::vector<const token::Account*> out;
  for (const auto& [id, one] : accounts_) out.push_back(&one);
  return out;
}

}  // namespace ustp::protocol
