#include "adapters/ethereum/embedded/node.hpp"

#include "adapters/ethereum/embedded/rpc.hpp"

namespace ustp::ethereum::embedded {

Result<std::unique_ptr<Node>> Node::open(NodeOptions options, const Clock& clock) {
  USTP_TRY(auto store, open_store(options.store));
  USTP_TRY(auto chain, Chain::open(options.chain, std::move(store), clock));
  return std::unique_ptr<Node>(new Node(std::move(options), std::move(chain)));
}

// Runs the work inside one transaction of the store, under the lock. A refusal (out_of_range) is the caller's business
// and changed nothing; any other error ends the node's life.
template <class Work>
Result<void> Node::durably(Work&& work) {
  const std::lock_guard lock(mutex_);
  if (failed_) return Error{Code::io_error, "the ledger's store failed"};
  const auto all = [&]() -> Result<void> {
    USTP_CHECK(chain_->store().begin());
    const Result<void> done = work();
    if (!done && done.error().code != Code::out_of_range) return done;
    USTP_CHECK(chain_->store().commit());
    return done;
  };
  const auto out = all();
  failed_ = !out && out.error().code != Code::out_of_range;
  return out;
}

std::string Node::handle(std::string_view request) {
  std::string answer;
  const auto done = durably([&]() -> Result<void> {
    Backend backend{*chain_, random_, options_.faults, false, {}};
    answer = answer_rpc(backend, request);
    if (backend.failure) return *backend.failure;
    if (options_.automine && backend.added && chain_->transaction_ready()) return chain_->mine();
    return {};
  });
  return done ? answer : refused_rpc("the ledger's store failed");
}

Result<void> Node::mine(std::uint64_t blocks) {
  return durably([&]() -> Result<void> {
    for (std::uint64_t i = 0; i < blocks; ++i) USTP_CHECK(chain_->mine());
    return {};
  });
}
Result<void> Node::tick() {
  {
    const std::lock_guard lock(mutex_);
    if (chain_->pool().size() == 0 && !chain_->unfinalised_work()) return {};
  }
  return mine();
}
Result<void> Node::reorganise(std::uint64_t depth) {
  return durably([&] { return chain_->reorganise(depth); });
}
bool Node::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

}  // namespace ustp::ethereum::embedded
