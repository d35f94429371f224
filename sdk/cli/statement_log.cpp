#include "sdk/cli/statement_log.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "sdk/cli/files.hpp"

namespace ustp::cli {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t kMaxFrameFile = 128u << 10, kMaxLog = 999'999;

bool is_statement_file(const std::string& name) {
  return name.size() == 10 && name.ends_with(".stm") &&
         std::all_of(name.begin(), name.begin() + 6, [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

std::string statement_file_name(std::uint64_t sequence) {
  char name[32];
  std::snprintf(name, sizeof name, "%06llu.stm", static_cast<unsigned long long>(sequence));
  return name;
}

Result<void> fold_log(const std::string& folder, protocol::Registry& registry) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  std::vector<std::string> names;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (is_statement_file(it->path().filename().string())) names.push_back(it->path().filename().string());
  if (error) return Error{Code::io_error, folder + ": " + error.message()};
  std::sort(names.begin(), names.end());
  if (names.size() > kMaxLog) return Error{Code::too_long, folder};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto expected = statement_file_name(i + 1);
    if (names[i] != expected) return Error{Code::statement_chain, folder + ": " + expected + " is missing"};
    USTP_TRY(const auto octets, read_file(folder + "/" + names[i], kMaxFrameFile));
    const auto in_file = [&](const Error& e) { return Error{e.code, names[i] + ": " + e.detail}; };
    const auto frame = wire::parse_statement_frame(octets);
    if (!frame) return in_file(frame.error());
    if (auto done = registry.apply(*frame); !done) return in_file(done.error());
    // A file that repeats an earlier statement is accepted by the registry and is still not the next one.
    if (registry.position() != i + 1) return Error{Code::statement_chain, names[i] + ": repeats an earlier statement"};
  }
  return {};
}

Result<protocol::Registry> make_registry(const std::string& authority, BytesView spki) {
  USTP_TRY(auto id, AuthorityId::parse(authority));
  USTP_TRY(auto key, crypto::make_verifier(spki));
  return protocol::Registry(std::move(id), std::move(key));
}

}  // namespace ustp::cli
