// ustp-journal: looks at a journal without changing it. PATH: a folder of segments or a SQLite file.

#include <CLI/CLI.hpp>
#include <cstdio>

#include "gateway/journal/inspect.hpp"

namespace {

using namespace ustp;
using namespace ustp::gateway;

Result<JournalHead> run(const std::string& file, std::uint64_t from, bool dump, std::string& note) {
  return journal::inspect(file, from, [&](const Block& block, BytesView, const Hash256& hash) -> Result<void> {
    if (dump)
      std::printf("%llu %llu %zu %s\n", static_cast<unsigned long long>(block.position),
                  static_cast<unsigned long long>(block.epoch), block.payload.size(), hash.hex().c_str());
    return {};
  }, &note);
}

}  // namespace

int main(int argc, char** argv) {
  std::string path;
  std::uint64_t from = 1;
  CLI::App app("ustp-journal: looks at a gateway's journal without changing it", "ustp-journal");
  app.set_version_flag("--version", "ustp-journal " USTP_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 the chain is intact, 1 it is damaged and the position is named, 2 wrong use or no journal.\n"
             "Example: ustp-journal verify data/journal");
  auto* verify = app.add_subcommand("verify", "Check the whole chain and print the head");
  verify->add_option("PATH", path, "A folder of segments or a SQLite file")->required();
  auto* dump = app.add_subcommand("dump", "One line per block: position, epoch, payload octets, hash");
  dump->add_option("PATH", path, "A folder of segments or a SQLite file")->required();
  dump->add_option("--from", from, "First position; default 1")->check(CLI::Range(std::uint64_t{1}, UINT64_MAX));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::string note;
  const auto head = run(path, from, dump->parsed(), note);
  if (!head) {
    std::fprintf(stderr, "%s\n", to_string(head.error()).c_str());
    return head.error().code == Code::journal_damaged ? 1 : 2;
  }
  if (!dump->parsed())
    std::printf("intact: position %llu, epoch of the last block %llu, hash %s\n",
                static_cast<unsigned long long>(head->position), static_cast<unsigned long long>(head->epoch),
                head->hash.hex().c_str());
  if (!note.empty()) std::fprintf(stderr, "%s\n", note.c_str());
  return 0;
}
