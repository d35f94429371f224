#include "adapters/corda/embedded/notary.hpp"

namespace ustp::corda {

Result<void> Notary::commit(const Hash256& transaction, std::span<const StateRef> inputs) {
  for (const auto& input : inputs)
    if (const auto it = consumed_.find(input); it != consumed_.end() && it->second != transaction)
      return Error{Code::conflict, "a state is consumed already"};
  for (const auto& input : inputs) consumed_[input] = transaction;
  return {};
}

Result<void> Notary::sign(NotaryBatch& batch, const TreeLevels& tree) {
  USTP_TRY(batch.signature, signer_->sign(batch_preimage(ledger_, batch.number, tree.root())));
  return {};
}

}  // namespace ustp::corda
