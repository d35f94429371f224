// The house plan as a test: who may include whom, what the pure parts must not know, how long a file may be.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "ustp/base/error.hpp"

namespace fs = std::filesystem;

namespace {

const fs::path kRoot = USTP_SOURCE_DIR;

struct Source {
  fs::path path;  // relative to the root
  std::vector<std::string> lines, includes;
};

bool has_suffix(const fs::path& path, const std::set<std::string>& suffixes) {
  return suffixes.contains(path.extension().string());
}

std::vector<Source> sources() {
  std::vector<Source> out;
  for (const char* top : {"sdk", "gateway", "adapters", "conformance", "tests"})
    for (auto it = fs::recursive_directory_iterator(kRoot / top); it != fs::recursive_directory_iterator(); ++it) {
      if (it->path().filename() == "node_modules") it.disable_recursion_pending();
      if (!it->is_regular_file() ||
          !has_suffix(it->path(), {".hpp", ".cpp", ".h", ".sol", ".sh", ".py", ".mjs", ".js", ".java", ".ts"}))
        continue;
      Source source;
      source.path = fs::relative(it->path(), kRoot);
      std::ifstream in(it->path());
      for (std::string line; std::getline(in, line);) {
        if (line.rfind("#include", 0) == 0) {
          const auto open = line.find_first_of("<\""), close = line.find_last_of(">\"");
          if (open != std::string::npos && close > open) source.includes.push_back(line.substr(open + 1, close - open - 1));
        }
        source.lines.push_back(std::move(line));
      }
      out.push_back(std::move(source));
    }
  return out;
}

bool starts(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }
bool in_folder(const Source& source, const std::string& folder) {
  return starts(source.path.generic_string(), folder + "/");
}

// Area of a project header, or empty.
std::string area_of_include(const std::string& include) {
  if (starts(include, "ustp/fbs/")) return "flatbuffers";
  if (starts(include, "ustp/")) return include.substr(5, include.find('/', 5) - 5);
  if (starts(include, "gateway/")) return "gateway/" + include.substr(8, include.find('/', 8) - 8);
  if (starts(include, "adapters/")) return "adapters/" + include.substr(9, include.find('/', 9) - 9);
  return {};
}

std::string area_of(const Source& source) {
  const auto path = source.path.generic_string();
  for (const char* area : {"base", "domain", "token", "crypto", "wire", "protocol", "ledger", "client"})
    if (starts(path, std::string("sdk/src/") + area + "/") || starts(path, std::string("sdk/include/ustp/") + area + "/"))
      return area;
  if (path == "adapters/proofs.cpp" || starts(path, "sdk/include/ustp/proofs/")) return "proofs";
  for (const char* part : {"ports", "engine", "journal", "peer", "api", "governance", "config", "log", "tls"})
    if (starts(path, std::string("gateway/") + part + "/")) return std::string("gateway/") + part;
  for (const char* kind : {"csd", "ethereum", "corda"}) {
    if (starts(path, std::string("adapters/") + kind + "/proof/")) return std::string("proof/") + kind;
    if (starts(path, std::string("adapters/") + kind + "/")) return std::string("adapters/") + kind;
  }
  return {};
}

using Areas = std::set<std::string>;
const std::map<std::string, Areas> kMayUse = {
    {"base", {}},
    {"domain", {"base"}},
    {"token", {"base", "domain"}},
    {"crypto", {"base"}},
    {"wire", {"base", "domain", "token", "crypto", "flatbuffers"}},
    {"ledger", {"base", "domain", "token"}},
    {"protocol", {"base", "domain", "token", "crypto", "wire", "ledger"}},  // ADR 0002
    {"client", {"base", "domain", "token", "crypto", "wire", "protocol"}},
    {"proofs", {"base", "domain", "crypto", "protocol", "adapters/csd", "adapters/ethereum", "adapters/corda"}},
    {"gateway/ports", {"base", "domain", "token", "crypto", "wire", "protocol", "ledger"}},
    {"gateway/engine", {"base", "domain", "token", "crypto", "wire", "protocol", "ledger", "gateway/ports"}},
    {"gateway/governance", {"base", "domain", "token", "crypto", "wire", "protocol", "gateway/ports"}},
    {"gateway/journal", {"base", "crypto", "gateway/ports"}},
    {"gateway/tls", {"base"}},
    {"gateway/log", {"base"}},
    {"gateway/config", {"base", "domain", "crypto", "gateway/tls"}},
    {"gateway/peer", {"base", "gateway/ports", "gateway/tls"}},
    {"gateway/hooks", {"base", "domain", "token", "crypto", "wire", "protocol", "ledger", "client", "gateway/ports"}},
    {"gateway/api",
     {"base", "domain", "token", "crypto", "wire", "protocol", "ledger", "gateway/ports", "gateway/tls", "gateway/log"}},
    {"proof/csd", {"base", "domain", "crypto", "adapters/csd"}},
    {"proof/ethereum", {"base", "domain", "crypto", "adapters/ethereum"}},
    {"proof/corda", {"base", "domain", "crypto", "adapters/corda"}},
    {"adapters/csd", {"base", "domain", "token", "crypto", "ledger"}},
    {"adapters/ethereum", {"base", "domain", "token", "crypto", "ledger"}},
    {"adapters/corda", {"base", "domain", "token", "crypto", "ledger"}},
};

bool is_third_party(const std::string& include, std::initializer_list<const char*> prefixes) {
  for (const char* prefix : prefixes)
    if (starts(include, prefix)) return true;
  return false;
}

}  // namespace

