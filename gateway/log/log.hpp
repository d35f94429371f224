#pragma once
// The gateway's log: events with fields, one line each, as JSON or as text. Writing never waits: a bounded queue and a
// thread of its own; what does not fit is counted and the count is logged. No personal data: a field is one of a fixed
// list, and account identifiers are not on it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ustp/base/error.hpp"
#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
std::string_view to_string(LogLevel level);               // "debug", "info", "warning", "error"
Result<LogLevel> parse_log_level(std::string_view text);  // the same names

// Everything that may stand in a log line beside time, level and event. Append only: operators search for the names.
enum class LogField : std::uint8_t {
  kTransfer, kSettlement, kOperation, kInstrument, kPeer, kLink, kLedger, kGateway, kParticipant, kPosition, kEpoch,
  kState, kCode, kDetail, kReason, kAddress, kCount, kOctets, kDurationMs, kPath, kMethod, kStatus, kFile, kVersion,
  kStatement, kAuthority,
};
std::string_view to_string(LogField field);
// For text that comes with its own names: Code::unknown_field for anything not on the list ("account" is not).
Result<LogField> parse_log_field(std::string_view name);

struct LogValue {
  LogValue(LogField name, std::string value) : field(name), text(std::move(value)) {}
  LogValue(LogField name, std::string_view value) : field(name), text(value) {}
  LogValue(LogField name, const char* value) : field(name), text(value) {}
  template <class Number>
    requires std::is_integral_v<Number>
  LogValue(LogField name, Number value) : field(name), text(std::to_string(value)), number(true) {}
  template <class Tag, std::size_t N>
  LogValue(LogField name, const FixedId<Tag, N>& id) : field(name), text(id.hex()) {}
  template <class Tag, std::size_t Max>
  LogValue(LogField name, const TextId<Tag, Max>& id) : field(name), text(id.str()) {}
  LogValue(LogField name, const AccountId&) = delete;     // never
  LogValue(LogField name, Code code) : field(name), text(info(code).name) {}

  LogField field;
  std::string text;
  bool number = false;
};

// Thread-safe.
class Log {
 public:
  virtual ~Log() = default;  // writes what is queued
  virtual bool enabled(LogLevel level) const = 0;
  // `event` is a stable name in snake_case: "link_up". Values are cut at 512 octets; control characters are escaped.
  virtual void write(LogLevel level, std::string_view event, std::vector<LogValue> fields = {}) = 0;
  virtual std::uint64_t dropped() const = 0;
  virtual void flush() = 0;  // waits, two seconds at most; for the end of the process and for tests
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  bool json = true;
  std::string file;             // empty: stderr
  std::size_t queued = 8192;    // lines
};
Result<std::unique_ptr<Log>> make_log(const LogOptions& options);  // Code::io_error

// One line without its end, as both formats write it; pure.
std::string format_line(bool json, Instant at, LogLevel level, std::string_view event, const std::vector<LogValue>& fields);

}  // namespace ustp::gateway
