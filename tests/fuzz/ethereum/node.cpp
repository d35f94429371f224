// Any text as a request to the embedded ledger, which must answer with a document and go on.
#include <cstdlib>

#include "adapters/ethereum/embedded/book.hpp"
#include "adapters/ethereum/embedded/node.hpp"

namespace {

using namespace ustp;
using namespace ustp::ethereum;

std::unique_ptr<embedded::Node> open_node(const Clock& clock) {
  embedded::Book book;
  book.ledger = LedgerId::literal("eth-1");
  book.instrument = InstrumentId::literal("US0378331005");
  book.custody.mutable_octets().fill(0xcc);
  book.suspense.mutable_octets().fill(0x55);
  embedded::NodeOptions options;
  options.chain = {31'337, 2, book.suspense, book.custody, book};
  options.chain.contract.mutable_octets().fill(0xee);
  return embedded::Node::open(std::move(options), clock).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SystemClock clock;
  static auto node = open_node(clock);
  static int left = 1'000;
  if (--left == 0) {  // evm_mine makes the chain longer: a fresh one from time to time
    node = open_node(clock);
    left = 1'000;
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (node->handle(text).empty() || node->failed()) std::abort();
  (void)embedded::parse_book(text);
  return 0;
}
