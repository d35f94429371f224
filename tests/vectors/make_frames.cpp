// Batches, hellos, acknowledgements, and one message alone.
#include "sdk/src/wire/octets.hpp"
#include "tests/unit/wire/samples.hpp"
#include "tests/vectors/keys.hpp"
#include "tests/vectors/maker.hpp"
#include "tests/vectors/patch.hpp"

namespace ustp::vectors {
namespace {

using namespace wire;
using crypto::Algorithm;
namespace samples = wire::samples;

// Any content under any signature: what no sealer would make.
Bytes assemble(FrameKind kind, BytesView content, BytesView signature, std::span<const OutgoingMessage> items) {
  Writer w;
  w.octets(as_bytes("USTP"));
  w.integer(static_cast<std::uint8_t>(kind));
  w.integer(std::uint8_t{0});
  w.integer(static_cast<std::uint16_t>(content.size()));
  w.integer(static_cast<std::uint16_t>(signature.size()));
  w.integer(std::uint16_t{0});
  w.integer(std::uint32_t{0});
  w.octets(content);
  w.octets(signature);
  w.pad8();
  for (const auto& item : items) {
    w.integer(static_cast<std::uint32_t>(item.octets.size()));
    w.integer(std::uint32_t{0});
    w.octets(item.salt.view());
    w.octets(item.octets);
    w.pad8();
  }
  return w.take();
}

std::vector<OutgoingMessage> messages(std::size_t count) {
  const auto all = samples::all(false);
  std::vector<OutgoingMessage> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({samples::id<Salt>(static_cast<std::uint8_t>(100 + i)), encode(all[i % all.size()])});
  return out;
}

class Frames {
 public:
  explicit Frames(Maker& m)
      : m_(m), a_(named_signer("gw-a", Algorithm::kEs256)), b_(named_signer("gw-b", Algorithm::kEd25519)) {}

  void batches();
  void flawed_headers();
  void flawed_octets();
  void flawed_signatures();
  void hellos();
  void flawed_hellos();
  void acknowledgements();
  void alone();

 private:
  BatchHeader header(std::uint64_t sequence = 1) const {
    BatchHeader h;
    h.sender = GatewayId::literal("gw-a");
    h.recipient = GatewayId::literal("gw-b");
    h.sequence = sequence;
    if (sequence > 1) h.previous = samples::id<Hash256>(77);
    h.time = {1'800'000'000'000'000'000};
    return h;
  }
  ChannelHead head(std::uint64_t sequence = 0) const {
    return {sequence, sequence == 0 ? Hash256() : samples::id<Hash256>(77)};
  }
  List keys() const {
    return {Members{{"gateway", "gw-a"}, {"spki", to_hex(a_->spki())}}, Members{{"gateway", "gw-b"}, {"spki", to_hex(b_->spki())}}};
  }
  Value input(const Bytes& frame, ChannelHead expected, const char* sender = "gw-a", const char* recipient = "gw-b",
              int channel = 0) const {
    return Members{{"frame", octets_value(frame)},
                   {"sender", sender},
                   {"recipient", recipient},
                   {"channel", channel},
                   {"head", Members{{"sequence", decimal(expected.sequence)}, {"hash", expected.hash.hex()}}},
                   {"keys", keys()}};
  }
  // A frame whose header was changed after root and count were filled in, and signed as changed.
  Bytes signed_with(const std::function<void(BatchHeader&)>& change, std::size_t count = 2, std::uint64_t sequence = 1) {
    const auto items = messages(count);
    const Bytes frame = seal_batch(header(sequence), items, *a_).value();
    BatchHeader h = parse_batch(frame)->header;
    change(h);
    const Bytes content = header_octets(h);
    return assemble(FrameKind::kBatch, content, a_->sign(content).value(), items);
  }
  Bytes good(std::size_t count = 2, std::uint64_t sequence = 1) { return signed_with([](auto&) {}, count, sequence); }

  Hello hello() const {
    Hello h;
    h.sender = GatewayId::literal("gw-b");
    h.recipient = GatewayId::literal("gw-a");
    h.sent = {7, samples::id<Hash256>(70)};
    h.received = {9, samples::id<Hash256>(90)};
    h.statements = 12;
    h.statement_head = samples::id<Hash256>(12);
    h.time = {1'800'000'000'000'000'000};
    return h;
  }
  Value hello_input(const Bytes& frame) const { return Members{{"frame", octets_value(frame)}, {"keys", keys()}}; }

