// ustp crypto wycheproof: somebody else's verdicts beside ours.
#include <CLI/CLI.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "sdk/cli/wycheproof.hpp"

namespace ustp::cli {
namespace {

int wycheproof(const std::string& file) {
  const auto text = read_file(file, kMaxTextFile);
  if (!text) return usage_error(text.error());
  const auto report = run_wycheproof(as_text(*text));
  if (!report) return usage_error({report.error().code, file + ": " + report.error().detail});
  std::size_t deviations = 0;
  for (const auto& one : report->cases) {
    deviations += !one.ok();
    print(std::string(one.ok() ? "ok      " : "FAILED  ") + "tcId " + std::to_string(one.id) + " " +
          (one.either  ? "acceptable"
           : one.valid ? "valid"
                       : "invalid") +
          ", " + (one.accepted ? "accepted" : "refused") + (one.comment.empty() ? "" : ": " + one.comment) + "\n");
  }
  print(std::to_string(report->cases.size()) + " cases, " + std::to_string(deviations) + " deviations, " +
        std::to_string(report->groups_skipped) + " groups of other algorithms skipped\n");
  if (report->cases.empty()) return usage_error({Code::malformed_text, file + ": no case for ES256 or Ed25519"});
  return deviations == 0 ? kOk : kFailed;
}

}  // namespace

void add_crypto(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("crypto", "Our cryptography against published vectors");
  app->require_subcommand(1);
  const auto file = std::make_shared<std::string>();
  auto* sub =
      app->add_subcommand("wycheproof", "Run a Wycheproof file (ecdsa_secp256r1_sha256, ed25519, json_web_signature)");
  sub->add_option("FILE", *file, "Wycheproof JSON file")->required();
  sub->footer("Exit code 1 on a deviation.\nExample: ustp crypto wycheproof ed25519_test.json");
  sub->callback([file, &run] { run = [file] { return wycheproof(*file); }; });
}

}  // namespace ustp::cli
