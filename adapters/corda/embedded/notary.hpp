#pragma once
// The uniqueness service: a StateRef is consumed once, by one transaction, for ever. It signs batches, as Corda's own
// notary does: one signature over the Merkle root of SHA-256(transaction id) leaves. One thread at a time.

#include <unordered_map>

#include "adapters/corda/embedded/states.hpp"

namespace ustp::corda {

// A notarised batch: what the evidences of its transactions share.
struct NotaryBatch {
  std::uint64_t number = 0;
  Instant at;
  std::vector<Hash256> leaves;
  Bytes signature;
};

class Notary {
 public:
  Notary(LedgerId ledger, std::unique_ptr<crypto::Signer> signer) : ledger_(std::move(ledger)), signer_(std::move(signer)) {}
  const Bytes& spki() const { return signer_->spki(); }
  const KeyId& key_id() const { return signer_->key_id(); }

  // Takes the inputs for this transaction, all or none. Code::conflict: one is consumed by another transaction.
  // The same transaction again is the same answer.
  Result<void> commit(const Hash256& transaction, std::span<const StateRef> inputs);
  void restore(const StateRef& input, const Hash256& by) { consumed_[input] = by; }
  // Fills root and signature of a batch whose leaves are given.
  Result<void> sign(NotaryBatch& batch, const TreeLevels& tree);

 private:
  LedgerId ledger_;
  std::unique_ptr<crypto::Signer> signer_;
  std::unordered_map<StateRef, Hash256> consumed_;
};

}  // namespace ustp::corda
