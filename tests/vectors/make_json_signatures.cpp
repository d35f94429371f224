// Signed JSON messages: what a receiver takes, and what it must not.
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/json_edit.hpp"
#include "tests/vectors/keys.hpp"
#include "tests/vectors/maker.hpp"
#include "ustp/wire/json_signature.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
using crypto::Algorithm;
namespace samples = wire::samples;

class Signatures {
 public:
  explicit Signatures(Maker& m)
      : m_(m), a_(named_signer("gw-a", Algorithm::kEs256)), b_(named_signer("gw-b", Algorithm::kEd25519)),
        payload_(json_sample(7)) {}

  void accepted();
  void places();
  void forms();
  void headers();
  void algorithms();
  void signatures();
  void alone();

 private:
  JsonHeader header(std::uint64_t sequence = 1) const {
    JsonHeader h;
    h.sender = GatewayId::literal("gw-a");
    h.recipient = GatewayId::literal("gw-b");
    h.sequence = sequence;
    if (sequence > 1) h.previous = samples::id<Hash256>(77);
    h.key = a_->key_id();
    h.time = {1'800'000'000'000'000'000};
    return h;
  }
  ChannelHead head(std::uint64_t sequence = 0) const {
    return {sequence, sequence == 0 ? Hash256() : samples::id<Hash256>(77)};
  }
  std::string header_text() const { return std::string(as_text(json_header_octets(header()))); }
  List keys() const {
    const auto key = [](const crypto::Signer& s) { return Members{{"gateway", "gw-a"}, {"spki", to_hex(s.spki())}}; };
    return {key(*a_), key(*b_)};
  }
  Value input(const std::string& jws, ChannelHead expected = {}, const char* sender = "gw-a",
              const char* recipient = "gw-b", int channel = 0) const {
    constexpr std::size_t kLong = 8192;  // shorter as octets and how often
    return Members{jws.size() > kLong ? std::pair<std::string, Value>("octets", octets_value(as_bytes(jws)))
                                      : std::pair<std::string, Value>("jws", jws),
                   {"sender", sender},
                   {"recipient", recipient},
                   {"channel", channel},
                   {"head", Members{{"sequence", decimal(expected.sequence)}, {"hash", hex(expected.hash)}}},
                   {"keys", keys()}};
  }
  std::string seal(const JsonHeader& h, const std::string& payload) const {
    return seal_json(h, as_bytes(payload), *a_).value();
  }
  // Signs any header text over any payload.
  std::string any(const std::string& header, const std::string& payload, crypto::Signer& signer) const {
    const std::string in = to_base64url(as_bytes(header)) + "." + to_base64url(as_bytes(payload));
    return in + "." + to_base64url(signer.sign(as_bytes(in)).value());
  }
  std::string any(const std::string& header) const { return any(header, payload_, *a_); }
  void flawed(const std::string& flaw, const std::string& jws, const char* code) { m_.flawed(flaw, input(jws), code); }
  // A signed header with one member changed.
  void member(const std::string& flaw, const std::string& pointer, const std::string& value, const char* code) {
    flawed(flaw, any(with_member(header_text(), pointer, value)), code);
  }

  Maker& m_;
  std::unique_ptr<crypto::Signer> a_, b_;
  const std::string payload_;
};

void Signatures::accepted() {
  m_.about("json_signed", {"USTP-JSN-040", "USTP-JSN-041", "USTP-JSN-042", "USTP-JSN-043", "USTP-JSN-044",
           "USTP-SAT-001"});
  for (int type = 1; type <= 17; ++type)
    m_.valid(std::string(to_string(static_cast<MessageType>(type))) + ", signed",
             input(seal(header(), json_sample(type))));
  m_.valid("the next one", input(seal(header(6), payload_), head(5)));
  JsonHeader h = header();
  h.channel = UINT32_MAX;
  m_.valid("another channel", Members{{"jws", seal(h, payload_)}, {"sender", "gw-a"}, {"recipient", "gw-b"},
                                      {"channel", static_cast<std::int64_t>(UINT32_MAX)},
                                      {"head", Members{{"sequence", "0"}, {"hash", hex(Hash256())}}},
                                      {"keys", keys()}});
  h = header();
  h.version_minor = 65535;
  m_.valid("a later minor version", input(seal(h, payload_)));
  h = header(UINT64_MAX);
  h.time = {INT64_MAX};
  m_.valid("the last sequence there is", input(seal(h, payload_), head(UINT64_MAX - 1)));
  h = header();
  h.time = {INT64_MIN};
  m_.valid("the first time there is", input(seal(h, payload_)));
  h.time = {};
  m_.valid("the time zero", input(seal(h, payload_)));
  h = header();
  h.sender = GatewayId::literal(std::string(64, 'a'));
  h.recipient = GatewayId::literal(std::string(64, 'b'));
  Value in = Members{{"jws", seal(h, payload_)}, {"sender", h.sender.str()}, {"recipient", h.recipient.str()},
                     {"channel", 0},
                     {"head", Members{{"sequence", "0"}, {"hash", hex(Hash256())}}},
                     {"keys", List{Members{{"gateway", h.sender.str()}, {"spki", to_hex(a_->spki())}}}}};
  m_.valid("ids as long as they may be", in);
}

