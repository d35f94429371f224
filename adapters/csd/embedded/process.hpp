#pragma once
// The embedded CSD as a program of its own.

#include <span>
#include <string>

namespace ustp::csd {

// --inbox DIR --outbox DIR --key FILE [--store FILE] [--book FILE] [--faults late=P,twice=P,unknown=P] [--seed N]
// [--poll-ms N]. Prints "ready" when it serves; runs until SIGTERM or SIGINT, then returns 0. 2: bad command line;
// 1: anything else, told on stderr. Blocks the two signals in the calling thread.
int run_process(std::span<const std::string> arguments);

}  // namespace ustp::csd