  Maker& m_;
  std::unique_ptr<crypto::Signer> a_, b_;
};

void Frames::batches() {
  m_.about("batch", {"USTP-MSG-001", "USTP-MSG-003", "USTP-MSG-004", "USTP-MSG-005", "USTP-MSG-007"});
  for (const std::size_t count : {1u, 2u, 3u, 5u, 8u, 17u})
    m_.valid("the first batch, " + std::to_string(count) + " messages", input(good(count), head()));
  m_.about("batch", {"USTP-MSG-006"});
  for (const std::uint64_t sequence : {std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{1'000'000}, UINT64_MAX})
    m_.valid("batch " + std::to_string(sequence), input(good(2, sequence), head(sequence - 1)));
  m_.about("batch", {"USTP-VER-001"});
  m_.valid("a later minor version", input(signed_with([](auto& h) { h.version_minor = 9; }), head()));
  m_.about("batch", {"USTP-MSG-001"});
  m_.valid("channel 65535", input(signed_with([](auto& h) { h.channel = 65535; }), head(), "gw-a", "gw-b", 65535));
  const std::string longest(64, 'z');
  m_.valid("a recipient as long as it may be",
           input(signed_with([&](auto& h) { h.recipient = GatewayId::literal(longest); }), head(), "gw-a", longest.c_str()));
  m_.valid("a time before 1970", input(signed_with([](auto& h) { h.time = {-1}; }), head()));
  auto items = messages(1);
  items[0].octets.clear();
  m_.valid("a message of no octets, to be refused alone", input(seal_batch(header(), items, *a_).value(), head()));
  auto h = header();
  h.sender = GatewayId::literal("gw-b");
  h.recipient = GatewayId::literal("gw-a");
  m_.valid("signed with Ed25519", input(seal_batch(h, messages(3), *b_).value(), head(), "gw-b", "gw-a"));
}

void Frames::flawed_headers() {
  m_.about("batch", {"USTP-MSG-002", "USTP-VER-001"});
  for (const std::uint16_t major : {std::uint16_t{0}, std::uint16_t{2}, std::uint16_t{65535}})
    m_.flawed("major version " + std::to_string(major), input(signed_with([&](auto& h) { h.version_major = major; }), head()), "frame_version");
  m_.flawed("1025 messages", input(signed_with([](auto& h) { h.count = 1025; }), head()), "too_many_messages");
  m_.about("batch", {"USTP-MSG-005"});
  m_.flawed("another sender than the link's", input(good(), head(), "gw-c"), "wrong_channel");
  m_.flawed("another recipient", input(good(), head(), "gw-a", "gw-c"), "wrong_channel");
  m_.flawed("another channel", input(good(), head(), "gw-a", "gw-b", 1), "wrong_channel");
  m_.flawed("a gap", input(good(2, 3), head(1)), "sequence_gap");
  m_.flawed("a gap at the beginning", input(good(2, 2), head()), "sequence_gap");
  m_.flawed("another batch before it", input(signed_with([](auto& h) { h.previous = samples::id<Hash256>(78); }, 2, 2), head(1)), "chain_broken");
  m_.about("batch", {"USTP-MSG-006"});
  m_.flawed("batch 1 with a batch before it", input(signed_with([](auto& h) { h.previous = samples::id<Hash256>(1); }), head()), "chain_broken");
  m_.flawed("batch 2 with nothing before it", input(signed_with([](auto& h) { h.previous = {}; }, 2, 2), head(1)), "chain_broken");
  m_.about("batch", {"USTP-MSG-007"});
  m_.flawed("sequence 0", input(signed_with([](auto& h) { h.sequence = 0; }), head()), "out_of_range");
  m_.flawed("count 0", input(signed_with([](auto& h) { h.count = 0; }), head()), "out_of_range");
  m_.flawed("a zero root", input(signed_with([](auto& h) { h.root = {}; }), head()), "zero_hash");
  m_.about("batch", {"USTP-MSG-003"});
  m_.flawed("another root", input(signed_with([](auto& h) { h.root = samples::id<Hash256>(1); }), head()), "root_mismatch");
  m_.about("batch", {"USTP-MSG-001"});
  m_.flawed("a count below the items", input(signed_with([](auto& h) { h.count = 1; }), head()), "frame_trailing");
  m_.flawed("a count above the items", input(signed_with([](auto& h) { h.count = 3; }), head()), "frame_truncated");
  m_.flawed("a count far above the items", input(signed_with([](auto& h) { h.count = 1024; }), head()), "frame_truncated");
  m_.about("batch", {"USTP-MSG-010", "USTP-MSG-011"});
  const Bytes first = good();
  const Hash256 hash = crypto::sha256(parse_batch(first)->header_octets);
  m_.flawed("a batch that is here already", input(first, {1, hash}), "sequence_replayed");
  m_.flawed("another batch under the head's number", input(first, {1, samples::id<Hash256>(1)}), "equivocation");
  m_.flawed("a batch from before the head", input(first, {5, samples::id<Hash256>(1)}), "sequence_replayed");
  m_.flawed("an unsigned batch under the head's number", [&] {
    Bytes bad = first;
    bad[16 + (static_cast<std::size_t>(bad[6]) << 8 | bad[7])] ^= 1;  // the first octet of the signature
    return input(bad, {1, samples::id<Hash256>(1)});
  }(), "bad_signature");
}

void Frames::flawed_octets() {
  m_.about("batch", {"USTP-MSG-001", "USTP-MSG-002", "USTP-MSG-008"});
  const Bytes frame = good(3);
  const std::size_t content = static_cast<std::size_t>(frame[6]) << 8 | frame[7];
  const std::size_t items = (16 + content + 64 + 7) / 8 * 8;
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    Bytes bad = frame;
    bad[at] = value;
    return input(bad, head());
  };
  m_.flawed("another mark", changed(0, 'X'), "frame_magic");
  m_.flawed("kind 0", changed(4, 0), "unknown_tag");
  m_.flawed("kind 5", changed(4, 5), "unknown_tag");
  m_.flawed("a hello's kind", changed(4, 1), "unknown_tag");
  m_.flawed("octet 5 is not zero", changed(5, 1), "frame_trailing");
  m_.flawed("octet 10 is not zero", changed(10, 1), "frame_trailing");
  m_.flawed("octet 15 is not zero", changed(15, 1), "frame_trailing");
  m_.flawed("content longer than 512", changed(6, 2), "too_long");
  m_.flawed("signature longer than 128", changed(9, 129), "too_long");
  m_.flawed("padding after the signature is not zero", changed(items - 1, 1), "frame_trailing");
  m_.flawed("an item's reserved octets are not zero", changed(items + 7, 1), "frame_trailing");
  m_.flawed("an item longer than 64 KiB", changed(items + 1, 2), "too_long");
  m_.flawed("an item longer than the frame", changed(items + 2, 0xf0), "frame_truncated");
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{15}, content, items + 23, frame.size() - 8})
    m_.flawed("cut off at " + std::to_string(size), input(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)), head()), "frame_truncated");
  Bytes more = frame;
  more.resize(frame.size() + 8);
  m_.flawed("eight octets after the last item", input(more, head()), "frame_trailing");
  m_.flawed("more than 4 MiB", input(Bytes((4u << 20) + 1), head()), "frame_too_large");
  m_.about("batch", {"USTP-MSG-003"});
  m_.flawed("an octet of a message changed", changed(items + 40, static_cast<std::uint8_t>(frame[items + 40] ^ 1U)), "root_mismatch");
  m_.flawed("an octet of a salt changed", changed(items + 8, static_cast<std::uint8_t>(frame[items + 8] ^ 1U)), "root_mismatch");
}