void Signatures::places() {
  m_.about("json_signed", {"USTP-JSN-043", "USTP-JSN-044"});
  const std::string first = seal(header(), payload_), sixth = seal(header(6), payload_);
  m_.flawed("of another sender", input(first, {}, "gw-c"), "wrong_channel");
  m_.flawed("for another recipient", input(first, {}, "gw-a", "gw-c"), "wrong_channel");
  m_.flawed("its own sender's", input(first, {}, "gw-a", "gw-a"), "wrong_channel");
  m_.flawed("of another channel", input(first, {}, "gw-a", "gw-b", 1), "wrong_channel");
  m_.flawed("a gap", input(sixth, head(4)), "sequence_gap");
  m_.flawed("a gap at the beginning", input(sixth), "sequence_gap");
  m_.flawed("another message before", input(sixth, {5, samples::id<Hash256>(78)}), "chain_broken");
  const Hash256 own = parse_json_signed(sixth)->signed_hash;
  m_.about("json_signed", {"USTP-JSN-045"});
  m_.flawed("again", input(sixth, {6, own}), "sequence_replayed");
  m_.flawed("an older one", input(sixth, {9, samples::id<Hash256>(79)}), "sequence_replayed");
  m_.flawed("two at one sequence", input(sixth, {6, samples::id<Hash256>(79)}), "equivocation");
  const auto cut = sixth.rfind('.') + 1;
  const std::string unsigned_one = sixth.substr(0, cut) + to_base64url(Bytes(64, 1));
  m_.flawed("two at one sequence, one not signed", input(unsigned_one, {6, samples::id<Hash256>(79)}), "bad_signature");
}

