#include "sdk/cli/trust.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "sdk/cli/files.hpp"
#include "sdk/cli/statement_log.hpp"

namespace ustp::cli {

std::shared_ptr<Trust> add_trust(CLI::App& command, bool required) {
  const auto trust = std::make_shared<Trust>();
  auto* log = command.add_option("--log", trust->log, "Folder of the authority's statements, NNNNNN.stm")->group("Trust");
  auto* authority = command.add_option("--authority", trust->authority, "The authority's id")->group("Trust");
  auto* key = command.add_option("--authority-key", trust->key, "The authority's public key (PEM)")->group("Trust");
  for (auto* option : {log, authority, key}) {
    option->required(required);
    for (auto* other : {log, authority, key})
      if (other != option) option->needs(other);
  }
  return trust;
}

Result<protocol::Registry> registry_of(const Trust& trust) {
  USTP_TRY(const auto pem, read_file(trust.key, kMaxKeyFile));
  USTP_TRY(const auto spki, crypto::spki_from_pem(as_text(pem)));
  std::error_code failed;
  if (!std::filesystem::is_directory(trust.log, failed)) return Error{Code::io_error, trust.log + ": no folder"};
  USTP_TRY(auto registry, make_registry(trust.authority, spki));
  USTP_CHECK(fold_log(trust.log, registry));
  return registry;
}

}  // namespace ustp::cli
