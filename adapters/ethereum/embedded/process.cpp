#include "adapters/ethereum/embedded/process.hpp"

#include <csignal>
#include <cstdio>
#include <ctime>

#include "adapters/ethereum/embedded/http_server.hpp"
#include "adapters/ethereum/embedded/node.hpp"

namespace ustp::ethereum {
namespace {

using namespace embedded;

struct Settings {
  NodeOptions node;
  HttpServerOptions listen;
  Duration period;
};
// Where the token stands when the command line does not say.
constexpr std::string_view kDefaultContract = "0x0000000000000000000000000000000000005354";
constexpr std::uint64_t kIdleCheckMs = 20;  // without --block-ms: how often blocks are made until all is final

Error bad(const std::string& what) { return {Code::config_invalid, what}; }

Result<std::uint64_t> number(const std::string& text, std::uint64_t most) {
  const auto value = parse_uint128(text);
  if (!value || *value > most) return bad("not a number up to " + std::to_string(most) + ": " + text);
  return static_cast<std::uint64_t>(*value);
}

Result<Faults> parse_faults(std::string_view text) {
  Faults out;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto equal = part.find('=');
    if (equal == std::string_view::npos) return bad("--faults late=P,twice=P,unknown=P");
    USTP_TRY(const std::uint64_t percent, number(std::string(part.substr(equal + 1)), 100));
    const std::string_view name = part.substr(0, equal);
    if (name == "late") out.late = static_cast<std::uint32_t>(percent);
    else if (name == "twice") out.twice = static_cast<std::uint32_t>(percent);
    else if (name == "unknown") out.unknown = static_cast<std::uint32_t>(percent);
    else return bad("unknown fault " + std::string(name));
  }
  return out;
}

Result<void> apply(Settings& s, const std::string& name, const std::string& value) {
  if (name == "--listen") {
    const auto colon = value.rfind(':');
    if (colon == std::string::npos) return bad("--listen HOST:PORT");
    s.listen.host = value.substr(0, colon);
    USTP_TRY(const std::uint64_t port, number(value.substr(colon + 1), UINT16_MAX));
    s.listen.port = static_cast<std::uint16_t>(port);
  } else if (name == "--agent") {
    USTP_TRY(s.node.chain.agent, parse_address(value));
  } else if (name == "--contract") {
    USTP_TRY(s.node.chain.contract, parse_address(value));
  } else if (name == "--chain-id") {
    USTP_TRY(s.node.chain.chain_id, number(value, UINT64_MAX));
  } else if (name == "--finality-depth") {
    USTP_TRY(s.node.chain.finality_depth, number(value, 1'000));
  } else if (name == "--block-ms") {
    USTP_TRY(const std::uint64_t ms, number(value, 3'600'000));
    s.node.automine = ms == 0;
    s.period = Duration::milliseconds(static_cast<std::int64_t>(ms == 0 ? kIdleCheckMs : ms));
  } else if (name == "--store") {
    s.node.store = value;
  } else if (name == "--book") {
    USTP_TRY(s.node.chain.book, load_book(value));
  } else if (name == "--faults") {
    USTP_TRY(s.node.faults, parse_faults(value));
  } else if (name == "--seed") {
    USTP_TRY(s.node.seed, number(value, UINT64_MAX));
  } else if (name != "--key") {  // taken and not needed: nobody signs for this ledger but its users
    return bad("unknown flag " + name);
  }
  return {};
}

Result<Settings> parse(std::span<const std::string> arguments) {
  Settings out;
  out.period = Duration::milliseconds(kIdleCheckMs);
  out.node.chain.contract = parse_address(kDefaultContract).value();
  if (arguments.size() % 2 != 0) return bad("every flag has one value");
  for (std::size_t i = 0; i < arguments.size(); i += 2) USTP_CHECK(apply(out, arguments[i], arguments[i + 1]));
  return out;
}

int complain(const Error& error) {
  std::fprintf(stderr, "ustp-ledger-sim ethereum: %s\n", to_string(error).c_str());
  return 2;
}

}  // namespace

int run_process(std::span<const std::string> arguments) {
  // Blocked before any thread starts, so that the wait below gets them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  auto settings = parse(arguments);
  if (!settings) return complain(settings.error());
  const SystemClock clock;
  auto node = Node::open(std::move(settings->node), clock);
  if (!node) return complain(node.error());
  auto server = serve_http(
      settings->listen, [&](std::string_view body) { return (*node)->handle(body); }, [&] { (void)(*node)->tick(); },
      settings->period);
  if (!server) return complain(server.error());
  std::printf("ready %s:%u\n", settings->listen.host.c_str(), static_cast<unsigned>((*server)->port()));
  std::fflush(stdout);
  // A signal ends it; so does a store that failed, seen within half a second.
  const timespec half_a_second{0, 500'000'000};
  while (sigtimedwait(&ends, nullptr, &half_a_second) < 0)
    if ((*node)->failed()) return 1;
  return 0;
}

}  // namespace ustp::ethereum