void Signatures::forms() {
  m_.about("json_signed", {"USTP-JSN-040"});
  const std::string good = seal(header(), payload_);
  const auto dot = good.find('.'), last = good.rfind('.');
  const std::string head = good.substr(0, dot), body = good.substr(dot + 1, last - dot - 1);
  const std::string tail = good.substr(last + 1);
  flawed("nothing", "", "jws_form");
  flawed("one part", head, "jws_form");
  flawed("two parts", head + "." + body, "jws_form");
  flawed("four parts", good + ".", "jws_form");
  flawed("five parts: a JWE", good + ".." , "jws_form");
  flawed("no header", "." + body + "." + tail, "jws_form");
  flawed("no payload: a detached one", head + ".." + tail, "jws_form");
  flawed("the flattened serialisation", R"({"payload":")" + body + R"(","protected":")" + head + R"(","signature":")" +
         tail + R"("})", "jws_form");
  flawed("the JSON itself", payload_, "jws_form");
  flawed("the JSON as its payload, not encoded", head + "." + payload_ + "." + tail, "base64_form");
  flawed("padding behind the header", head + "=." + body + "." + tail, "base64_form");
  flawed("padding behind the payload", head + "." + body + "=." + tail, "base64_form");
  flawed("padding behind the signature", good + "==", "base64_form");
  flawed("a line feed behind", good + "\n", "base64_form");
  flawed("a space in front", " " + good, "base64_form");
  flawed("a line feed in the payload", head + "." + body.substr(0, 64) + "\n" + body.substr(64) + "." + tail,
         "base64_form");
  flawed("the other alphabet", head + "." + "+" + body.substr(1) + "." + tail, "base64_form");
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string loose = good;
  loose.back() = alphabet[alphabet.find(good.back()) + 1];
  flawed("bits behind the last octet of the signature", loose, "base64_form");
  flawed("a signature of one letter", head + "." + body + ".A", "base64_form");
  flawed("a payload beyond any bound", head + "." + std::string(300'000, 'A') + "." + tail, "too_long");
  flawed("a header of more than 512 octets", any(header_text() + std::string(512, ' ')), "too_long");
  flawed("a signature of 129 octets", head + "." + body + "." + to_base64url(Bytes(129, 1)), "too_long");
}

void Signatures::headers() {
  m_.about("json_signed", {"USTP-JSN-041"});
  member("crit", "/crit", "[\"b64\"]", "jws_header");
  member("b64 = false", "/b64", "false", "jws_header");
  // Whoever takes the key from the message takes anybody's.
  const auto stranger = named_signer("stranger", Algorithm::kEs256);
  const BytesView point = BytesView(stranger->spki()).last(64);
  const std::string jwk = R"({"crv":"P-256","kty":"EC","x":")" + to_base64url(point.first(32)) + R"(","y":")" +
                          to_base64url(point.last(32)) + R"("})";
  const std::string named = with_member(header_text(), "/kid", quoted(stranger->key_id().hex()));
  flawed("an embedded key that signed", any(with_member(named, "/jwk", jwk), payload_, *stranger), "jws_header");
  member("an embedded key that did not sign", "/jwk", jwk, "jws_header");
  member("a place of a key", "/jku", "\"https://x/k\"", "jws_header");
  member("a certificate", "/x5c", "[\"AA\"]", "jws_header");
  member("a place of a certificate", "/x5u", "\"https://x/c\"", "jws_header");
  member("a thumbprint", "/x5t#S256", "\"AA\"", "jws_header");
  member("a content type", "/cty", "\"satp+json\"", "jws_header");
  member("compression", "/zip", "\"DEF\"", "jws_header");
  member("a member of one's own", "/x", "1", "jws_header");
  member("a member of one's own inside", "/ustp/x", "1", "jws_header");
  for (const char* pointer : {"/alg", "/kid", "/typ", "/ustp", "/ustp/version", "/ustp/sender", "/ustp/recipient",
                              "/ustp/channel", "/ustp/sequence", "/ustp/previous", "/ustp/time"}) {
    flawed(std::string(pointer) + " absent", any(without_member(header_text(), pointer)), "missing_field");
    member(std::string(pointer) + " is null", pointer, "null", "json_type");
  }
  member("another type of JWS", "/typ", "\"JWT\"", "json_fixed");
  member("the type in other letters", "/typ", "\"USTP+JWS\"", "json_fixed");
  member("major version 2", "/ustp/version", "\"2.0\"", "frame_version");
  member("version 1", "/ustp/version", "\"1\"", "malformed_text");
  member("version 01.0", "/ustp/version", "\"01.0\"", "malformed_text");
  member("version 1.65536", "/ustp/version", "\"1.65536\"", "out_of_range");
  member("sequence 0", "/ustp/sequence", "\"0\"", "out_of_range");
  member("a sequence as a number", "/ustp/sequence", "1", "json_type");
  member("sequence 01", "/ustp/sequence", "\"01\"", "malformed_text");
  member("a sequence of more than 64 bits", "/ustp/sequence", "\"18446744073709551616\"", "out_of_range");
  member("a channel of more than 32 bits", "/ustp/channel", "4294967296", "out_of_range");
  member("a channel as a text", "/ustp/channel", "\"0\"", "json_type");
  member("a sender with a space", "/ustp/sender", "\"gw a\"", "invalid_character");
  member("no sender", "/ustp/sender", "\"\"", "missing_field");
  member("a recipient of 65 characters", "/ustp/recipient", quoted(std::string(65, 'b')), "too_long");
  member("a previous message before the first", "/ustp/previous", quoted(std::string(64, 'a')), "chain_broken");
  member("a previous message of 31 octets", "/ustp/previous", quoted(std::string(62, '0')), "malformed_text");
  member("a time that is none", "/ustp/time", "\"yesterday\"", "invalid_time");
  member("a time with zeros behind", "/ustp/time", "\"2027-01-15T08:00:00.0Z\"", "json_not_canonical");
  member("a key id in upper case", "/kid", quoted(std::string(64, 'A')), "json_not_canonical");
  member("a key id in base64url", "/kid", quoted(std::string(43, 'A')), "malformed_text");
  m_.about("json_signed", {"USTP-JSN-012", "USTP-JSN-014", "USTP-JSN-015", "USTP-JSN-041"});
  const std::string h = header_text();
  flawed("a header that is a list", any("[]"), "json_invalid");
  flawed("a header with a space", any(" " + h), "json_invalid");
  flawed("a header with a space inside", any(with_text(h, ",\"kid\"", ", \"kid\"")), "json_not_canonical");
  flawed("a header in another order",
         any(with_text(with_text(h, "\"alg\":\"ES256\",", ""), "\"typ\"", "\"alg\":\"ES256\",\"typ\"")),
         "json_not_canonical");
  flawed("an algorithm escaped", any(with_text(h, "\"ES256\"", "\"E\\u0053256\"")), "json_not_canonical");
  flawed("two algorithms", any(with_text(h, "\"alg\":\"ES256\"", "\"alg\":\"none\",\"alg\":\"ES256\"")),
         "duplicate_field");
  flawed("two algorithms, the other way", any(with_text(h, "\"alg\":\"ES256\"", "\"alg\":\"ES256\",\"alg\":\"none\"")),
         "duplicate_field");
  flawed("two keys", any(with_text(h, "\"kid\":", "\"kid\":\"00\",\"kid\":")), "duplicate_field");
  flawed("two senders", any(with_text(h, "\"sender\":\"gw-a\"", "\"sender\":\"gw-a\",\"sender\":\"gw-c\"")),
         "duplicate_field");
  flawed("a channel of 1e400", any(with_text(h, "\"channel\":0", "\"channel\":1e400")), "json_number");
  flawed("a channel of 0.0", any(with_text(h, "\"channel\":0", "\"channel\":0.0")), "json_number");
  flawed("a channel three deep", any(with_text(h, "\"channel\":0", "\"channel\":[0]")), "nesting_too_deep");
}

