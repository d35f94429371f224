// Any text as a node's answer to every call of the client.
#include "adapters/ethereum/rpc/client.hpp"

namespace {
class Node final : public ustp::ethereum::JsonRpc {
 public:
  explicit Node(std::string answer) : answer_(std::move(answer)) {}
  ustp::Result<std::string> post(const std::string&) override { return answer_; }

 private:
  std::string answer_;
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp::ethereum;
  EthClient client(std::make_shared<Node>(std::string(reinterpret_cast<const char*>(data), size)));
  const Word words[2]{};
  const ustp::Bytes raw[2]{};
  const BlockRef refs[] = {BlockRef::latest(), BlockRef::finalized()};
  (void)client.chain_id();
  (void)client.block(BlockRef::latest());
  (void)client.blocks(refs);
  (void)client.receipts({});
  (void)client.places({words, 1});
  (void)client.places(words);
  (void)client.send(raw);
  (void)client.call({}, BlockRef::latest());
  (void)client.logs({});
  return 0;
}
