// ustp keys new|inspect
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::cli {
namespace {

// The private file first: a public key without its private half would be of no use, the other way round it can be made.
Result<KeyId> make_key(crypto::Algorithm algorithm, const std::string& file) {
  USTP_TRY(const auto key, crypto::generate_key(algorithm));
  USTP_CHECK(write_new_file(file, key.private_pem.view(), 0600));
  USTP_CHECK(write_new_file(file + ".pub.pem", as_bytes(crypto::spki_to_pem(key.spki)), 0644));
  return crypto::key_id_of(key.spki);
}

// The public half of whatever the file holds.
Result<Bytes> public_half(const std::string& file) {
  USTP_TRY(auto octets, read_file(file, kMaxKeyFile));
  const crypto::SecretBytes pem(std::move(octets));
  if (as_text(pem.view()).find("PRIVATE KEY") == std::string_view::npos)
    return crypto::spki_from_pem(as_text(pem.view()));
  USTP_TRY(const auto signer, crypto::load_signer_pem(as_text(pem.view())));
  return signer->spki();
}

void add_new(CLI::App& parent, Run& run) {
  struct Options {
    std::string algorithm = "es256";
    std::string out;
    bool json = false;
  };
  const auto o = std::make_shared<Options>();
  auto* app = parent.add_subcommand("new", "Make a key pair: FILE (PKCS#8 PEM, mode 0600) and FILE.pub.pem");
  app->add_option("--algorithm", o->algorithm, "es256 or ed25519; default es256")
      ->check(CLI::IsMember({"es256", "ed25519"}));
  app->add_option("--out", o->out, "Where the private key goes; an existing file is never replaced")->required();
  app->add_flag("--json", o->json, "Print the key id and the files as JSON");
  app->footer("Example: ustp keys new --out gateway.pem");
  app->callback([o, &run] {
    run = [o] {
      const auto algorithm = o->algorithm == "es256" ? crypto::Algorithm::kEs256 : crypto::Algorithm::kEd25519;
      const auto id = make_key(algorithm, o->out);
      if (!id) return usage_error(id.error());
      print(o->json ? nlohmann::ordered_json{{"key_id", id->hex()}, {"private", o->out}, {"public", o->out + ".pub.pem"}}.dump() + "\n"
                    : id->hex() + "\n");
      return static_cast<int>(kOk);
    };
  });
}

int inspect(const std::string& file, bool json) {
  const auto spki = public_half(file);
  if (!spki) return usage_error(spki.error());
  const auto verifier = crypto::make_verifier(*spki);
  if (!verifier) return usage_error(verifier.error());
  const std::string algorithm(crypto::to_string((*verifier)->algorithm())), id = (*verifier)->key_id().hex();
  print(json ? nlohmann::ordered_json{{"algorithm", algorithm}, {"key_id", id}, {"spki", to_base64(*spki)}}.dump() + "\n"
             : "algorithm " + algorithm + "\nkey_id " + id + "\nspki " + to_base64(*spki) + "\n");
  return kOk;
}

void add_inspect(CLI::App& parent, Run& run) {
  struct Options {
    std::string file;
    bool json = false;
  };
  const auto o = std::make_shared<Options>();
  auto* app = parent.add_subcommand("inspect", "Show algorithm, key id and public key of a private or public PEM file");
  app->add_option("FILE", o->file, "PEM file")->required();
  app->add_flag("--json", o->json, "Print the same as JSON");
  app->footer("The line `spki` is what a key statement holds.\nExample: ustp keys inspect gateway.pem.pub.pem");
  app->callback([o, &run] { run = [o] { return inspect(o->file, o->json); }; });
}

}  // namespace

void add_keys(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("keys", "Signing keys: make and inspect");
  app->require_subcommand(1);
  add_new(*app, run);
  add_inspect(*app, run);
}

}  // namespace ustp::cli
