// ustp evidence get, ustp statement apply: octets from and to a gateway.
#include <CLI/CLI.hpp>

#include "sdk/cli/api.hpp"
#include "sdk/cli/files.hpp"
#include "ustp/wire/statement.hpp"

namespace ustp::cli {
namespace {

using client::Client;

// In the order given; stops at the first one that is refused.
int apply_files(const Connection& c, const std::vector<std::string>& files) {
  std::vector<Bytes> frames;
  for (const auto& file : files) {  // all are read before the first is sent
    auto octets = read_file(file, kMaxKeyFile * 2);
    if (!octets) return usage_error(octets.error());
    if (auto frame = wire::parse_statement_frame(*octets); !frame)
      return usage_error({frame.error().code, file + ": " + frame.error().detail});
    frames.push_back(std::move(*octets));
  }
  auto client = connect(c);
  if (!client) return usage_error(client.error());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto sequence = (*client)->apply_statement(frames[i]);
    if (!sequence) {
      std::fprintf(stderr, "ustp: %s:\n", files[i].c_str());
      return complain(sequence.failure());
    }
    print(files[i] + " " + std::to_string(*sequence) + "\n");
  }
  return kOk;
}

}  // namespace

void add_evidence_get(CLI::App& evidence, Run& run) {
  struct Options {
    std::string id, out;
  };
  const auto o = std::make_shared<Options>();
  auto* get = evidence.add_subcommand("get", "Fetch the sealed evidence bundle of a transfer; check it with `ustp verify`");
  const auto c = add_connection(*get, false);
  get->add_option("ID", o->id, "Transfer id")->required();
  get->add_option("--out", o->out, "Where the bundle goes; an existing file is never replaced")->required();
  get->footer("Example: ustp evidence get 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --out transfer.bundle");
  get->callback([c, o, &run] {
    run = [c, o] {
      const auto id = TransferId::from_hex(o->id);
      if (!id) return usage_error(id.error());
      return ask(
          *c, [&](Client& client) { return client.evidence(*id); },
          [&](const Bytes& bundle) {
            if (auto done = write_new_file(o->out, bundle, 0644); !done) return usage_error(done.error());
            print(o->out + " " + std::to_string(bundle.size()) + " octets\n");
            return static_cast<int>(kOk);
          });
    };
  });
}

void add_statement_apply(CLI::App& statement, Run& run) {
  const auto files = std::make_shared<std::vector<std::string>>();
  auto* app = statement.add_subcommand("apply", "Send signed statements to a gateway, in the order given");
  const auto c = add_connection(*app, false);
  app->add_option("FILE", *files, "Statement frames (NNNNNN.stm)")->required();
  app->footer(
      "Example: ustp statement apply --api https://127.0.0.1:7201 --ca ca.pem --cert p.pem --key p.key.pem "
      "statements/000009.stm");
  app->callback([c, files, &run] { run = [c, files] { return apply_files(*c, *files); }; });
}

}  // namespace ustp::cli