void Frames::flawed_signatures() {
  m_.about("batch", {"USTP-MSG-004", "USTP-MSG-013", "USTP-MSG-015", "USTP-MSG-016"});
  const auto two = messages(2);
  const Bytes frame = good();
  const auto view = parse_batch(frame).value();
  const Bytes content(view.header_octets.begin(), view.header_octets.end());
  const Bytes signature(view.signature.begin(), view.signature.end());
  const auto under = [&](const Bytes& other) { return input(assemble(FrameKind::kBatch, content, other, two), head()); };
  Bytes bad = signature;
  bad[0] ^= 1;
  m_.flawed("r changed", under(bad), "bad_signature");
  m_.flawed("the other s", under(with_high_s(signature)), "bad_signature");
  m_.flawed("no signature", under({}), "bad_signature");
  m_.flawed("of another key", under(named_signer("beta", Algorithm::kEs256)->sign(content).value()), "bad_signature");
  m_.flawed("of Ed25519 under a P-256 key", under(b_->sign(content).value()), "bad_signature");
  m_.flawed("over the message instead of the header", under(a_->sign(two[0].octets).value()), "bad_signature");
  const auto c = named_signer("gamma", Algorithm::kEs256);
  m_.flawed("a key that nobody registered", input(seal_batch(header(), two, *c).value(), head()), "unknown_key");
  m_.flawed("the recipient's key", input(seal_batch(header(), two, *b_).value(), head()), "unknown_key");
}

