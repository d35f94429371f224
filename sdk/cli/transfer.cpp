// ustp transfer start|show|list|watch|cancel
#include <CLI/CLI.hpp>

#include "sdk/cli/api.hpp"
#include "sdk/cli/batch_file.hpp"
#include "sdk/cli/files.hpp"

namespace ustp::cli {
namespace {

using client::Client;
using client::Transfer;
using token::CumEx;
using token::EntitledParty;
using token::OwnershipEffect;

std::string summary(const Transfer& t) {
  std::string out = t.id.hex() + " " + t.status + "\n" +
                    table({{"role", t.role},
                           {"state", t.state + (t.waiting_on.empty() ? "" : ", waiting on " + t.waiting_on)},
                           {"moves", t.quantity + " " + t.instrument},
                           {"from", t.originator + " on " + t.source_ledger},
                           {"to", t.beneficiary + " on " + t.target_ledger}});
  if (!t.reference.empty()) out += "reference  " + t.reference + "\n";
  if (!t.reason_code.empty())
    out += "reason  " + t.reason_code + (t.reason_detail.empty() ? "" : ": " + t.reason_detail) + "\n";
  for (const auto& step : t.timeline) out += "  " + step.at + "  " + step.state + "\n";
  return out;
}
int show(const Connection& c, const Transfer& t) {
  print(c.json ? t.json + "\n" : summary(t));
  return kOk;
}

struct WatchOptions {
  std::uint32_t interval_ms = 250, for_ms = 120'000;
};
void add_watch_options(CLI::App& app, WatchOptions& o) {
  app.add_option("--interval-ms", o.interval_ms, "Between two looks; default 250")->check(CLI::Range(10u, 60'000u));
  app.add_option("--for-ms", o.for_ms, "How long to watch at most; default 120000")->check(CLI::Range(1u, 86'400'000u));
}

// Prints each step once, as it shows; ends with the transfer.
int watch(Client& client, const Connection& c, const TransferId& id, const WatchOptions& o) {
  const Instant until = SystemClock().now() + Duration::milliseconds(o.for_ms);
  std::size_t shown = 0;
  for (;;) {
    const auto transfer = client.transfer(id);
    if (!transfer) return complain(transfer.failure());
    for (; !c.json && shown < transfer->timeline.size(); ++shown)
      print(transfer->timeline[shown].at + "  " + transfer->timeline[shown].state + "\n");
    std::fflush(stdout);
    const bool over = SystemClock().now() >= until;
    if (transfer->is_final() || over) {
      if (c.json)
        print(transfer->json + "\n");
      else
        print(transfer->id.hex() + " " + transfer->status +
              (transfer->reason_code.empty() ? "" : ": " + transfer->reason_code) + "\n");
      if (!transfer->is_final()) std::fprintf(stderr, "ustp: not final after %u ms\n", o.for_ms);
      return transfer->status == "completed" ? kOk : kFailed;
    }
    sleep_for(Duration::milliseconds(o.interval_ms));
  }
}

struct StartOptions {
  std::string instrument, quantity, originator, beneficiary, target_ledger, key,
      ownership = "change", type = "TRAD", entitled = "transferee", trade_date, cum_ex = "unspecified", venue, place,
      law, jurisdiction, reference, owner, not_before, batch;
  std::uint32_t vote_within_ms = 0;
  bool watch = false;
  WatchOptions watching;
};

Result<client::TransferOrder> order_of(const StartOptions& o) {
  client::TransferOrder order;
  USTP_TRY(order.instrument, InstrumentId::parse(o.instrument));
  order.quantity = o.quantity;
  USTP_TRY(order.originator, AccountId::parse(o.originator));
  USTP_TRY(order.beneficiary, AccountId::parse(o.beneficiary));
  USTP_TRY(order.target_ledger, LedgerId::parse(o.target_ledger));
  order.ownership_effect = o.ownership == "none" ? OwnershipEffect::kNone : OwnershipEffect::kChange;
  order.transaction_type = o.type;
  order.entitled_party = o.entitled == "transferor" ? EntitledParty::kTransferor : EntitledParty::kTransferee;
  if (!o.trade_date.empty()) {
    USTP_TRY(order.trade_date, parse_date(o.trade_date));
  }
  order.cum_ex = o.cum_ex == "cum" ? CumEx::kCum : o.cum_ex == "ex" ? CumEx::kEx : CumEx::kUnspecified;
  if (!o.venue.empty()) {
    USTP_TRY(order.venue, Mic::parse(o.venue));
  }
  order.place_of_settlement = o.place;
  order.governing_law = o.law;
  order.jurisdiction = o.jurisdiction;
  order.reference = o.reference;
  order.beneficial_owner = o.owner;
  order.vote_within = Duration::milliseconds(o.vote_within_ms);
  if (!o.not_before.empty()) {
    USTP_TRY(order.not_before, parse_rfc3339(o.not_before));
  }
  return order;
}

constexpr std::size_t kMaxBatchFile = 64u << 20;

// One line per order, in order: key, then id and status, or what it was refused for.
int start_batch(const Connection& c, const StartOptions& o) {
  const auto text = read_file(o.batch, kMaxBatchFile);
  if (!text) return usage_error(text.error());
  const auto orders = batch_of(as_text(*text));
  if (!orders) return usage_error({orders.error().code, o.batch + ": " + orders.error().detail});
  auto client = connect(c);
  if (!client) return usage_error(client.error());
  const auto answers = (*client)->start_batch(*orders);
  int out = kOk;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& key = (*orders)[i].key.str();
    if (answers[i]) {
      print(c.json ? answers[i]->json + "\n" : key + " " + answers[i]->id.hex() + " " + answers[i]->status + "\n");
      continue;
    }
    const auto& failure = answers[i].failure();
    print(key + " " + (failure.status == 0 ? "unanswered " : "refused ") + client::to_string(failure) + "\n");
    out = failure.kind == client::Failure::Kind::kUnreachable ? kUnreachable : std::max(out, static_cast<int>(kFailed));
  }
  return out;
}

// The key goes to stderr before the call: whoever is cut off can ask again with it and never starts a second transfer.
int start(const Connection& c, const StartOptions& o) {
  if (!o.batch.empty()) return start_batch(c, o);
  for (const auto& [name, value] : {std::pair{"--instrument", &o.instrument}, std::pair{"--quantity", &o.quantity},
                                    std::pair{"--from", &o.originator}, std::pair{"--to", &o.beneficiary},
                                    std::pair{"--target-ledger", &o.target_ledger}})
    if (value->empty()) return usage_error({Code::missing_field, std::string(name) + " is required (or --batch FILE)"});
  const auto order = order_of(o);
  if (!order) return usage_error(order.error());
  const auto key = IdempotencyKey::parse(o.key.empty() ? random_idempotency_key() : o.key);
  if (!key) return usage_error({key.error().code, "--idempotency-key: " + key.error().detail});
  auto client = connect(c);
  if (!client) return usage_error(client.error());
  std::fprintf(stderr, "idempotency-key: %s\n", key->str().c_str());
  const auto transfer = (*client)->start_transfer(*order, *key);
  if (!transfer) return complain(transfer.failure());
  if (!o.watch) return show(c, *transfer);
  if (!c.json) print(transfer->id.hex() + "\n");
  return watch(**client, c, transfer->id, o.watching);
}

void add_start(CLI::App& parent, Run& run) {
  const auto o = std::make_shared<StartOptions>();
  auto* app = parent.add_subcommand("start", "Start a transfer to an account on another ledger");
  const auto c = add_connection(*app);
  app->add_option("--instrument", o->instrument, "ISIN or DTI");
  app->add_option("--quantity", o->quantity, "Decimal, in security units");
  app->add_option("--from", o->originator, "Account on this gateway's ledger");
  app->add_option("--to", o->beneficiary, "Account on the target ledger");
  app->add_option("--target-ledger", o->target_ledger, "Id of the target ledger");
  app->add_option("--idempotency-key", o->key, "The same key never starts a second transfer; made when absent");
  app->add_option("--ownership-effect", o->ownership, "change or none")->check(CLI::IsMember({"change", "none"}));
  app->add_option("--transaction-type", o->type, "ISO 20022: TRAD, OWNE, REPU, COLO, …; default TRAD");
  app->add_option("--entitled-party", o->entitled, "transferee or transferor")
      ->check(CLI::IsMember({"transferee", "transferor"}));
  app->add_option("--trade-date", o->trade_date, "YYYY-MM-DD");
  app->add_option("--cum-ex", o->cum_ex, "cum, ex or unspecified")->check(CLI::IsMember({"cum", "ex", "unspecified"}));
  app->add_option("--venue", o->venue, "MIC");
  app->add_option("--place-of-settlement", o->place, "Place of settlement");
  app->add_option("--governing-law", o->law, "Governing law");
  app->add_option("--jurisdiction", o->jurisdiction, "Jurisdiction");
  app->add_option("--reference", o->reference, "Your own, at most 35 characters");
  app->add_option("--beneficial-owner", o->owner, "Opaque id");
  app->add_option("--vote-within-ms", o->vote_within_ms, "Ends the right to vote; default: the gateway's");
  app->add_option("--not-before", o->not_before, "Begins then, as 2027-06-01T09:00:00Z; until then it can be cancelled");
  app->add_option("--batch", o->batch,
                  "File of orders instead, one JSON line each: {\"idempotency_key\":…,\"order\":{…}}; given again, the same file "
                  "gives the same answers");
  app->add_flag("--watch", o->watch, "Then watch it to its end");
  add_watch_options(*app, o->watching);
  app->footer(
      "The key in use is printed to stderr first; after a failure, start again with it.\n"
      "Example: ustp transfer start --instrument US0378331005 --quantity 100 --from ACC-1 --to 0xab… "
      "--target-ledger eth-1 --watch");
  app->callback([c, o, &run] { run = [c, o] { return start(*c, *o); }; });
}

// A command on one transfer: its id, then `act`.
void add_one(CLI::App& parent, Run& run, const char* name, const char* what,
             int (*act)(const Connection&, const TransferId&)) {
  const auto id = std::make_shared<std::string>();
  auto* app = parent.add_subcommand(name, what);
  const auto c = add_connection(*app);
  app->add_option("ID", *id, "Transfer id")->required();
  app->footer(std::string("Example: ustp transfer ") + name + " 0f1e2d3c4b5a69788796a5b4c3d2e1f0");
  app->callback([c, id, act, &run] {
    run = [c, id, act] {
      const auto parsed = TransferId::from_hex(*id);
      return parsed ? act(*c, *parsed) : usage_error(parsed.error());
    };
  });
}

void add_list(CLI::App& parent, Run& run) {
  struct Options {
    unsigned limit = 20;
    std::string after;
  };
  const auto o = std::make_shared<Options>();
  auto* app = parent.add_subcommand("list", "Your transfers, newest first");
  const auto c = add_connection(*app);
  app->add_option("--limit", o->limit, "At most so many; default 20")->check(CLI::Range(1u, 1000u));
  app->add_option("--after", o->after, "Continue behind the cursor that the page before gave");
  app->footer("Example: ustp transfer list --limit 50");
  app->callback([c, o, &run] {
    run = [c, o] {
      return ask(
          *c, [&](Client& client) { return client.transfers(o->limit, o->after); },
          [&](const client::TransferPage& page) {
            if (c->json) return print(page.json + "\n"), static_cast<int>(kOk);
            std::vector<std::vector<std::string>> rows = {
                {"ID", "STATUS", "STATE", "QUANTITY", "INSTRUMENT", "FROM", "TO", "REFERENCE"}};
            for (const auto& t : page.transfers)
              rows.push_back({t.id.hex(), t.status, t.state, t.quantity, t.instrument, t.source_ledger, t.target_ledger,
                              t.reference});
            print(table(rows));
            if (!page.next.empty()) std::fprintf(stderr, "more: --after %s\n", page.next.c_str());
            return static_cast<int>(kOk);
          });
    };
  });
}

void add_watch(CLI::App& parent, Run& run) {
  const auto o = std::make_shared<WatchOptions>();
  const auto id = std::make_shared<std::string>();
  auto* app = parent.add_subcommand("watch", "Print each step as it happens; exit 0 when the transfer completed");
  const auto c = add_connection(*app);
  app->add_option("ID", *id, "Transfer id")->required();
  add_watch_options(*app, *o);
  app->footer("Example: ustp transfer watch 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --for-ms 10000");
  app->callback([c, id, o, &run] {
    run = [c, id, o] {
      const auto parsed = TransferId::from_hex(*id);
      if (!parsed) return usage_error(parsed.error());
      auto client = connect(*c);
      return client ? watch(**client, *c, *parsed, *o) : usage_error(client.error());
    };
  });
}

}  // namespace

void add_transfer(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("transfer", "Transfers: start, show, list, watch, cancel");
  app->require_subcommand(1);
  add_start(*app, run);
  add_one(*app, run, "show", "Show one transfer", [](const Connection& c, const TransferId& id) {
    return ask(
        c, [&](Client& client) { return client.transfer(id); }, [&](const Transfer& t) { return show(c, t); });
  });
  add_list(*app, run);
  add_watch(*app, run);
  add_one(*app, run, "cancel", "Cancel a transfer that is not yet voted on; sent once, never repeated",
          [](const Connection& c, const TransferId& id) {
            return ask(
                c, [&](Client& client) { return client.cancel_transfer(id); },
                [&](const Transfer& t) { return show(c, t); });
          });
}

}  // namespace ustp::cli
