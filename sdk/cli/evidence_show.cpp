// ustp evidence show|verify: a bundle on this machine. `get` fetches one and is built with the client.
#include <CLI/CLI.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "sdk/cli/shown.hpp"

namespace ustp::cli {
namespace {

constexpr std::size_t kMaxBundleFile = 64u << 20;

struct Options {
  std::string bundle;
  bool json = false;
};

int show(const Options& o) {
  const auto file = read_file(o.bundle, kMaxBundleFile);
  if (!file) return usage_error(file.error());
  const auto opened = wire::open_bundle(*file);
  if (!opened) return usage_error({opened.error().code, o.bundle + ": " + opened.error().detail});
  const auto shown = o.json ? bundle_as_json(*opened) : bundle_as_lines(*opened);
  if (!shown) return complain({shown.error().code, o.bundle + ": " + shown.error().detail});
  print(*shown);
  return kOk;
}

}  // namespace

void add_evidence(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("evidence", "Evidence of a transfer: get, show, verify");
  app->require_subcommand(1);
  const auto o = std::make_shared<Options>();
  auto* sub = app->add_subcommand("show", "Print what a bundle holds; nothing of it is checked");
  sub->add_option("BUNDLE", o->bundle, "Evidence bundle; - reads stdin")->required();
  sub->add_flag("--json", o->json, "Print everything, statements and messages whole, as JSON");
  sub->footer("Exit codes: 0 shown, 1 something in it cannot be read, 2 the file is no bundle.\n"
              "Example: ustp evidence show transfer.bundle");
  sub->callback([o, &run] { run = [o] { return show(*o); }; });
  add_verify_options(*app->add_subcommand("verify", "The same as `ustp verify`"), run);
#ifdef USTP_CLI_HAS_CLIENT
  add_evidence_get(*app, run);
#endif
}

}  // namespace ustp::cli
