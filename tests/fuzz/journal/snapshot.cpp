// A snapshot of the core from any octets: refused or taken, and what is taken is written back as it was read.
#include <cstdlib>

#include "gateway/engine/core.hpp"
#include "gateway/engine/idle_driver.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ustp;
  static const auto signer =
      crypto::load_signer_pem(as_text(crypto::generate_key(crypto::Algorithm::kEd25519).value().private_pem.view())).value();
  static SeededRandom random(1);
  static gateway::IdleDriver idle{ledger::LedgerProfile()};
  gateway::CoreOptions options;
  options.self = GatewayId::literal("gw-csd");
  const auto blank = [&] {
    return gateway::Core(options, protocol::Registry(AuthorityId::literal("association"), crypto::make_verifier(signer->spki()).value()),
                         *signer, random, idle, {});
  };
  auto core = blank();
  if (!core.load({data, size})) return 0;
  const Bytes once = core.snapshot();
  auto again = blank();
  if (!again.load(once) || again.snapshot() != once) std::abort();
  return 0;
}
