// ustp statement sign|show|verify: the authority's side of governance (USTP-GOV-001).
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "sdk/cli/statement_log.hpp"

namespace ustp::cli {
namespace {

// A file holds one body or an array of them. What an array holds is cut out here and judged by wire.
Result<std::vector<wire::StatementBody>> read_bodies(const std::string& file) {
  USTP_TRY(const auto octets, read_file(file, kMaxTextFile));
  const auto text = as_text(octets);
  std::vector<wire::StatementBody> out;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '[') {
    auto body = wire::statement_body_from_json(text);
    if (!body) return Error{body.error().code, file + ": " + body.error().detail};
    out.push_back(std::move(*body));
    return out;
  }
  const auto deep = [](int depth, auto, auto&) { return depth <= 16; };
  const auto array = nlohmann::ordered_json::parse(text.begin(), text.end(), deep, false);
  if (!array.is_array()) return Error{Code::malformed_text, file + ": not a JSON document"};
  for (std::size_t i = 0; i < array.size(); ++i) {
    auto body =
        wire::statement_body_from_json(array[i].dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    if (!body) return Error{body.error().code, file + ": entry " + std::to_string(i) + ": " + body.error().detail};
    out.push_back(std::move(*body));
  }
  return out;
}

struct SignOptions {
  std::string key, authority, log, effective_from;
  std::vector<std::string> files;
};

// Everything is judged before anything is written: the log grows by all statements or by none, but for a full disk.
Result<std::string> sign(const SignOptions& o) {
  USTP_TRY(auto signer, crypto::load_signer_file(o.key));
  USTP_TRY(auto registry, make_registry(o.authority, signer->spki()));
  USTP_CHECK(fold_log(o.log, registry));
  Instant from = SystemClock().now();
  if (!o.effective_from.empty()) {
    USTP_TRY(from, parse_rfc3339(o.effective_from));
  }
  const auto before = registry.position();
  for (const auto& file : o.files) {
    USTP_TRY(auto bodies, read_bodies(file));
    for (auto& body : bodies) {
      wire::Statement statement;
      USTP_TRY(statement.authority, AuthorityId::parse(o.authority));
      statement.sequence = registry.position() + 1;
      statement.previous = registry.head();
      statement.effective_from = from;
      statement.body = std::move(body);
      USTP_TRY(const auto signed_one, wire::sign_statement(statement, *signer));
      if (auto done = registry.apply(signed_one); !done)
        return Error{done.error().code, file + ": " + done.error().detail};
    }
  }
  ::mkdir(o.log.c_str(), 0755);  // one that exists is right; any other failure shows at the first write
  std::string out;
  for (auto i = before; i < registry.position(); ++i) {
    const auto name = statement_file_name(i + 1);
    USTP_CHECK(write_new_file(o.log + "/" + name, wire::encode_statement_frame(registry.log()[i]), 0644));
    out += name + " " + crypto::sha256(registry.log()[i].octets).hex() + "\n";
  }
  return out;
}

int show(const std::vector<std::string>& files) {
  for (const auto& file : files) {
    const auto octets = read_file(file, kMaxKeyFile * 2);
    if (!octets) return usage_error(octets.error());
    const auto frame = wire::parse_statement_frame(*octets);
    if (!frame) return complain({frame.error().code, file + ": " + frame.error().detail});
    const auto statement = wire::decode_statement(frame->octets);
    if (!statement) return complain({statement.error().code, file + ": " + statement.error().detail});
    print(wire::statement_to_json(*statement) + "\n");
  }
  return kOk;
}

struct VerifyOptions {
  std::string log, authority, key;
  bool json = false;
};
int verify(const VerifyOptions& o) {
  const auto pem = read_file(o.key, kMaxKeyFile);
  if (!pem) return usage_error(pem.error());
  const auto spki = crypto::spki_from_pem(as_text(*pem));
  if (!spki) return usage_error(spki.error());
  struct stat folder {};
  if (::stat(o.log.c_str(), &folder) != 0 || !S_ISDIR(folder.st_mode))
    return usage_error({Code::io_error, o.log + ": no folder"});
  auto registry = make_registry(o.authority, *spki);
  if (!registry) return usage_error(registry.error());
  if (auto done = fold_log(o.log, *registry); !done) return complain(done.error());
  if (o.json) {
    print(nlohmann::ordered_json{{"statements", registry->position()},
                                 {"head", registry->head().hex()},
                                 {"participants", registry->participants().size()},
                                 {"ledgers", registry->ledgers().size()},
                                 {"instruments", registry->instruments().size()},
                                 {"accounts", registry->accounts().size()}}
              .dump() +
          "\n");
    return kOk;
  }
  print("ok: " + std::to_string(registry->position()) + " statements, head " + registry->head().hex() + "\n" +
        std::to_string(registry->participants().size()) + " participants, " +
        std::to_string(registry->ledgers().size()) + " ledgers, " + std::to_string(registry->instruments().size()) +
        " instruments, " + std::to_string(registry->accounts().size()) + " accounts\n");
  return kOk;
}

void add_sign(CLI::App& parent, Run& run) {
  const auto o = std::make_shared<SignOptions>();
  auto* app = parent.add_subcommand("sign", "Sign statements and append them to a log folder");
  app->add_option("--key", o->key, "The authority's private key (PKCS#8 PEM)")->required();
  app->add_option("--authority", o->authority, "The authority's id")->required();
  app->add_option("--log", o->log, "Folder of NNNNNN.stm files; made when absent")->required();
  app->add_option("--effective-from", o->effective_from, "RFC 3339 instant; default: now");
  app->add_option("FILE", o->files, "A JSON body or an array of bodies; - reads stdin")->required();
  app->footer(
      "Nothing is written unless every statement is accepted after the ones in the log.\n"
      "Example: ustp statement sign --key authority.pem --authority association --log statements bodies.json");
  app->callback([o, &run] {
    run = [o] {
      const auto written = sign(*o);
      if (!written) return complain(written.error());
      print(*written);
      return static_cast<int>(kOk);
    };
  });
}

void add_show(CLI::App& parent, Run& run) {
  const auto files = std::make_shared<std::vector<std::string>>();
  auto* app = parent.add_subcommand("show", "Print statements as JSON; no signature is checked");
  app->add_option("FILE", *files, "Statement frames (NNNNNN.stm)")->required();
  app->footer("Example: ustp statement show statements/000001.stm");
  app->callback([files, &run] { run = [files] { return show(*files); }; });
}

void add_verify_log(CLI::App& parent, Run& run) {
  const auto o = std::make_shared<VerifyOptions>();
  auto* app = parent.add_subcommand("verify", "Fold a log: signatures, chain and meaning of every statement");
  app->add_option("--log", o->log, "Folder of NNNNNN.stm files")->required();
  app->add_option("--authority", o->authority, "The authority's id")->required();
  app->add_option("--authority-key", o->key, "The authority's public key (PEM)")->required();
  app->add_flag("--json", o->json, "Print the same as JSON");
  app->footer(
      "Example: ustp statement verify --log statements --authority association --authority-key authority.pub.pem");
  app->callback([o, &run] { run = [o] { return verify(*o); }; });
}

}  // namespace

void add_statement(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("statement", "Statements of an authority: sign, show, verify, apply");
  app->require_subcommand(1);
  add_sign(*app, run);
  add_show(*app, run);
  add_verify_log(*app, run);
#ifdef USTP_CLI_HAS_CLIENT
  add_statement_apply(*app, run);
#endif
}

}  // namespace ustp::cli