void Signatures::algorithms() {
  m_.about("json_signed", {"USTP-JSN-042"});
  const auto with_alg = [this](const std::string& name) { return with_member(header_text(), "/alg", quoted(name)); };
  for (const char* name : {"none", "None", "NONE", "HS256", "HS512", "RS256", "PS256", "ES384", "ES512", "ES256K",
                           "EdDSA", "es256", ""})
    flawed(std::string("algorithm \"") + name + "\"", any(with_alg(name)), "jws_algorithm");
  // The public key as a secret, as it is and as people have it in files.
  const std::string mac = to_base64url(as_bytes(with_alg("HS256"))) + "." + to_base64url(as_bytes(payload_));
  const std::string pem = crypto::spki_to_pem(a_->spki());
  flawed("HS256 with the public key", mac + "." + to_base64url(hmac_sha256(a_->spki(), as_bytes(mac))),
         "jws_algorithm");
  flawed("HS256 with the public key in PEM", mac + "." + to_base64url(hmac_sha256(as_bytes(pem), as_bytes(mac))),
         "jws_algorithm");
  const std::string said = to_base64url(as_bytes(header_text())) + "." + to_base64url(as_bytes(payload_));
  flawed("ES256 said, a MAC with the public key", said + "." + to_base64url(hmac_sha256(a_->spki(), as_bytes(said))),
         "bad_signature");
  const std::string none = to_base64url(as_bytes(with_alg("none"))) + "." + to_base64url(as_bytes(payload_)) + ".";
  flawed("no algorithm and no signature", none, "jws_algorithm");
  flawed("EdDSA with a registered Ed25519 key", any(with_member(with_alg("EdDSA"), "/kid", quoted(b_->key_id().hex())),
         payload_, *b_),
         "jws_algorithm");
  flawed("ES256 said, signed with a registered Ed25519 key",
         any(with_member(header_text(), "/kid", quoted(b_->key_id().hex())), payload_, *b_), "bad_key");
  const auto stranger = named_signer("stranger", Algorithm::kEs256);
  flawed("a key that nobody registered", any(with_member(header_text(), "/kid", quoted(stranger->key_id().hex())),
         payload_, *stranger),
         "unknown_key");
  flawed("another key than it names", any(header_text(), payload_, *stranger), "bad_signature");
}

