#include "gateway/app/webhooks.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>

#include "gateway/api/render.hpp"
#include "gateway/app/check.hpp"
#include "gateway/hooks/store.hpp"

namespace ustp::gateway {
namespace {

Result<crypto::SecretBytes> secret_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string text(256, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto secret = hooks::parse_secret(text);
  if (!secret) return Error{secret.error().code, secret.error().detail + ": " + file.string()};
  return secret;
}

}  // namespace

std::filesystem::path webhook_folder(const GatewayConfig& config) { return config.data / "webhooks"; }

Result<std::vector<Hook>> hooks_of(const GatewayConfig& config) {
  std::vector<Hook> out;
  for (const auto& from : config.webhooks) {
    Hook hook;
    USTP_TRY(hook.secret, secret_of(from.secret));
    hook.options.name = from.name;
    hook.options.participant = from.participant;
    hook.options.statuses = from.statuses;
    hook.options.first_retry = from.first_retry;
    hook.options.longest_retry = from.longest_retry;
    hook.options.give_up_after = from.give_up_after;
    constexpr std::size_t kScheme = 8;  // https://
    const auto slash = std::min(from.url.find('/', kScheme), from.url.size());
    if (slash < from.url.size()) hook.options.path = from.url.substr(slash);
    client::TlsOptions options;
    options.base_url = from.url.substr(0, slash);
    options.ca_file = from.ca.string();
    options.timeout = from.timeout;
    options.reply_octets = 64u << 10;
    auto transport = client::make_https_transport(options);
    if (!transport) return Error{transport.error().code, "webhook-" + from.name + ": " + transport.error().detail};
    hook.transport = *std::move(transport);
    out.push_back(std::move(hook));
  }
  return out;
}

int webhooks(const AppOptions& options, const WebhookAction& action) {
  const auto outcome = load_config(options.config, SystemClock().now(), options.overrides);
  tell_problems(outcome, std::cerr);
  if (!outcome) return 2;
  const auto folder = webhook_folder(*outcome.config);
  bool found = action.name.empty();
  for (const auto& hook : outcome.config->webhooks) {
    if (!action.name.empty() && hook.name != action.name) continue;
    found = true;
    if (action.what == WebhookAction::What::kDead) {
      std::cout << hooks::read_dead(folder, hook.name);
      continue;
    }
    if (action.what == WebhookAction::What::kReplay) {
      const auto after = action.after.empty() ? Result<std::uint64_t>(std::uint64_t{0}) : api::parse_event_cursor(action.after);
      if (!after) {
        std::cerr << "--after: " << to_string(after.error()) << "\n";
        return 2;
      }
      std::error_code ec;
      std::filesystem::create_directories(folder, ec);
      if (const auto asked = hooks::ask_replay(folder, hook.name, *after); !asked) {
        std::cerr << to_string(asked.error()) << "\n";
        return 1;
      }
      continue;
    }
    const auto cursor = hooks::read_cursor(folder, hook.name);
    const auto dead = hooks::read_dead(folder, hook.name);
    std::cout << hook.name << " " << hook.participant.str() << " " << hook.url << " "
              << (cursor && *cursor ? api::make_event_cursor(**cursor) : std::string("-")) << " "
              << std::count(dead.begin(), dead.end(), '\n') << " dead\n";
  }
  if (!found) std::cerr << "no webhook " << action.name << "\n";
  return found ? 0 : 2;
}

}  // namespace ustp::gateway
