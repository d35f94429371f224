// The gateway with a disk that loses unsynced writes and a SIGKILL at a chosen boundary: for kill tests and the
// demonstration's crash. Everything else is the gateway as it is.
#include <csignal>
#include <cstring>
#include <iostream>
#include <string>

#include "gateway/app/app.hpp"
#include "tests/support/faulty_files.hpp"
#include "tests/support/faulty_vfs.hpp"

namespace {

using namespace ustp;

constexpr const char* kUsage =
    "ustp-gateway-faulty --config FILE [--kill-at PHASE:STATE] [--lossy-disk] [--synchronous-off]\n"
    "  PHASE  processed (not yet in the journal), durable (before any effect), executed (the ledger was called, nothing\n"
    "         was sent), done (every effect left)\n"
    "  STATE  a state of spec/04; the process ends itself with SIGKILL the first time a transfer enters it\n";

gateway::BoundaryHook kill_at(const std::string& where) {
  const auto colon = where.find(':');
  const auto phase = where.substr(0, colon), state = colon == std::string::npos ? "" : where.substr(colon + 1);
  gateway::Boundary boundary{};
  if (phase == "processed") boundary = gateway::Boundary::kProcessed;
  if (phase == "durable") boundary = gateway::Boundary::kDurable;
  if (phase == "executed") boundary = gateway::Boundary::kExecuted;
  if (phase == "done") boundary = gateway::Boundary::kDone;
  if (boundary == gateway::Boundary{} || state.empty()) return {};
  return [boundary, state](gateway::Boundary at, const std::vector<gateway::Effects::Step>& steps) {
    if (at != boundary) return;
    for (const auto& step : steps)
      if (step.from != step.to && protocol::to_string(step.to) == state) std::raise(SIGKILL);
  };
}

}  // namespace

int main(int argc, char** argv) {
  gateway::AppOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--config" && more) {
      options.config = argv[++i];
    } else if (word == "--kill-at" && more) {
      options.boundary = kill_at(argv[++i]);
      if (!options.boundary) return std::cerr << kUsage, 2;
    } else if (word == "--lossy-disk") {
      testing::register_faulty_vfs();
      options.journal_vfs = testing::kFaultyVfsName;
      options.journal_files = testing::make_faulty_files();
    } else if (word == "--synchronous-off") {
      options.journal_sync = false;
    } else {
      return std::cerr << kUsage, 2;
    }
  }
  if (options.config.empty()) return std::cerr << kUsage, 2;
  return gateway::run_gateway(options);
}
