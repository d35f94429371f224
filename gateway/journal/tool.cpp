// ustp-journal: looks at a journal without changing it. PATH: a folder of segments or a SQLite file.
//   ustp-journal verify PATH            checks the whole chain, prints the head
//   ustp-journal dump PATH [--from N]   one line per block: position epoch payload-octets hash
// Exit: 0 the chain is intact, 1 it is damaged (the position is named), 2 the command line or the path cannot be used.

#include <charconv>
#include <cstdio>

#include "gateway/journal/inspect.hpp"

namespace {

using namespace ustp;
using namespace ustp::gateway;

constexpr const char* kUsage =
    "usage: ustp-journal verify PATH\n       ustp-journal dump PATH [--from N]\n"
    "PATH: a folder of segments or a SQLite file. Exit: 0 intact, 1 damaged, 2 wrong use.\n";

int usage() {
  std::fputs(kUsage, stderr);
  return 2;
}

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
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "--help" || command == "-h") return std::fputs(kUsage, stdout), 0;
  const bool dump = command == "dump" && (argc == 3 || argc == 5);
  if (!dump && !(command == "verify" && argc == 3)) return usage();
  std::uint64_t from = 1;
  if (argc == 5) {
    const std::string_view flag = argv[3], text = argv[4];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), from);
    if (flag != "--from" || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || from == 0)
      return usage();
  }
  std::string note;
  const auto head = run(argv[2], from, dump, note);
  if (!head) {
    std::fprintf(stderr, "%s\n", to_string(head.error()).c_str());
    return head.error().code == Code::journal_damaged ? 1 : 2;
  }
  if (!dump)
    std::printf("intact: position %llu, epoch of the last block %llu, hash %s\n",
                static_cast<unsigned long long>(head->position), static_cast<unsigned long long>(head->epoch),
                head->hash.hex().c_str());
  if (!note.empty()) std::fprintf(stderr, "%s\n", note.c_str());
  return 0;
}