void Frames::hellos() {
  m_.about("hello", {"USTP-MSG-001", "USTP-NET-005"});
  m_.valid("a hello", hello_input(seal_hello(hello(), *b_).value()));
  auto h = hello();
  h.sent = h.received = {};
  h.statements = 0;
  h.statement_head = {};
  m_.valid("the first hello of all", hello_input(seal_hello(h, *b_).value()));
  h = hello();
  std::swap(h.sender, h.recipient);
  m_.valid("signed with ES256", hello_input(seal_hello(h, *a_).value()));
  h = hello();
  h.version_minor = 3;
  h.channel = UINT32_MAX;
  h.sent.sequence = h.received.sequence = h.statements = UINT64_MAX;
  h.recipient = GatewayId::literal(std::string(64, 'r'));
  m_.valid("the largest numbers, a later minor version", hello_input(seal_hello(h, *b_).value()));
}

void Frames::flawed_hellos() {
  const Bytes frame = seal_hello(hello(), *b_).value();
  const std::size_t size = static_cast<std::size_t>(frame[6]) << 8 | frame[7];
  const Bytes content(frame.begin() + 16, frame.begin() + 16 + static_cast<std::ptrdiff_t>(size));
  const auto resigned = [&](const Bytes& octets) {
    return hello_input(assemble(FrameKind::kHello, octets, b_->sign(octets).value(), {}));
  };
  m_.about("hello", {"USTP-MSG-001", "USTP-MSG-002"});
  m_.flawed("another tag", resigned(with_octet(content, 0, 'X')), "frame_magic");
  m_.flawed("major version 2", resigned(with_octet(content, 13, 2)), "frame_version");
  Bytes bad = content;
  bad.push_back(0);
  m_.flawed("one octet more in the content", resigned(bad), "frame_trailing");
  bad = content;
  bad.pop_back();
  m_.flawed("one octet less in the content", resigned(bad), "frame_truncated");
  m_.flawed("a batch's kind", hello_input(with_octet(frame, 4, 2)), "unknown_tag");
  bad = frame;
  bad.push_back(0);
  m_.flawed("one octet after the frame", hello_input(bad), "frame_trailing");
  m_.flawed("cut off", hello_input(Bytes(frame.begin(), frame.end() - 8)), "frame_truncated");
  m_.flawed("nothing", hello_input({}), "frame_truncated");
  auto h = hello();
  h.sent.hash = {};
  m_.flawed("a head without a hash", hello_input(seal_hello(h, *b_).value()), "zero_hash");
  h = hello();
  h.received.sequence = 0;
  m_.flawed("a hash without a head", hello_input(seal_hello(h, *b_).value()), "zero_hash");
  m_.about("hello", {"USTP-IDN-001"});
  m_.flawed("a space in the sender", resigned(with_octet(content, 17, ' ')), "invalid_character");
  m_.about("hello", {"USTP-NET-005", "USTP-MSG-013", "USTP-MSG-016"});
  bad = frame;
  bad[16 + size] ^= 1;
  m_.flawed("signature changed", hello_input(bad), "bad_signature");
  bad = content;
  bad[bad.size() - 33] ^= 1;  // the time
  m_.flawed("time changed after signing", hello_input(assemble(FrameKind::kHello, bad, b_->sign(content).value(), {})), "bad_signature");
  m_.flawed("another gateway's key", hello_input(seal_hello(hello(), *a_).value()), "unknown_key");
  h = hello();
  h.sender = GatewayId::literal("gw-c");
  m_.flawed("a gateway without a key", hello_input(seal_hello(h, *b_).value()), "unknown_key");
}