void Signatures::signatures() {
  m_.about("json_signed", {"USTP-JSN-042", "USTP-MSG-013"});
  const std::string good = seal(header(), payload_);
  const auto dot = good.find('.'), last = good.rfind('.');
  const std::string input = good.substr(0, last + 1);
  const Bytes signature = from_base64url(good.substr(last + 1)).value();
  const auto with = [&](const Bytes& other) { return input + to_base64url(other); };
  flawed("no signature", input, "bad_signature");
  flawed("a signature of zeros", with(Bytes(64, 0)), "bad_signature");
  flawed("a signature of 63 octets", with(Bytes(signature.begin(), signature.end() - 1)), "bad_signature");
  Bytes changed = signature;
  changed.push_back(0);
  flawed("a signature of 65 octets", with(changed), "bad_signature");
  flawed("a signature in DER", with(crypto::ecdsa_der_from_raw(signature).value()), "bad_signature");
  flawed("the other s", with(with_high_s(signature)), "bad_signature");
  changed = signature;
  changed[10] ^= 1;
  flawed("a bit of the signature", with(changed), "bad_signature");
  const auto order = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  changed = signature;
  std::copy(order.begin(), order.end(), changed.begin());
  flawed("r is the order of the group", with(changed), "bad_signature");
  // Signed is the pair: neither another payload under this header nor another header over this payload.
  const std::string other = to_base64url(as_bytes(json_sample(6)));
  flawed("another payload", good.substr(0, dot + 1) + other + good.substr(last), "bad_signature");
  JsonHeader later = header();
  later.time = {1'800'000'000'000'000'001};
  flawed("another time in the header", to_base64url(json_header_octets(later)) + good.substr(dot), "bad_signature");
  const std::string raw = header_text() + "." + payload_;
  flawed("signed over the octets that are not encoded", input + to_base64url(a_->sign(as_bytes(raw)).value()),
         "bad_signature");
  flawed("signed over the payload alone", input + to_base64url(a_->sign(as_bytes(payload_)).value()), "bad_signature");
}

// A signed JSON message in evidence: the same parts, apart.
void Signatures::alone() {
  m_.about("proven", {"USTP-JSN-032"});
  const std::string jws = seal(header(6), json_sample(1));
  const JsonSigned held = parse_json_signed(jws).value();
  const auto shown = [this](const ProvenMessage& p) {
    List path;
    for (const auto& hash : p.proof.path) path.emplace_back(hex(hash));
    return Members{{"octets", octets_value(p.octets)}, {"salt", hex(p.salt)}, {"index", small(p.proof.index)},
                   {"count", small(p.proof.count)}, {"path", path}, {"batch_header", octets_value(p.batch_header)},
                   {"signature", octets_value(p.signature)}, {"keys", keys()}};
  };
  const ProvenMessage good = proven_json(held);
  m_.valid("a signed JSON message alone", shown(good));
  const auto change = [&](const char* flaw, const char* code, const std::function<void(ProvenMessage&)>& edit) {
    ProvenMessage p = good;
    edit(p);
    m_.flawed(flaw, shown(p), code);
  };
  change("a salt beside a JWS", "bad_proof", [](auto& p) { p.salt = samples::id<Salt>(1); });
  change("a count of two beside a JWS", "bad_proof", [](auto& p) { p.proof.count = 2; });
  change("an index beside a JWS", "bad_proof", [](auto& p) { p.proof = {1, 2, {}}; });
  change("a path beside a JWS", "bad_proof", [](auto& p) { p.proof.path.push_back(samples::id<Hash256>(1)); });
  change("another payload alone", "bad_signature", [](auto& p) { p.octets[5] ^= 1; });
  change("another algorithm alone", "jws_algorithm", [](auto& p) {
    const std::string h = with_member(std::string(as_text(p.batch_header)), "/alg", "\"none\"");
    p.batch_header.assign(h.begin(), h.end());
  });
  change("a signature cut alone", "bad_signature", [](auto& p) { p.signature.pop_back(); });
}

}  // namespace

Maker make_json_signatures() {
  Maker m("json-signatures", "Signed JSON messages (chapter 03c).");
  Signatures signatures(m);
  signatures.accepted();
  signatures.places();
  signatures.forms();
  signatures.headers();
  signatures.algorithms();
  signatures.signatures();
  signatures.alone();
  return m;
}

}  // namespace ustp::vectors
