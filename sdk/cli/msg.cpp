// ustp msg decode|encode|verify|sign: messages and frames between gateways, taken apart and put together by hand.
#include <CLI/CLI.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "sdk/cli/shown.hpp"
#include "sdk/cli/trust.hpp"
#if __has_include("ustp/wire/json_message.hpp")  // where this edition has the JSON binding
#include "ustp/wire/json_message.hpp"
#define USTP_CLI_HAS_JSON_BINDING
#endif

namespace ustp::cli {
namespace {

constexpr std::size_t kMaxFrame = 64u << 20;

Result<Bytes> read_octets(const std::string& file, bool hex) {
  USTP_TRY(auto octets, read_file(file, hex ? 2 * kMaxFrame : kMaxFrame));
  if (!hex) return octets;
  std::string text;
  for (const auto c : as_text(octets))
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') text += c;
  auto out = from_hex(text);
  if (!out) return Error{out.error().code, file + ": " + out.error().detail};
  return out;
}

struct File {
  std::string path;
  bool hex = false;
};
void add_file(CLI::App& app, File& file, const char* what) {
  app.add_option("FILE", file.path, what)->required();
  app.add_flag("--hex", file.hex, "The file is hexadecimal text");
}

// A frame says that it is one by its first octets; anything else is taken for a message.
int decode(const File& file) {
  const auto octets = read_octets(file.path, file.hex);
  if (!octets) return usage_error(octets.error());
  const auto kind = wire::frame_kind(*octets);
  const bool message = !kind && kind.error().code == Code::frame_magic;
  const auto shown = message ? message_as_json(*octets) : frame_as_json(*octets);
  if (!shown) return complain({shown.error().code, file.path + ": " + shown.error().detail});
  print(*shown);
  return kOk;
}

#ifdef USTP_CLI_HAS_JSON_BINDING
// The same message in the other encoding: JSON begins with a brace, the octets of a buffer never do at that place.
Result<Bytes> in_other_encoding(const File& file) {
  USTP_TRY(const auto octets, read_octets(file.path, file.hex));
  if (!octets.empty() && octets.front() == '{') {
    USTP_TRY(const auto message, wire::decode_json(octets));
    return wire::encode(message);
  }
  USTP_TRY(const auto message, wire::decode(octets));
  return wire::encode_json(message);
}

int encode(const File& file, const std::string& out) {
  const auto octets = in_other_encoding(file);
  if (!octets) return complain({octets.error().code, file.path + ": " + octets.error().detail});
  if (auto done = write_new_file(out, *octets, 0644); !done) return usage_error(done.error());
  print(wire::message_hash(*octets).hex() + "\n");
  return kOk;
}

void add_encode(CLI::App& parent, Run& run) {
  const auto file = std::make_shared<File>();
  const auto out = std::make_shared<std::string>();
  auto* app = parent.add_subcommand("encode", "Write a message in the other encoding: JSON as FlatBuffers, FlatBuffers as JSON");
  add_file(*app, *file, "A message: canonical JSON (spec/03c) or octets; - reads stdin");
  app->add_option("--out", *out, "Where the message goes; an existing file is never replaced")->required();
  app->footer("Prints the new message's hash.\nExample: ustp msg encode proposal.json --out proposal.msg");
  app->callback([file, out, &run] { run = [file, out] { return encode(*file, *out); }; });
}
#endif

// Whoever signed, by one key; or whoever may, by the statements.
Result<wire::KeyLookup> keys_of(const std::string& key, const Trust& trust) {
  if (key.empty()) {
    USTP_TRY(auto folded, registry_of(trust));
    const auto registry = std::make_shared<const protocol::Registry>(std::move(folded));
    return wire::KeyLookup([registry](const GatewayId& gateway, const KeyId& id) { return registry->key(gateway, id); });
  }
  USTP_TRY(const auto pem, read_file(key, kMaxKeyFile));
  USTP_TRY(const auto spki, crypto::spki_from_pem(as_text(pem)));
  USTP_TRY(auto made, crypto::make_verifier(spki));
  const std::shared_ptr<const crypto::Verifier> verifier = std::move(made);
  return wire::KeyLookup([verifier](const GatewayId&, const KeyId& id) -> Result<std::shared_ptr<const crypto::Verifier>> {
    if (verifier->key_id() != id) return Error{Code::unknown_key, "signed by " + id.hex()};
    return verifier;
  });
}

// As its receiver would, taking the place in the channel from the frame itself.
Result<std::string> verified(BytesView frame, const wire::KeyLookup& keys) {
  USTP_TRY(const auto kind, wire::frame_kind(frame));
  if (kind == wire::FrameKind::kHello) {
    USTP_TRY(const auto hello, wire::receive_hello(frame, keys));
    return "hello of " + hello.sender.str() + " to " + hello.recipient.str() + " at " + to_rfc3339(hello.time) + ", " +
           std::to_string(hello.statements) + " statements";
  }
  if (kind != wire::FrameKind::kBatch) return Error{Code::unknown_tag, "only batches and hellos are signed by gateways; for statements: ustp statement verify"};
  USTP_TRY(const auto batch, wire::parse_batch(frame));
  const auto& h = batch.header;
  if (h.sequence == 0) return Error{Code::sequence_gap, "0"};
  USTP_TRY(const auto received, wire::receive_batch(frame, {h.sender, h.recipient, h.channel, {h.sequence - 1, h.previous}}, keys));
  std::string out = "batch " + std::to_string(h.sequence) + " of " + h.sender.str() + " to " + h.recipient.str();
  for (const auto& item : received.items) {
    USTP_TRY(const auto message, wire::decode(item.octets));
    out += "\n" + std::string(to_string(message.type())) + " " + message.transfer.hex();
  }
  return out;
}

int verify(const File& file, const std::string& key, const Trust& trust) {
  if (key.empty() == trust.log.empty())
    return usage_error({Code::missing_field, "give --key, or --log with --authority and --authority-key"});
  const auto frame = read_octets(file.path, file.hex);
  if (!frame) return usage_error(frame.error());
  const auto keys = keys_of(key, trust);
  if (!keys) return complain(keys.error());
  const auto told = verified(*frame, *keys);
  if (!told) return complain({told.error().code, file.path + ": " + told.error().detail});
  print("verified: " + *told + "\n");
  return kOk;
}

struct SignOptions {
  std::string key, from, to, previous, time, out;
  std::uint32_t channel = 0;
  std::uint64_t sequence = 1;
  std::vector<std::string> files;
};

Result<wire::BatchHeader> header_of(const SignOptions& o) {
  wire::BatchHeader header;
  USTP_TRY(header.sender, GatewayId::parse(o.from));
  USTP_TRY(header.recipient, GatewayId::parse(o.to));
  header.channel = o.channel;
  header.sequence = o.sequence;
  if (!o.previous.empty()) {
    USTP_TRY(header.previous, Hash256::from_hex(o.previous));
  }
  if ((o.sequence == 1) != o.previous.empty()) return Error{Code::chain_broken, "--previous goes with every batch but the first"};
  header.time = SystemClock().now();
  if (!o.time.empty()) {
    USTP_TRY(header.time, parse_rfc3339(o.time));
  }
  return header;
}

Result<std::string> sign(const SignOptions& o) {
  USTP_TRY(auto signer, crypto::load_signer_file(o.key));
  USTP_TRY(auto header, header_of(o));
  SystemRandom random;
  std::vector<wire::OutgoingMessage> messages;
  for (const auto& file : o.files) {
    wire::OutgoingMessage message{random.id<Salt>(), {}};
    USTP_TRY(message.octets, read_file(file, wire::FrameLimits{}.message_octets));
    if (const auto read = wire::decode(message.octets); !read) return Error{read.error().code, file + ": " + read.error().detail};
    messages.push_back(std::move(message));
  }
  USTP_TRY(const auto frame, wire::seal_batch(std::move(header), messages, *signer));
  USTP_CHECK(write_new_file(o.out, frame, 0644));
  USTP_TRY(const auto made, wire::parse_batch(frame));
  return wire::header_hash(made.header).hex();
}

void add_decode(CLI::App& parent, Run& run) {
  const auto file = std::make_shared<File>();
  auto* app = parent.add_subcommand("decode", "Print a message or a frame as JSON; no signature is checked");
  add_file(*app, *file, "Octets of a message, a batch, an acknowledgement or a statement frame; - reads stdin");
  app->footer("Exit codes: 0 readable, 1 refused, 2 the file cannot be read.\nExample: ustp msg decode gw-a-17-refused.frame");
  app->callback([file, &run] { run = [file] { return decode(*file); }; });
}

void add_verify_frame(CLI::App& parent, Run& run) {
  const auto file = std::make_shared<File>();
  const auto key = std::make_shared<std::string>();
  auto* app = parent.add_subcommand("verify", "Check a gateway's batch or hello: structure, root, signature, every message's form");
  add_file(*app, *file, "The frame; - reads stdin");
  app->add_option("--key", *key, "Public key of the gateway (PEM); or, with the three below, whoever the statements name");
  const auto trust = add_trust(*app, false);
  app->footer(
      "The place in the channel is taken from the frame. Exit codes: 0 verified, 1 refused, 2 wrong use.\n"
      "Example: ustp msg verify gw-a-17-taken.frame --key gateway.pub.pem");
  app->callback([file, key, trust, &run] { run = [=] { return verify(*file, *key, *trust); }; });
}

void add_sign_batch(CLI::App& parent, Run& run) {
  const auto o = std::make_shared<SignOptions>();
  auto* app = parent.add_subcommand("sign", "Put messages into one signed batch");
  app->add_option("--key", o->key, "The gateway's private key (PKCS#8 PEM)")->required();
  app->add_option("--from", o->from, "Gateway that sends")->required();
  app->add_option("--to", o->to, "Gateway that receives")->required();
  app->add_option("--channel", o->channel, "Shard; default 0")->check(CLI::Range(0u, 65535u));
  app->add_option("--sequence", o->sequence, "Number of the batch; default 1")->check(CLI::Range(std::uint64_t{1}, UINT64_MAX));
  app->add_option("--previous", o->previous, "Header hash of the batch before, hexadecimal; not for the first");
  app->add_option("--time", o->time, "RFC 3339 instant; default: now");
  app->add_option("--out", o->out, "Where the frame goes; an existing file is never replaced")->required();
  app->add_option("MESSAGE", o->files, "Octets of one message each")->required();
  app->footer("Prints the header hash, which is --previous of the next one.\n"
              "Example: ustp msg sign --key gateway.pem --from gw-a --to gw-b --out first.frame proposal.msg");
  app->callback([o, &run] {
    run = [o] {
      const auto hash = sign(*o);
      if (!hash) return complain(hash.error());
      print(*hash + "\n");
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace

void add_msg(CLI::App& root, Run& run) {
  auto* app = root.add_subcommand("msg", "Messages and frames between gateways: decode, verify, sign");
  app->require_subcommand(1);
  add_decode(*app, run);
#ifdef USTP_CLI_HAS_JSON_BINDING
  add_encode(*app, run);
#endif
  add_verify_frame(*app, run);
  add_sign_batch(*app, run);
}

}  // namespace ustp::cli