TEST_CASE("every include follows the layer table") {
  for (const auto& source : sources()) {
    const auto area = area_of(source);
    const auto allowed = kMayUse.find(area);
    if (allowed == kMayUse.end()) continue;
    for (const auto& include : source.includes) {
      const auto used = area_of_include(include);
      if (used.empty() || used == area) continue;
      const std::string edge = source.path.generic_string() + " includes " + include;
      CHECK_MESSAGE(allowed->second.contains(used), edge);
    }
  }
}

TEST_CASE("FlatBuffers only inside wire, JSON in no public header, SQL only in stores (decision 25)") {
  for (const auto& source : sources()) {
    const auto path = source.path.generic_string();
    for (const auto& include : source.includes) {
      const std::string edge = path + " includes " + include;
      if (is_third_party(include, {"flatbuffers/", "ustp/fbs/"})) {
        const bool ok = in_folder(source, "sdk/src/wire") || in_folder(source, "tests");
        CHECK_MESSAGE(ok, edge);
      }
      if (is_third_party(include, {"nlohmann/", "cpprest/"})) {
        const bool ok = source.path.extension() == ".cpp" && !in_folder(source, "sdk/src/protocol") &&
                        !in_folder(source, "gateway/engine") && !in_folder(source, "gateway/ports");
        CHECK_MESSAGE(ok, edge);
      }
      if (is_third_party(include, {"sqlite3.h"})) {
        const bool ok = in_folder(source, "gateway/journal") || in_folder(source, "tests") ||
                        (in_folder(source, "adapters") && path.find("/embedded/") != std::string::npos);
        CHECK_MESSAGE(ok, edge);
      }
    }
  }
}

TEST_CASE("base, domain, token and protocol know no third party, clock, thread, socket, randomness or log") {
  for (const auto& source : sources()) {
    const auto area = area_of(source);
    if (area != "domain" && area != "token" && area != "protocol" && area != "ledger") continue;
    for (const auto& include : source.includes) {
      const std::string edge = source.path.generic_string() + " includes " + include;
      const bool outside = is_third_party(include, {"boost/", "openssl/", "spdlog/", "sys/", "netinet/", "unistd.h",
                                                    "thread", "mutex", "chrono", "random", "condition_variable",
                                                    "atomic", "ctime", "future", "ustp/base/random.hpp"});
      CHECK_MESSAGE(!outside, edge);
    }
    for (const auto& line : source.lines) CHECK(line.find("Clock&") == std::string::npos);
  }
}

TEST_CASE("no file passes 500 lines") {
  for (const auto& source : sources()) {
    CAPTURE(source.path.generic_string());
    CHECK(source.lines.size() <= 500);
  }
}

TEST_CASE("the error registry: numbers ascend, names are unique, each row says something") {
  std::set<std::string_view> names;
  int last = 0;
  for (const auto& row : ustp::all_codes()) {
    CAPTURE(row.name);
    CHECK(static_cast<int>(row.code) > last);
    last = static_cast<int>(row.code);
    CHECK(names.insert(row.name).second);
    CHECK(row.text.size() > 10);
    CHECK((row.http >= 400 && row.http < 600));
  }
}
