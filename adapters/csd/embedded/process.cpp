#include "adapters/csd/embedded/process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "adapters/csd/embedded/service.hpp"

namespace ustp::csd {
namespace {

struct Options {
  std::string inbox, outbox, key, store, book;
  embedded::Faults faults;
  std::uint64_t seed = 1;
  std::uint32_t poll_ms = 5;
};

Error usage(std::string_view what) { return {Code::config_invalid, std::string(what)}; }

template <class Number>
Result<Number> number(std::string_view text, Number max, std::string_view what) {
  Number value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value > max) return usage(what);
  return value;
}

Result<embedded::Faults> parse_faults(std::string_view text) {
  embedded::Faults out;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return usage("--faults");
    USTP_TRY(const auto percent, number<std::uint32_t>(part.substr(equals + 1), 100, "--faults"));
    const auto name = part.substr(0, equals);
    if (name == "late") out.late = percent;
    else if (name == "twice") out.twice = percent;
    else if (name == "unknown") out.unknown = percent;
    else return usage("--faults");
  }
  return out;
}

Result<Options> parse(std::span<const std::string> arguments) {
  Options out;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& flag = arguments[i];
    if (i + 1 == arguments.size()) return usage(flag + " needs a value");
    const std::string& value = arguments[i + 1];
    if (flag == "--inbox") out.inbox = value;
    else if (flag == "--outbox") out.outbox = value;
    else if (flag == "--key") out.key = value;
    else if (flag == "--store") out.store = value;
    else if (flag == "--book") out.book = value;
    else if (flag == "--faults") {
      USTP_TRY(out.faults, parse_faults(value));
    } else if (flag == "--seed") {
      USTP_TRY(out.seed, number<std::uint64_t>(value, UINT64_MAX, flag));
    } else if (flag == "--poll-ms") {
      USTP_TRY(out.poll_ms, number<std::uint32_t>(value, 60'000, flag));
    } else {
      return usage("unknown option " + flag);
    }
  }
  if (out.inbox.empty() || out.outbox.empty() || out.key.empty()) return usage("--inbox, --outbox and --key are needed");
  return out;
}

Result<std::optional<embedded::Book>> load_book(const std::string& path) {
  if (path.empty()) return std::optional<embedded::Book>();
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{Code::io_error, "read " + path};
  USTP_TRY(auto book, embedded::parse_book(text.str()));
  return std::optional(std::move(book));
}

// Readable when one of the two signals has come.
class StopSignal {
 public:
  StopSignal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    fd_ = ::signalfd(-1, &set, SFD_CLOEXEC);
  }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool within(std::uint32_t milliseconds) const {
    pollfd wait{fd_, POLLIN, 0};
    return ::poll(&wait, 1, static_cast<int>(milliseconds)) > 0;
  }

 private:
  int fd_ = -1;
};

Result<void> serve(const Options& options, const StopSignal& stop) {
  const SystemClock clock;
  SeededRandom random(options.seed);
  USTP_TRY(const auto signer, crypto::load_signer_file(options.key));
  if (signer->algorithm() != crypto::Algorithm::kEs256) return Error{Code::bad_key, "--key: a P-256 key is needed"};
  USTP_TRY(const auto book, load_book(options.book));
  USTP_TRY(auto store, embedded::Store::open(options.store, book));
  embedded::Csd csd(std::move(store), {clock, random, *signer}, options.faults);
  USTP_TRY(auto service, embedded::Service::open(std::move(csd), clock, options.inbox, options.outbox));
  std::printf("ready\n");
  std::fflush(stdout);
  for (;;) {
    USTP_TRY(const bool busy, service.poll());
    if (stop.within(busy ? 0 : options.poll_ms)) return {};
  }
}

}  // namespace

int run_process(std::span<const std::string> arguments) {
  const auto options = parse(arguments);
  if (!options) {
    std::fprintf(stderr, "csd: %s\n", to_string(options.error()).c_str());
    return 2;
  }
  const StopSignal stop;
  const auto served = serve(*options, stop);
  if (served) return 0;
  std::fprintf(stderr, "csd: %s\n", to_string(served.error()).c_str());
  return 1;
}

}  // namespace ustp::csd
