#pragma once
// What our ledger's own components say (codec kCanonical: integers big-endian, texts with a 16-bit length). The command
// states the whole operation, so that a tear-off shows it and hides the holder's other states.

#include "ustp/crypto/crypto.hpp"
#include "ustp/domain/operation.hpp"

namespace ustp::corda {

// How the components of a transaction are written. Corda's own AMQP (2) is verified by the tree alone.
enum class Codec : std::uint8_t { kCanonical = 1, kCordaAmqp = 2 };

Bytes command_component(const ProvenOperation& operation, Instant at);
struct Command {
  ProvenOperation operation;
  Instant at;  // the ledger's clock when the notary took the transaction
};
Result<Command> read_command(BytesView component);

// Names the notary by the SHA-256 of its key's SPKI.
Bytes notary_component(const KeyId& notary);
// What the notary signs for a batch of transactions.
Bytes batch_preimage(const LedgerId& ledger, std::uint64_t batch, const Hash256& root);

}  // namespace ustp::corda
