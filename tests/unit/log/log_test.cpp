#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "gateway/log/log.hpp"

using namespace ustp;
using namespace ustp::gateway;

namespace {

struct TempFile {
  TempFile() {
    std::string name = (std::filesystem::temp_directory_path() / "ustp-log-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~TempFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::vector<std::string> lines() const {
    std::ifstream in(folder / "log");
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  std::filesystem::path folder;
};

}  // namespace

TEST_CASE("a line is JSON or text with the same content") {
  const std::vector<LogValue> fields = {{LogField::kPeer, GatewayId::literal("gw-b")}, {LogField::kLink, 7u},
                                        {LogField::kCode, Code::clock_skew}};
  const Instant at{1'000'000'000};
  CHECK(format_line(true, at, LogLevel::kInfo, "link_up", fields) ==
        R"({"time":"1970-01-01T00:00:01Z","level":"info","event":"link_up","peer":"gw-b","link":7,"code":"clock_skew"})");
  CHECK(format_line(false, at, LogLevel::kError, "link_up", fields) ==
        R"(1970-01-01T00:00:01Z error "link_up" peer="gw-b" link=7 code="clock_skew")");
}

TEST_CASE("whatever a value holds, the line stays one line of valid UTF-8 (USTP-LOG-003)") {
  const auto line = [](std::string_view value) {
    return format_line(false, {}, LogLevel::kInfo, "e", {{LogField::kDetail, value}});
  };
  CHECK(line("a\nb\"c\\").ends_with(R"(detail="a\u000ab\"c\\")"));
  CHECK(line("\xff\xc3").ends_with(R"(detail="\ufffd\ufffd")"));
  CHECK(line("\xed\xa0\x80").find("\\ufffd") != std::string::npos);
  CHECK(line("Zürich").ends_with("detail=\"Zürich\""));
  CHECK(line(std::string(5000, 'x')).size() < 600);
}

TEST_CASE("a field that is not on the list is refused: accounts are never logged (USTP-LOG-001, USTP-SEC-004)") {
  CHECK(*parse_log_field("transfer") == LogField::kTransfer);
  for (const char* name : {"account", "originator", "beneficiary", "holder", "name", "key", ""}) {
    const auto field = parse_log_field(name);
    REQUIRE_FALSE(field);
    CHECK(field.error().code == Code::unknown_field);
  }
  CHECK_FALSE(std::is_constructible_v<LogValue, LogField, const AccountId&>);
  CHECK(std::is_constructible_v<LogValue, LogField, const GatewayId&>);
}

TEST_CASE("lines of many threads arrive whole, levels below the chosen one do not") {
  const TempFile file;
  {
    auto log = make_log({LogLevel::kInfo, true, (file.folder / "log").string(), 100'000});
    REQUIRE(log);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i) {
          (*log)->write(LogLevel::kInfo, "event", {{LogField::kCount, t * 1000 + i}});
          (*log)->write(LogLevel::kDebug, "hidden");
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK((*log)->dropped() == 0);
  }
  const auto lines = file.lines();
  CHECK(lines.size() == 2000);
  CHECK(std::set<std::string>(lines.begin(), lines.end()).size() >= 1990);
  for (const auto& line : lines) {
    CHECK(line.front() == '{');
    CHECK(line.back() == '}');
  }
}

TEST_CASE("a queue that is too small loses lines and says how many (USTP-LOG-002)") {
  const TempFile file;
  std::uint64_t dropped = 0;
  {
    auto log = make_log({LogLevel::kInfo, true, (file.folder / "log").string(), 4});
    REQUIRE(log);
    for (int i = 0; i < 200'000 && (*log)->dropped() == 0; ++i) (*log)->write(LogLevel::kInfo, "flood");
    (*log)->flush();
    (*log)->write(LogLevel::kInfo, "after");
    (*log)->flush();
    dropped = (*log)->dropped();
  }
  CHECK(dropped > 0);
  std::size_t told = 0;
  for (const auto& line : file.lines()) told += line.find("log_lines_dropped") != std::string::npos;
  CHECK(told >= 1);
}

TEST_CASE("a log file that cannot be opened is an error") {
  const TempFile file;
  const auto log = make_log({LogLevel::kInfo, true, (file.folder / "none" / "log").string(), 16});
  REQUIRE_FALSE(log);
  CHECK(log.error().code == Code::io_error);
  CHECK_FALSE(std::filesystem::exists(file.folder / "none"));
}
