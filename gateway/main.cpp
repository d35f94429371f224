// ustp-gateway: the process that CSDs and banks run.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "gateway/app/app.hpp"

namespace {

using ustp::gateway::AppOptions;

struct CommandLine {
  AppOptions options;
  std::vector<std::string> set;
  bool origin = false;
  ustp::gateway::WebhookAction webhooks;
};

void add_set(CLI::App& app, CommandLine& line) {
  app.add_option("--set", line.set, "SECTION.KEY=VALUE, wins over the environment and the file; repeatable")->allow_extra_args(false);
}

// The environment first, flags over it.
bool take_overrides(CommandLine& line) {
  line.options.overrides = ustp::gateway::overrides_of_environment(environ);
  for (const auto& one : line.set) {
    auto flag = ustp::gateway::override_of_flag(one);
    if (!flag) {
      std::cerr << "ustp-gateway: --set " << one << ": " << flag.error().detail << "\n";
      return false;
    }
    line.options.overrides.push_back(*std::move(flag));
  }
  return true;
}

CLI::App* add_webhooks(CLI::App& app, CommandLine& line) {
  using What = ustp::gateway::WebhookAction::What;
  auto* hooks = app.add_subcommand("webhooks", "What the webhooks have sent; their dead letters; send again");
  hooks->add_option("FILE", line.options.config, "Configuration, TOML")->required();
  add_set(*hooks, line);
  auto* dead = hooks->add_option_function<std::string>(
      "--dead", [&line](const std::string& name) { line.webhooks = {What::kDead, name, {}}; }, "Print the dead letters of this one, JSON lines");
  hooks
      ->add_option_function<std::string>(
          "--replay", [&line](const std::string& name) { line.webhooks.what = What::kReplay, line.webhooks.name = name; },
          "Send everything of this one again behind --after that is still kept")
      ->excludes(dead);
  hooks->add_option("--after", line.webhooks.after, "Cursor, as GET /v1/events has it; without it from the oldest event kept");
  hooks->footer("Without an option: name, participant, address, cursor and dead letters of each. Works beside a running gateway,\n"
                "which takes a replay up by itself. Exit codes: 0 done, 1 a file could not be written, 2 wrong use.\n"
                "Example: ustp-gateway webhooks gateway.toml --replay desk --after AgAAAAAAAAAH");
  return hooks;
}

int run(int argc, char** argv) {
  CommandLine line;
  CLI::App app("ustp-gateway: stands in front of a ledger and moves securities to and from other ledgers", "ustp-gateway");
  app.set_version_flag("--version", "ustp-gateway " USTP_VERSION);
  app.add_option("--config", line.options.config, "Configuration, TOML; runs until SIGTERM or SIGINT");
  add_set(app, line);
  app.require_subcommand(0, 1);
  app.footer(
      "A flag wins over the environment (USTP_GATEWAY_SECTION_KEY=VALUE), the environment over the file.\n"
      "Exit codes: 0 stopped cleanly or no problem, 1 the gateway failed or check-config found problems, 2 wrong use or a "
      "configuration that cannot be used.\nExample: ustp-gateway --config /etc/ustp/gateway.toml");
  auto* check = app.add_subcommand("check-config", "Tell every problem of a configuration at once; opens no socket");
  check->add_option("FILE", line.options.config, "Configuration, TOML")->required();
  add_set(*check, line);
  check->footer("Each problem has file, line and column. Exit codes: 0 no problem, 1 problems.\n"
                "Example: ustp-gateway check-config gateway.toml");
  auto* doctor = app.add_subcommand("doctor", "Try every channel once: signing, journal, ledger, peers; say what to do");
  doctor->add_option("FILE", line.options.config, "Configuration, TOML")->required();
  add_set(*doctor, line);
  doctor->footer("Changes nothing, beside a running gateway too. Exit codes: 0 nothing is wrong, 1 something is.\n"
                 "Example: ustp-gateway doctor gateway.toml");
  auto* config = app.add_subcommand("config", "The configuration in force");
  config->require_subcommand(1);
  auto* show = config->add_subcommand("show", "Print every key with its value, as a file would say it");
  show->add_option("FILE", line.options.config, "Configuration, TOML")->required();
  show->add_flag("--origin", line.origin, "Say where each value comes from: default, file and line, environment or flag");
  add_set(*show, line);
  show->footer("Problems go to stderr. Exit codes: 0 no problem, 1 problems.\nExample: ustp-gateway config show --origin gateway.toml");
  auto* hooks = add_webhooks(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (!take_overrides(line)) return 2;
  if (check->parsed()) return ustp::gateway::check_config(line.options);
  if (doctor->parsed()) return ustp::gateway::examine(line.options);
  if (hooks->parsed()) return ustp::gateway::webhooks(line.options, line.webhooks);
  if (show->parsed()) return ustp::gateway::show_config(line.options, line.origin);
  if (line.options.config.empty()) {
    std::cerr << app.help();
    return 2;
  }
  return ustp::gateway::run_gateway(line.options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // the one edge: memory, or a bug of ours
    std::cerr << "ustp-gateway: internal: " << error.what() << "\n";
    return 1;
  }
}
