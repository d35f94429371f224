// ustp events list|follow
#include <CLI/CLI.hpp>

#include "sdk/cli/api.hpp"

namespace ustp::cli {
namespace {

using client::Client;
using client::Event;

std::vector<std::string> row(const Event& e) {
  return {e.cursor, e.at, e.transfer.hex(), e.role, e.state, e.status, e.waiting_on + e.reason_code};
}

// One line each, as they come: for people in columns, for programs the event's JSON.
void show(const Event& e, bool json) {
  if (json) return print(e.json + "\n");
  std::string line;
  for (const auto& cell : row(e)) line += (line.empty() || cell.empty() ? "" : "  ") + cell;
  print(line + "\n");
}

struct FollowWords {
  std::string after;
  std::uint64_t count = 0;
  std::uint32_t for_ms = 0;
};

int follow(const Connection& c, const FollowWords& o) {
  auto client = connect(c);
  if (!client) return usage_error(client.error());
  const Instant until = SystemClock().now() + Duration::milliseconds(o.for_ms);
  const auto over = [&] { return o.for_ms != 0 && SystemClock().now() >= until; };
  client::FollowOptions options;
  options.after = o.after;
  const auto patience = o.for_ms != 0 ? std::min(o.for_ms, c.timeout_ms / 2) : c.timeout_ms / 2;
  options.wait = Duration::seconds(std::clamp<std::int64_t>(patience / 1000, 1, 20));
  options.between = [&](const std::string&) { return std::fflush(stdout) == 0 && !over(); };
  std::uint64_t shown = 0;
  const auto end = (*client)->follow(options, [&](const Event& event) {
    show(event, c.json);
    return ++shown != o.count;
  });
  if (end) {
    std::fprintf(stderr, "go on with: --after %s\n", end->c_str());
    return kOk;
  }
  const auto code = complain(end.failure());
  if (!end.failure().restart_after.empty())
    std::fprintf(stderr, "list the transfers for what was missed, then go on with: --after %s\n",
                 end.failure().restart_after.c_str());
  return code;
}

void add_follow(CLI::App& parent, Run& run) {
  const auto o = std::make_shared<FollowWords>();
  auto* app = parent.add_subcommand("follow", "Print every event once, in order, as it happens");
  const auto c = add_connection(*app);
  app->add_option("--after", o->after, "Go on behind this cursor; default: from the oldest that the gateway keeps");
  app->add_option("--count", o->count, "End after so many; default: never");
  app->add_option("--for-ms", o->for_ms, "End after that time; default: never");
  app->footer(
      "The cursor is the first column, and the member `cursor` with --json: keep the last one that you have dealt with.\n"
      "Lost connections and restarts of the gateway are waited for.\n"
      "Example: ustp events follow --after AgAAAAAAAAAp --json");
  app->callback([c, o, &run] { run = [c, o] { return follow(*c, *o); }; });
}

void add_list(CLI::App& parent, Run& run) {
  struct Options {
    unsigned limit = 100;
    std::string after;
  };
  const auto o = std::make_shared<Options>();
  auto* app = parent.add_subcommand("list", "Events of your transfers, oldest first");
  const auto c = add_connection(*app);
  app->add_option("--limit", o->limit, "At most so many; default 100")->check(CLI::Range(1u, 1000u));
  app->add_option("--after", o->after, "Continue behind this cursor");
  app->footer("Example: ustp events list --limit 50");
  app->callback([c, o, &run] {
    run = [c, o] {
      return ask(
          *c, [&](Client& client) { return client.events(o->after, o->limit); },
          [&](const client::EventPage& page) {
            if (c->json) return print(page.json + "\n"), static_cast<int>(kOk);
            std::vector<std::vector<std::string>> rows = {
                {"CURSOR", "AT", "TRANSFER", "ROLE", "STATE", "STATUS", "WAITING ON"}};
            for (const auto& event : page.events) rows.push_back(row(event));
            print(table(rows));
            std::fprintf(stderr, "%s: --after %s\n", page.more ? "more" : "later", page.next.c_str());
            return static_cast<int>(kOk);
          });
    };
  });
}

}  // namespace

void add_events(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("events", "What happens to your transfers: list, follow");
  app->require_subcommand(1);
  add_list(*app, run);
  add_follow(*app, run);
}

}  // namespace ustp::cli