void Frames::acknowledgements() {
  m_.about("acknowledgement", {"USTP-MSG-001", "USTP-NET-010"});
  const auto in = [](const Bytes& frame) { return Value(Members{{"frame", to_hex(frame)}}); };
  m_.valid("nothing received yet", in(encode_ack({0, {}})));
  m_.valid("up to batch 7", in(encode_ack({0, {7, samples::id<Hash256>(7)}})));
  m_.valid("the largest numbers", in(encode_ack({UINT32_MAX, {UINT64_MAX, samples::id<Hash256>(7)}})));
  const Bytes frame = encode_ack({0, {7, samples::id<Hash256>(7)}});
  m_.flawed("another mark", in(with_octet(frame, 0, 'u')), "frame_magic");
  m_.flawed("another kind", in(with_octet(frame, 4, 2)), "unknown_tag");
  m_.flawed("octet 6 is not zero", in(with_octet(frame, 6, 1)), "frame_trailing");
  Bytes bad = frame;
  bad.push_back(0);
  m_.flawed("one octet more", in(bad), "frame_trailing");
  m_.flawed("one octet less", in(Bytes(frame.begin(), frame.end() - 1)), "frame_truncated");
  m_.flawed("a sequence without a hash", in(encode_ack({0, {7, {}}})), "zero_hash");
  m_.flawed("a hash without a sequence", in(encode_ack({0, {0, samples::id<Hash256>(7)}})), "zero_hash");
}

void Frames::alone() {
  m_.about("proven", {"USTP-MSG-009"});
  const Bytes frame = good(5);
  const auto view = parse_batch(frame).value();
  std::vector<Hash256> leaves;
  for (const auto& item : view.items) leaves.push_back(crypto::merkle_leaf(item.salt, item.octets));
  const auto shown = [&](std::uint32_t i, const std::function<void(ProvenMessage&)>& change = {}) {
    const auto copy = [](BytesView v) { return Bytes(v.begin(), v.end()); };
    ProvenMessage p{copy(view.items[i].octets), view.items[i].salt, crypto::merkle_prove(leaves, i),
                    copy(view.header_octets), copy(view.signature)};
    if (change) change(p);
    List path;
    for (const auto& hash : p.proof.path) path.emplace_back(hash.hex());
    return Value(Members{{"octets", octets_value(p.octets)},
                         {"salt", p.salt.hex()},
                         {"index", small(p.proof.index)},
                         {"count", small(p.proof.count)},
                         {"path", path},
                         {"batch_header", to_hex(p.batch_header)},
                         {"signature", to_hex(p.signature)},
                         {"keys", keys()}});
  };
  for (std::uint32_t i = 0; i < 5; ++i) m_.valid("message " + std::to_string(i) + " of 5", shown(i));
  m_.flawed("an octet changed", shown(1, [](auto& p) { p.octets[20] ^= 1; }), "bad_proof");
  m_.flawed("another salt", shown(1, [](auto& p) { p.salt = {}; }), "bad_proof");
  m_.flawed("another index", shown(1, [](auto& p) { p.proof.index = 2; }), "bad_proof");
  m_.flawed("another count than the header's", shown(1, [](auto& p) { p.proof.count = 6; }), "bad_proof");
  m_.flawed("a path too short", shown(1, [](auto& p) { p.proof.path.pop_back(); }), "bad_proof");
  m_.flawed("a path too long", shown(1, [](auto& p) { p.proof.path.push_back(p.proof.path[0]); }), "bad_proof");
  m_.flawed("a header cut off", shown(1, [](auto& p) { p.batch_header.pop_back(); }), "frame_truncated");
  m_.flawed("the time in the header changed", shown(1, [](auto& p) { p.batch_header.back() ^= 1; }), "bad_signature");
  m_.flawed("signature changed", shown(1, [](auto& p) { p.signature[5] ^= 1; }), "bad_signature");
  m_.flawed("the other s", shown(1, [](auto& p) { p.signature = with_high_s(p.signature); }), "bad_signature");
  m_.flawed("the key in the header changed", shown(1, [](auto& p) { p.batch_header[p.batch_header.size() - 9] ^= 1; }), "unknown_key");
}

}  // namespace

Maker make_frames() {
  Maker m("frames", "Batches, hellos, acknowledgements, and one message of a batch alone (chapters 03 and 03b).");
  Frames frames(m);
  frames.batches();
  frames.flawed_headers();
  frames.flawed_octets();
  frames.flawed_signatures();
  frames.hellos();
  frames.flawed_hellos();
  frames.acknowledgements();
  frames.alone();
  return m;
}

}  // namespace ustp::vectors
