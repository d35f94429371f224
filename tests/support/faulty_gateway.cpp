// The gateway with a disk that loses unsynced writes and a SIGKILL at a chosen boundary: for kill tests and the
// demonstration's crash. Everything else is the gateway as it is.
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>

#include "gateway/app/app.hpp"
#include "tests/support/faulty_files.hpp"
#include "tests/support/faulty_vfs.hpp"

namespace {

using namespace ustp;

constexpr const char* kUsage =
    "ustp-gateway-faulty --config FILE [--kill-at PHASE:STATE] [--lossy-disk] [--synchronous-off]\n"
    "                    [--disk-fault KIND:N] [--clock-ms N]\n"
    "  KIND   sync (the Nth fsync fails), full (the Nth write finds no space), short (the Nth write is half done)\n"
    "  --clock-ms N  this process's clock is N ms ahead, or behind when N is negative\n"
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

std::optional<long long> number(const std::string& text) {
  long long out = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (bad != std::errc() || end != text.data() + text.size()) return {};
  return out;
}

// Whichever kind of journal is configured: what was not synced is lost when the process dies. Gives both disks.
std::array<testing::FaultyDisk*, 2> put_on_bad_disk(gateway::AppOptions& options) {
  auto files = testing::make_faulty_files();
  auto* const disk = files.get();
  options.journal_files = std::move(files);
  options.journal_vfs = testing::kFaultyVfsName;
  return {disk, &testing::register_faulty_vfs()};
}

bool disk_fault(const std::string& text, gateway::AppOptions& options) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return false;
  const auto kind = text.substr(0, colon);
  const auto n = number(text.substr(colon + 1));
  if (!n || *n < 1) return false;
  testing::Fault fault{};
  if (kind == "sync") fault = testing::Fault::kSyncError;
  else if (kind == "full") fault = testing::Fault::kNoSpace;
  else if (kind == "short") fault = testing::Fault::kShortWrite;
  else return false;
  for (auto* const disk : put_on_bad_disk(options)) disk->inject(fault, static_cast<std::uint64_t>(*n));
  return true;
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
      put_on_bad_disk(options);
    } else if (word == "--disk-fault" && more) {
      if (!disk_fault(argv[++i], options)) return std::cerr << kUsage, 2;
    } else if (word == "--clock-ms" && more) {
      const auto ms = number(argv[++i]);
      if (!ms) return std::cerr << kUsage, 2;
      options.clock_offset = Duration::milliseconds(*ms);
    } else if (word == "--synchronous-off") {
      options.journal_sync = false;
    } else {
      return std::cerr << kUsage, 2;
    }
  }
  if (options.config.empty()) return std::cerr << kUsage, 2;
  return gateway::run_gateway(options);
}
