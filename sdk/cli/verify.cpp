// ustp verify: an evidence bundle checked offline by somebody who trusts one authority's key (USTP-EVD-010).
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "ustp/proofs/proofs.hpp"

namespace ustp::cli {
namespace {

constexpr std::size_t kMaxBundleFile = 64u << 20;

struct Options {
  std::string bundle, authority, key;
  bool json = false;
};

std::string_view outcome_of(const protocol::BundleReport& report) {
  switch (report.outcome) {
    case wire::DecisionOutcome::kCommit:
      return "committed";
    case wire::DecisionOutcome::kAbort:
      return "aborted";
    default:
      return "undecided";
  }
}

std::string as_lines(const protocol::BundleReport& report) {
  std::string out;
  std::size_t failed = 0;
  for (const auto& check : report.checks) {
    failed += !check.ok;
    out += (check.ok ? "ok      " : "FAILED  ") + check.name + (check.detail.empty() ? "" : ": " + check.detail) + "\n";
  }
  return out + (report.ok() ? "VALID" : "INVALID") + ": transfer " + report.transfer.hex() + " " +
         std::string(outcome_of(report)) + ", exported by " + report.exporter.str() + ", " +
         std::to_string(report.checks.size()) + " checks, " + std::to_string(failed) + " failed\n";
}

std::string as_json(const protocol::BundleReport& report) {
  nlohmann::ordered_json out = {{"valid", report.ok()},
                                {"transfer", report.transfer.hex()},
                                {"exporter", report.exporter.str()},
                                {"outcome", outcome_of(report)},
                                {"checks", nlohmann::ordered_json::array()}};
  for (const auto& check : report.checks)
    out["checks"].push_back({{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}});
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int verify(const Options& o) {
  const auto authority = AuthorityId::parse(o.authority);
  if (!authority) return usage_error(authority.error());
  const auto pem = read_file(o.key, kMaxKeyFile);
  if (!pem) return usage_error(pem.error());
  const auto spki = crypto::spki_from_pem(as_text(*pem));
  if (!spki) return usage_error(spki.error());
  const auto key = crypto::make_verifier(*spki);
  if (!key) return usage_error(key.error());
  const auto file = read_file(o.bundle, kMaxBundleFile);
  if (!file) return usage_error(file.error());
  const auto report = protocol::verify_bundle(*file, *authority, *key, evidence_verifiers());
  if (!report) return usage_error({report.error().code, o.bundle + ": " + report.error().detail});
  print(o.json ? as_json(*report) : as_lines(*report));
  return report->ok() ? kOk : kFailed;
}

}  // namespace

void add_verify_options(CLI::App& app, Run& run) {
  const auto o = std::make_shared<Options>();
  app.add_option("BUNDLE", o->bundle, "Evidence bundle, as `ustp evidence get` writes it")->required();
  app.add_option("--authority", o->authority, "The authority's id")->required();
  app.add_option("--authority-key", o->key, "The authority's public key (PEM)")->required();
  app.add_flag("--json", o->json, "Print the report as JSON");
  app.footer(
      "Exit codes: 0 valid, 1 a check failed, 2 the file is no bundle or cannot be read.\n"
      "Example: ustp verify transfer.bundle --authority association --authority-key authority.pub.pem");
  app.callback([o, &run] { run = [o] { return verify(*o); }; });
}

void add_verify(CLI::App& root, Run& run) {
  add_verify_options(*root.add_subcommand("verify", "Check an evidence bundle offline, one line per check and a verdict"), run);
}

}  // namespace ustp::cli
