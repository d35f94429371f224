// ustp journal verify|dump: a gateway's journal, looked at and never changed.
#include <CLI/CLI.hpp>

#include "gateway/journal/inspect.hpp"
#include "sdk/cli/command.hpp"

namespace ustp::cli {
namespace {

using gateway::Block;
namespace journal = gateway::journal;

struct Options {
  std::string file;
  std::uint64_t from = 1;
};

int walk(const Options& o, bool dump) {
  const auto show = [&](const Block& block, BytesView, const Hash256& hash) -> Result<void> {
    if (dump)
      print(std::to_string(block.position) + " " + std::to_string(block.epoch) + " " +
            std::to_string(block.payload.size()) + " " + hash.hex() + "\n");
    return {};
  };
  const auto head = journal::inspect(o.file, o.from, show);
  if (!head) return head.error().code == Code::journal_damaged ? complain(head.error()) : usage_error(head.error());
  if (!dump)
    print("intact: position " + std::to_string(head->position) + ", epoch of the last block " +
          std::to_string(head->epoch) + ", hash " + head->hash.hex() + "\n");
  return kOk;
}

}  // namespace

void add_journal(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("journal", "A gateway's journal: verify its chain, dump its blocks");
  app->require_subcommand(1);
  const auto o = std::make_shared<Options>();
  auto* verify = app->add_subcommand("verify", "Check the whole chain and print the head; exit 1 when it is damaged");
  verify->add_option("FILE", o->file, "Journal file")->required();
  verify->footer("Example: ustp journal verify data/journal.db");
  verify->callback([o, &run] { run = [o] { return walk(*o, false); }; });
  auto* dump = app->add_subcommand("dump", "One line per block: position, epoch, payload octets, hash");
  dump->add_option("FILE", o->file, "Journal file")->required();
  dump->add_option("--from", o->from, "First position; default 1")->check(CLI::Range(std::uint64_t{1}, UINT64_MAX));
  dump->footer("Example: ustp journal dump data/journal.db --from 100");
  dump->callback([o, &run] { run = [o] { return walk(*o, true); }; });
}

}  // namespace ustp::cli
