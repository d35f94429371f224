#include "adapters/corda/proof/tear_off.hpp"

#include "ustp/base/big_endian.hpp"

namespace ustp::corda {
namespace {

constexpr std::size_t kGroups = static_cast<std::size_t>(Group::kSigners) + 1;

Result<Hash256> group_root(const GroupPart& group) {
  if (group.kind == GroupPart::Kind::kAbsent) return absent_group();
  if (group.kind == GroupPart::Kind::kHidden) return group.root;
  if (group.components.empty() || group.components.size() != group.nonces.size())
    return Error{Code::bad_proof, "components and nonces differ in number"};
  std::vector<Hash256> shown;
  USTP_TRY(const auto root, partial_root(group.tree, shown));
  if (shown.size() != group.components.size()) return Error{Code::bad_proof, "components and leaves differ in number"};
  for (std::size_t i = 0; i < shown.size(); ++i)
    if (shown[i] != component_leaf(group.nonces[i], group.components[i]))
      return Error{Code::bad_proof, "component " + std::to_string(i) + " is not the leaf"};
  return root;
}

const ReadTearOff::Part& part(const ReadTearOff& read, Group group) {
  return read.groups[static_cast<std::size_t>(group)];
}

// The one component of a group that our transactions always have alone: shown whole, so that no second one hides.
Result<BytesView> only_component(const ReadTearOff& read, Group group) {
  const auto& one = part(read, group);
  if (one.kind != GroupPart::Kind::kShown || one.shown != 1 || !one.whole)
    return Error{Code::evidence_invalid, "a group that must be shown whole"};
  return one.first;
}

Result<void> check_shape(const ReadTearOff& read) {
  if (read.count != kGroups) return Error{Code::evidence_invalid, "number of component groups"};
  for (const auto group : {Group::kInputs, Group::kOutputs})
    if (part(read, group).kind == GroupPart::Kind::kShown) return Error{Code::evidence_invalid, "states shown"};
  for (const auto group : {Group::kAttachments, Group::kTimeWindow})
    if (part(read, group).kind != GroupPart::Kind::kAbsent) return Error{Code::evidence_invalid, "foreign group"};
  if (part(read, Group::kSigners).kind != GroupPart::Kind::kHidden) return Error{Code::evidence_invalid, "signers"};
  return {};
}

Result<ProvenOperation> verify(const Evidence& evidence, const LedgerAnchor& anchor, SignatureCache* cache) {
  if (evidence.kind != EvidenceKind::kCordaTearOff || evidence.ledger != anchor.ledger)
    return Error{Code::evidence_invalid, "kind or ledger"};
  USTP_TRY(const auto read, read_tear_off(evidence.octets));
  USTP_CHECK(check_shape(read));
  USTP_TRY(const auto named, only_component(read, Group::kNotary));
  const auto notary = notary_component(crypto::key_id_of(anchor.key));
  if (!std::equal(named.begin(), named.end(), notary.begin(), notary.end()))
    return Error{Code::evidence_invalid, "the transaction names another notary"};
  USTP_TRY(const auto component, only_component(read, Group::kCommands));
  USTP_TRY(auto command, read_command(component));
  if (evidence.finality.block != read.transaction || evidence.finality.at != command.at)
    return Error{Code::evidence_invalid, "finality statement"};

  const auto message = batch_preimage(anchor.ledger, evidence.finality.height, read.batch_root);
  if (cache != nullptr) {
    if (!cache->verify(anchor.key, message, read.signature)) return Error{Code::bad_signature, "notary"};
  } else {
    USTP_TRY(const auto key, crypto::make_verifier(anchor.key));
    if (!key->verify_canonical(message, read.signature)) return Error{Code::bad_signature, "notary"};
  }
  return std::move(command.operation);
}

}  // namespace

Result<Hash256> transaction_id(const TearOff& tear_off) {
  if (tear_off.groups.empty() || tear_off.groups.size() > kMaxGroups) return Error{Code::bad_proof, "component groups"};
  std::vector<Hash256> roots;
  for (const auto& group : tear_off.groups) {
    USTP_TRY(roots.emplace_back(), group_root(group));
  }
  return tree_root(roots);
}

Result<Hash256> batch_root(const TearOff& tear_off, const Hash256& transaction) {
  std::vector<Hash256> shown;
  USTP_TRY(const auto root, partial_root(tear_off.batch, shown));
  if (shown.size() != 1 || shown[0] != batch_leaf(transaction))
    return Error{Code::bad_proof, "the notary's batch does not show this transaction"};
  return root;
}

bool SignatureCache::verify(const Bytes& spki, BytesView message, BytesView signature) {
  Bytes sizes;  // before the octets, so that no two triples share them
  append_be(sizes, static_cast<std::uint64_t>(spki.size()));
  append_be(sizes, static_cast<std::uint64_t>(message.size()));
  const auto mark = crypto::sha256({sizes, spki, message, signature});
  std::shared_ptr<const crypto::Verifier> key;
  {
    const std::lock_guard lock(mutex_);
    if (known_.contains(mark)) return true;
    if (const auto it = keys_.find(spki); it != keys_.end()) key = it->second;
  }
  if (!key) {
    auto made = crypto::make_verifier(spki);
    if (!made) return false;
    key = std::move(made).value();
  }
  if (!key->verify_canonical(message, signature)) return false;
  const std::lock_guard lock(mutex_);
  if (keys_.size() >= kMaxKeys) keys_.clear();
  keys_[spki] = key;
  if (!known_.insert(mark).second) return true;
  order_.push_back(mark);
  if (order_.size() > capacity_) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

Result<ProvenOperation> verify_corda_tear_off(const Evidence& evidence, const LedgerAnchor& anchor) {
  return verify(evidence, anchor, nullptr);
}

std::function<Result<ProvenOperation>(const Evidence&, const LedgerAnchor&)> make_tear_off_verifier(
    std::shared_ptr<SignatureCache> cache) {
  return [cache = std::move(cache)](const Evidence& evidence, const LedgerAnchor& anchor) {
    return verify(evidence, anchor, cache.get());
  };
}

}  // namespace ustp::corda
