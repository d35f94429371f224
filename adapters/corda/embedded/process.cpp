#include "adapters/corda/embedded/process.hpp"

#include <sys/signalfd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "adapters/corda/embedded/book.hpp"
#include "adapters/corda/embedded/server.hpp"

namespace ustp::corda {
namespace {

Result<std::map<std::string, std::string>> options_of(std::span<const std::string> arguments) {
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const auto& name = arguments[i];
    const bool known = name == "--listen" || name == "--book" || name == "--key" || name == "--store" ||
                       name == "--faults" || name == "--seed";
    if (!known || i + 1 == arguments.size()) return Error{Code::config_invalid, name};
    out[name] = arguments[i + 1];
  }
  for (const char* needed : {"--listen", "--book", "--key"})
    if (!out.contains(needed)) return Error{Code::config_invalid, std::string(needed) + " is missing"};
  return out;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) return Error{Code::io_error, "read " + path};
  return out.str();
}

// SIGTERM and SIGINT become readable octets: the server ends between two rounds, with everything told that is stored.
Fd block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return Fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

Result<void> run(std::span<const std::string> arguments) {
  const Fd stop = block_signals();
  USTP_TRY(auto options, options_of(arguments));
  USTP_TRY(const auto json, read_file(options["--book"]));
  USTP_TRY(auto book, parse_book(json));
  LedgerParts parts;
  USTP_TRY(parts.notary, crypto::load_signer_file(options["--key"]));
  parts.clock = std::make_shared<SystemClock>();
  parts.random = std::make_unique<SystemRandom>();
  if (options.contains("--store")) {
    USTP_TRY(parts.store, Store::open(options["--store"]));
  }
  USTP_TRY(auto faults, parse_faults(options["--faults"]));
  if (options.contains("--seed")) {
    USTP_TRY(const auto seed, parse_uint128(options["--seed"]));
    faults.seed = static_cast<std::uint64_t>(seed);
  }
  USTP_TRY(const auto endpoint, parse_endpoint(options["--listen"]));
  USTP_TRY(auto ledger, CordaLedger::open(std::move(book), std::move(parts)));
  USTP_TRY(auto server, Server::listen(*ledger, endpoint, faults));
  std::printf("ready %s:%u\n", endpoint.host.c_str(), static_cast<unsigned>(server->port()));
  std::fflush(stdout);
  return server->serve(stop);
}

}  // namespace

int run_process(std::span<const std::string> arguments) {
  const auto done = run(arguments);
  if (done) return 0;
  std::fprintf(stderr, "ustp-ledger-sim corda: %s\n", to_string(done.error()).c_str());
  return done.error().code == Code::config_invalid ? 2 : 1;
}

}  // namespace ustp::corda
