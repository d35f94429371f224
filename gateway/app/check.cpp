// What is looked at before a start: the configuration, and what it names seen together.
#include <iostream>

#include "gateway/api/token.hpp"
#include "gateway/app/check.hpp"
#include "gateway/app/parts.hpp"
#include "gateway/app/webhooks.hpp"

namespace ustp::gateway {
namespace {

ConfigProblem at(const ConfigOutcome& outcome, const std::string& key, const std::string& text) {
  const auto it = outcome.places.find(key);
  auto out = it == outcome.places.end() ? ConfigProblem{} : it->second;
  out.text = key + ": " + text;
  return out;
}

// The statements under the authority's key, this gateway's ledger in them, and its signing key. Statements that came through
// the API stand in the journal alone: when there is one, a key that the folder does not know is told, not refused.
void check_together(ConfigOutcome& outcome) {
  const auto& config = *outcome.config;
  const auto bootstrap = load_bootstrap(config);
  if (!bootstrap) return outcome.problems.push_back(at(outcome, "gateway.statements", to_string(bootstrap.error())));
  protocol::Registry registry(config.authority, bootstrap->authority_key);
  for (const auto& statement : bootstrap->statements)
    if (auto done = registry.apply(statement); !done)
      return outcome.problems.push_back(at(outcome, "gateway.statements", to_string(done.error())));
  const auto signer = crypto::load_signer_file(config.signing_key);
  if (!signer) return outcome.problems.push_back(at(outcome, "gateway.signing_key", to_string(signer.error())));
  const auto id = crypto::key_id_of((*signer)->spki());
  if (registry.key(config.id, id)) return;
  std::error_code failed;
  const bool started = std::filesystem::exists(config.data / "journal", failed) || std::filesystem::exists(config.data / "journal.db", failed);
  (started ? outcome.notes : outcome.problems)
      .push_back(at(outcome, "gateway.signing_key", "key " + id.hex() + " of " + config.id.str() + " is in force by no statement"));
}

void check_token_keys(ConfigOutcome& outcome) {
  if (!outcome.config->jwt) return;
  if (const auto keys = api::TokenGate::open(outcome.config->jwt->keys.string(), {}); !keys)
    outcome.problems.push_back(at(outcome, "jwt.keys", to_string(keys.error())));
}

void check_webhooks(ConfigOutcome& outcome) {
  const auto& all = outcome.config->webhooks;
  if (all.empty()) return;
  if (const auto hooks = hooks_of(*outcome.config); !hooks)
    outcome.problems.push_back(at(outcome, "webhook-" + all.front().name + ".url", to_string(hooks.error())));
}

}  // namespace

ConfigOutcome checked_config(const AppOptions& options) {
  auto outcome = load_config(options.config, SystemClock().now(), options.overrides);
  if (outcome) check_token_keys(outcome);
  if (outcome) check_webhooks(outcome);
  if (outcome) check_together(outcome);
  return outcome;
}

void tell_problems(const ConfigOutcome& outcome, std::ostream& out) {
  for (const auto& problem : outcome.problems) out << to_string(problem) << "\n";
  for (const auto& note : outcome.notes) out << "note: " << to_string(note) << "\n";
}

int check_config(const AppOptions& options) {
  const auto outcome = checked_config(options);
  tell_problems(outcome, std::cout);
  if (outcome.problems.empty()) std::cout << options.config.string() << ": no problem found\n";
  return outcome.problems.empty() ? 0 : 1;
}

int show_config(const AppOptions& options, bool origin) {
  const auto outcome = checked_config(options);
  std::cout << show_config(outcome, origin);
  tell_problems(outcome, std::cerr);
  return outcome.problems.empty() ? 0 : 1;
}

}  // namespace ustp::gateway
