// ustp positions, ustp instruments
#include <CLI/CLI.hpp>

#include "sdk/cli/api.hpp"

namespace ustp::cli {
namespace {

using client::Client;

int show_positions(const Connection& c, const client::Positions& p) {
  if (c.json) {
    print(p.json + "\n");
    return kOk;
  }
  std::vector<std::vector<std::string>> rows = {{"ACCOUNT", "CAPACITY", "QUANTITY", "LOCKED", "BLOCKED"}};
  for (const auto& row : p.rows) rows.push_back({row.account, row.capacity, row.quantity, row.locked, row.blocked});
  print(p.instrument + " on " + p.ledger + "\n" + table(rows) + "outstanding " + p.outstanding_base_units +
        ", provisional " + p.provisional_base_units + ", backing " + p.backing_base_units + " base units\n");
  for (const auto& one : p.elsewhere) print("outstanding on " + one.ledger + ": " + one.quantity + "\n");
  return kOk;
}

int show_instruments(const Connection& c, const client::InstrumentList& all) {
  if (c.json) {
    print(all.json + "\n");
    return kOk;
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "VERSION", "STATUS", "ISSUED", "HOME", "LEDGERS", "NAME"}};
  for (const auto& row : all.rows) {
    std::string ledgers;
    for (const auto& ledger : row.ledgers) ledgers += (ledgers.empty() ? "" : ",") + ledger;
    rows.push_back({row.id, row.version, row.status, row.issued, row.home_gateway, ledgers, row.name});
  }
  print(table(rows));
  return kOk;
}

}  // namespace

void add_positions(CLI::App& root, Run& run) {
  const auto instrument = std::make_shared<std::string>();
  auto* app = root.add_subcommand("positions", "Your positions in one instrument on the gateway's ledger");
  const auto c = add_connection(*app);
  app->add_option("INSTRUMENT", *instrument, "ISIN or DTI")->required();
  app->footer("Example: ustp positions US0378331005");
  app->callback([c, instrument, &run] {
    run = [c, instrument] {
      const auto id = InstrumentId::parse(*instrument);
      if (!id) return usage_error(id.error());
      return ask(
          *c, [&](Client& client) { return client.positions(*id); },
          [&](const client::Positions& p) { return show_positions(*c, p); });
    };
  });
}

void add_instruments(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("instruments", "The instruments that the statements in force describe");
  const auto c = add_connection(*app);
  app->footer("Example: ustp instruments --json");
  app->callback([c, &run] {
    run = [c] {
      return ask(
          *c, [](Client& client) { return client.instruments(); },
          [&](const client::InstrumentList& all) { return show_instruments(*c, all); });
    };
  });
}

}  // namespace ustp::cli
