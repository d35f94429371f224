#pragma once
// The ledger as a program of its own: its own failure domain, its own store (decision 10).

#include <span>
#include <string>

namespace ustp::corda {

// Arguments after the kind: --listen HOST:PORT --book FILE --key FILE [--store FILE] [--faults late=…,twice=…,unknown=…]
// [--seed N]. Prints "ready HOST:PORT" and serves until SIGTERM or SIGINT; returns the exit status.
int run_process(std::span<const std::string> arguments);

}  // namespace ustp::corda
