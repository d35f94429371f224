// ustp token check: the rules of spec/02 on a transfer that somebody has in mind, by the statements alone. No gateway is
// asked, so what only a ledger or a home gateway knows (balances, encumbrances, what may return) is not judged.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/trust.hpp"
#include "ustp/protocol/step.hpp"

namespace ustp::cli {
namespace {

struct Options {
  std::string instrument, quantity, from_ledger, from, to_ledger, to, participant, at;
  bool json = false;
};

Error named(const char* option, const Error& error) { return Error{error.code, std::string(option) + ": " + error.detail}; }

template <class Id>
Result<Id> parse(const char* option, const std::string& text) {
  auto id = Id::parse(text);
  if (!id) return named(option, id.error());
  return id;
}

// As a gateway makes them of an order.
Result<token::TransferTerms> terms_of(const Options& o, const protocol::Registry& registry, Instant now) {
  token::TransferTerms terms;
  USTP_TRY(terms.instrument, parse<InstrumentId>("--instrument", o.instrument));
  USTP_TRY(terms.source_ledger, parse<LedgerId>("--from-ledger", o.from_ledger));
  USTP_TRY(terms.target_ledger, parse<LedgerId>("--to-ledger", o.to_ledger));
  USTP_TRY(terms.originator, parse<AccountId>("--from", o.from));
  USTP_TRY(terms.beneficiary, parse<AccountId>("--to", o.to));
  const auto* instrument = registry.instrument(terms.instrument);
  if (instrument == nullptr) return Error{Code::unknown_instrument, o.instrument};
  const auto *source = registry.ledger(terms.source_ledger), *target = registry.ledger(terms.target_ledger);
  if (source == nullptr) return Error{Code::unknown_ledger, o.from_ledger};
  if (target == nullptr) return Error{Code::unknown_ledger, o.to_ledger};
  const auto quantity = Quantity::parse(o.quantity, instrument->scale);
  if (!quantity) return named("--quantity", quantity.error());
  terms.quantity = *quantity;
  token::Lot lot;
  lot.quantity = *quantity;
  terms.lots.push_back(lot);
  terms.instrument_version = instrument->version;
  if (const auto* r = instrument->representation(source->id)) terms.source_ratio_version = r->ratio.version();
  if (const auto* r = instrument->representation(target->id)) terms.target_ratio_version = r->ratio.version();
  terms.sender_gateway = source->gateway;
  terms.recipient_gateway = target->gateway;
  terms.liable_operator = source->liable_operator;
  terms.governing_law = instrument->governing_law;
  terms.vote_by = now + Duration::seconds(60);
  terms.complete_by = now + Duration::seconds(120);
  terms.statement_position = registry.position();
  return terms;
}

// Who acts, when nobody is named: the originator's own participant.
ParticipantId acting_for(const token::TransferTerms& terms, const protocol::Registry& registry) {
  const auto* account = registry.account(terms.source_ledger, terms.originator);
  return account != nullptr ? account->participant : ParticipantId{};
}

Result<std::vector<token::Finding>> findings_of(const Options& o, const Trust& trust) {
  Instant now = SystemClock().now();
  if (!o.at.empty()) {
    USTP_TRY(now, parse_rfc3339(o.at));
  }
  USTP_TRY(const auto registry, registry_of(trust));
  USTP_TRY(const auto terms, terms_of(o, registry, now));
  auto acting = acting_for(terms, registry);
  if (!o.participant.empty()) {
    USTP_TRY(acting, parse<ParticipantId>("--participant", o.participant));
  }
  auto out = protocol::originator_findings(terms, registry, acting, now);
  for (auto& finding : protocol::beneficiary_findings(terms, registry, now))
    if (std::find(out.begin(), out.end(), finding) == out.end()) out.push_back(std::move(finding));
  for (const auto& ledger : {terms.source_ledger, terms.target_ledger})
    if (registry.ledger_halted(ledger)) out.push_back({Code::ledger_halted, "ledger", ledger.str()});
  return out;
}

int check(const Options& o, const Trust& trust) {
  const auto findings = findings_of(o, trust);
  if (!findings) return complain(findings.error());
  if (o.json) {
    nlohmann::ordered_json out = {{"allowed", findings->empty()}, {"findings", nlohmann::ordered_json::array()}};
    for (const auto& f : *findings)
      out["findings"].push_back({{"code", info(f.code).name}, {"rule", f.rule}, {"detail", f.detail}});
    print(out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else {
    for (const auto& f : *findings) print("FAILED  " + f.rule + " " + to_string({f.code, f.detail}) + "\n");
    print(findings->empty() ? "allowed: no rule stands against it\n"
                            : "not allowed: " + std::to_string(findings->size()) + " findings\n");
  }
  return findings->empty() ? kOk : kFailed;
}

}  // namespace

void add_token(CLI::App& root, Run& run) {
  auto* parent = root.add_subcommand("token", "The unified token's rules");
  parent->require_subcommand(1);
  auto* app = parent->add_subcommand("check", "Every rule that stands against a transfer, by the authority's statements alone");
  const auto o = std::make_shared<Options>();
  const auto trust = add_trust(*app, true);
  app->add_option("--instrument", o->instrument, "ISIN or DTI")->required();
  app->add_option("--quantity", o->quantity, "Decimal, in security units")->required();
  app->add_option("--from-ledger", o->from_ledger, "Id of the source ledger")->required();
  app->add_option("--from", o->from, "Account there")->required();
  app->add_option("--to-ledger", o->to_ledger, "Id of the target ledger")->required();
  app->add_option("--to", o->to, "Account there")->required();
  app->add_option("--participant", o->participant, "Who orders; default: whose account it is");
  app->add_option("--at", o->at, "RFC 3339 instant to judge at; default: now");
  app->add_flag("--json", o->json, "Print the findings as JSON");
  app->footer(
      "Balances, encumbrances and what may return home are the ledgers' and gateways' business and not judged.\n"
      "Exit codes: 0 allowed, 1 a rule stands against it, 2 wrong use.\n"
      "Example: ustp token check --log statements --authority association --authority-key authority.pub.pem --instrument "
      "DE000USTP011 --quantity 10 --from-ledger csd-1 --from ALICE --to-ledger corda-1 --to DAVE");
  app->callback([o, trust, &run] { run = [o, trust] { return check(*o, *trust); }; });
}

}  // namespace ustp::cli
