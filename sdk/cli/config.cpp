// ustp config check: a gateway's configuration, on a machine where no gateway is installed. As `ustp-gateway check-config`.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "gateway/config/config.hpp"
#include "sdk/cli/command.hpp"

namespace ustp::cli {
namespace {

struct Options {
  std::string file;
  bool json = false;
};

int check(const Options& o) {
  const auto outcome = gateway::load_config(o.file, SystemClock().now());
  if (o.json) {
    nlohmann::ordered_json out = {{"ok", static_cast<bool>(outcome)}, {"problems", nlohmann::ordered_json::array()}};
    for (const auto& p : outcome.problems)
      out["problems"].push_back({{"file", p.file}, {"line", p.line}, {"column", p.column}, {"text", p.text}});
    print(out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else {
    for (const auto& problem : outcome.problems) print(to_string(problem) + "\n");
    if (outcome) print(o.file + ": no problem found\n");
  }
  return outcome ? kOk : kFailed;
}

}  // namespace

void add_config(CLI::App& root, Run& run) {
  auto* parent = root.add_subcommand("config", "A gateway's configuration file");
  parent->require_subcommand(1);
  const auto o = std::make_shared<Options>();
  auto* app = parent->add_subcommand("check", "Every problem at once, each with file, line and column; opens no socket");
  app->add_option("FILE", o->file, "Configuration, TOML")->required();
  app->add_flag("--json", o->json, "Print the problems as JSON");
  app->footer("Exit codes: 0 no problem, 1 problems.\nExample: ustp config check gateway.toml");
  app->callback([o, &run] { run = [o] { return check(*o); }; });
}

}  // namespace ustp::cli
