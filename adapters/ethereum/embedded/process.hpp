#pragma once
// The embedded ledger as a process: `ustp-ledger-sim ethereum …`.

#include <span>
#include <string>

namespace ustp::ethereum {

// Runs until SIGTERM or SIGINT, then answers 0; 2 when the arguments or files cannot be used, 1 when the store failed.
// Prints "ready HOST:PORT" when it serves. Flags: --listen HOST:PORT --agent 0xADDRESS [--contract 0xADDRESS]
// [--chain-id N] [--finality-depth N] [--block-ms N] [--store FILE] [--book FILE] [--faults late=P,twice=P,unknown=P]
// [--seed N] [--key FILE, not used here].
int run_process(std::span<const std::string> arguments);

}  // namespace ustp::ethereum
