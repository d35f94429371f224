// ustp journal verify|dump|refusals|equivocations: a gateway's journal, looked at and never changed.
#include <CLI/CLI.hpp>
#include <map>

#include "gateway/engine/entries.hpp"
#include "gateway/engine/inputs.hpp"
#include "gateway/journal/inspect.hpp"
#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "ustp/crypto/crypto.hpp"
#include "ustp/wire/frame.hpp"

namespace ustp::cli {
namespace {

using gateway::Block;
namespace journal = gateway::journal;

struct Options {
  std::string file;
  std::uint64_t from = 1;
  bool json = false;  // of verify
  std::string out;  // folder for the frames of equivocations; empty: only told
};

int walk(const Options& o, bool dump) {
  const auto show = [&](const Block& block, BytesView, const Hash256& hash) -> Result<void> {
    if (dump)
      print(std::to_string(block.position) + " " + std::to_string(block.epoch) + " " +
            std::to_string(block.payload.size()) + " " + hash.hex() + "\n");
    return {};
  };
  std::string note;
  const auto head = journal::inspect(o.file, o.from, show, &note);
  if (!head) return head.error().code == Code::journal_damaged ? complain(head.error()) : usage_error(head.error());
  if (!note.empty()) std::fprintf(stderr, "ustp: %s\n", note.c_str());
  if (!dump && o.json)
    print("{\"position\": " + std::to_string(head->position) + ", \"epoch\": " + std::to_string(head->epoch) + ", \"hash\": \"" +
          head->hash.hex() + "\", \"tail_cut\": " + (note.empty() ? "false" : "true") + "}\n");
  else if (!dump)
    print("intact: position " + std::to_string(head->position) + ", epoch of the last block " +
          std::to_string(head->epoch) + ", hash " + head->hash.hex() + "\n");
  return kOk;
}

// The two signed frames of every equivocation. The one that was taken is the last that came from the peer before the
// entry: its header hash says so.
class Equivocations {
 public:
  explicit Equivocations(const std::string& out) : out_(out) {}
  Result<void> look(const Block& block) {
    USTP_TRY(const auto decoded, gateway::decode_entries(block.payload));
    for (const auto& entry : decoded.entries) {
      if (const auto* frame = std::get_if<gateway::FrameEntry>(&entry); frame && frame->incoming)
        last_[frame->peer] = frame->frame;
      if (const auto* twice = std::get_if<gateway::EquivocationEntry>(&entry))
        USTP_CHECK(tell(*twice, last_[twice->peer], block.position));
    }
    return {};
  }
  std::size_t count() const { return count_; }

 private:
  Result<void> tell(const gateway::EquivocationEntry& entry, const Bytes& first, std::uint64_t position) {
    std::deque<wire::JsonSigned> held;
    USTP_TRY(const auto taken, gateway::open_frame(first, held));
    USTP_TRY(const auto refused, gateway::open_frame(entry.frame, held));
    if (gateway::head_of(first, taken).hash != entry.first)
      return Error{Code::journal_damaged, "the first batch of an equivocation, position " + std::to_string(position)};
    ++count_;
    const auto name = entry.peer.str() + "-" + std::to_string(entry.sequence);
    const auto line = [&](const char* what, BytesView frame, const wire::BatchView& batch) {
      print(name + " " + what + " header " + gateway::head_of(frame, batch).hash.hex() + " key " +
            batch.header.key.hex() + " position " + std::to_string(position) + "\n");
    };
    line("taken", first, taken);
    line("refused", entry.frame, refused);
    if (out_.empty()) return {};
    USTP_CHECK(write_new_file(out_ + "/" + name + "-taken.frame", first, 0644));
    return write_new_file(out_ + "/" + name + "-refused.frame", entry.frame, 0644);
  }
  std::string out_;
  std::map<GatewayId, Bytes> last_;  // one frame for each peer
  std::size_t count_ = 0;
};

// What peers' messages were refused for, one line each.
int refusals(const Options& o) {
  const auto show = [](const Block& block, BytesView, const Hash256&) -> Result<void> {
    USTP_TRY(const auto decoded, gateway::decode_entries(block.payload));
    for (const auto& entry : decoded.entries)
      if (const auto* refusal = std::get_if<gateway::RefusalEntry>(&entry))
        print(std::to_string(block.position) + " " + refusal->message.peer.str() + " " +
              std::string(info(refusal->error.code).name) + "\n");
    return {};
  };
  const auto head = journal::inspect(o.file, o.from, show);
  if (head) return kOk;
  return head.error().code == Code::journal_damaged ? complain(head.error()) : usage_error(head.error());
}

int equivocations(const Options& o) {
  Equivocations found(o.out);
  const auto head = journal::inspect(
      o.file, 1, [&](const Block& block, BytesView, const Hash256&) { return found.look(block); });
  if (!head) return head.error().code == Code::journal_damaged ? complain(head.error()) : usage_error(head.error());
  print("equivocations: " + std::to_string(found.count()) + "\n");
  return kOk;
}

}  // namespace

void add_journal(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("journal", "A gateway's journal: verify its chain, dump its blocks, export equivocations");
  app->require_subcommand(1);
  const auto o = std::make_shared<Options>();
  auto* verify = app->add_subcommand("verify", "Check the whole chain and print the head; exit 1 when it is damaged");
  verify->add_option("PATH", o->file, "A folder of segments or a SQLite file")->required();
  verify->add_flag("--json", o->json, "Print the head as JSON");
  verify->footer("Example: ustp journal verify data/journal");
  verify->callback([o, &run] { run = [o] { return walk(*o, false); }; });
  auto* dump = app->add_subcommand("dump", "One line per block: position, epoch, payload octets, hash");
  dump->add_option("PATH", o->file, "A folder of segments or a SQLite file")->required();
  dump->add_option("--from", o->from, "First position; default 1")->check(CLI::Range(std::uint64_t{1}, UINT64_MAX));
  dump->footer("Example: ustp journal dump data/journal --from 100");
  dump->callback([o, &run] { run = [o] { return walk(*o, true); }; });
  auto* refused = app->add_subcommand("refusals", "Messages of peers that were refused: position, peer, code");
  refused->add_option("PATH", o->file, "A folder of segments or a SQLite file")->required();
  refused->add_option("--from", o->from, "First position; default 1")->check(CLI::Range(std::uint64_t{1}, UINT64_MAX));
  refused->footer("Example: ustp journal refusals data/journal");
  refused->callback([o, &run] { run = [o] { return refusals(*o); }; });
  auto* twice = app->add_subcommand("equivocations", "Peers' batches that contradict each other, both as they were signed");
  twice->add_option("PATH", o->file, "A folder of segments or a SQLite file")->required();
  twice->add_option("--out", o->out, "Existing folder that gets PEER-SEQUENCE-taken.frame and -refused.frame")
      ->check(CLI::ExistingDirectory);
  twice->footer("Example: ustp journal equivocations data/journal --out evidence");
  twice->callback([o, &run] { run = [o] { return equivocations(*o); }; });
}

}  // namespace ustp::cli
