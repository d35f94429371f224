#include <doctest/doctest.h>

#include "tests/support/requirement.hpp"
#include "samples.hpp"

using namespace ustp;
using namespace ustp::wire;

namespace {

struct Party {
  std::unique_ptr<crypto::Signer> signer;
  std::shared_ptr<const crypto::Verifier> verifier;
};
Party party(crypto::Algorithm algorithm = crypto::Algorithm::kEs256) {
  auto key = crypto::generate_key(algorithm).value();
  Party p;
  p.signer = crypto::load_signer_pem(as_text(key.private_pem.view())).value();
  p.verifier = crypto::make_verifier(key.spki).value();
  return p;
}
const GatewayId kA = GatewayId::literal("gw-a"), kB = GatewayId::literal("gw-b");

struct Channel {
  Party a = party(), other = party();
  ChannelExpectation expected{kA, kB, 0, {}};
  KeyLookup keys = [this](const GatewayId& gateway, const KeyId& key) -> Result<std::shared_ptr<const crypto::Verifier>> {
    if (gateway == kA && key == a.verifier->key_id()) return a.verifier;
    return Error{Code::unknown_key, gateway.str()};
  };
  std::vector<OutgoingMessage> messages;
  Channel() {
    std::uint8_t n = 0;
    for (const Message& m : samples::all(true)) messages.push_back({samples::id<Salt>(n++), encode(m)});
  }
  BatchHeader header(std::uint64_t sequence = 1, Hash256 previous = {}) const {
    BatchHeader h;
    h.sender = kA;
    h.recipient = kB;
    h.sequence = sequence;
    h.previous = previous;
    h.time = {1'800'000'000'000'000'000};
    return h;
  }
  Bytes frame(const BatchHeader& h) { return seal_batch(h, messages, *a.signer).value(); }
  Code refusal(BytesView octets) const {
    const auto result = receive_batch(octets, expected, keys);
    return result ? Code{} : result.error().code;
  }
};

}  // namespace

TEST_CASE("a batch comes back with its messages, in order and aligned") {
  ustp::test::covers({"USTP-MSG-001", "USTP-MSG-003"});
  Channel c;
  const Bytes frame = c.frame(c.header());
  CHECK(frame_kind(frame).value() == FrameKind::kBatch);
  const auto batch = receive_batch(frame, c.expected, c.keys);
  if (!batch) FAIL(to_string(batch.error()));
  REQUIRE(batch->items.size() == c.messages.size());
  for (std::size_t i = 0; i < c.messages.size(); ++i) {
    CHECK(Bytes(batch->items[i].octets.begin(), batch->items[i].octets.end()) == c.messages[i].octets);
    CHECK(batch->items[i].salt == c.messages[i].salt);
    CHECK((batch->items[i].octets.data() - frame.data()) % 8 == 0);
  }
  CHECK(header_hash(batch->header) == crypto::sha256(batch->header_octets));
  CHECK(parse_header(header_octets(batch->header)).value() == batch->header);
}

TEST_CASE("a batch cut at any length, or with anything after it, is refused") {
  ustp::test::covers("USTP-MSG-001");
  Channel c;
  c.messages.resize(2);
  Bytes frame = c.frame(c.header());
  for (std::size_t n = 0; n < frame.size(); ++n) CHECK(c.refusal(BytesView(frame).first(n)) == Code::frame_truncated);
  frame.push_back(0);
  CHECK(c.refusal(frame) == Code::frame_trailing);
}

TEST_CASE("no octet of a batch can change unnoticed") {
  ustp::test::covers({"USTP-MSG-003", "USTP-MSG-004"});
  Channel c;
  c.messages.resize(2);
  const Bytes frame = c.frame(c.header());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    Bytes changed = frame;
    changed[i] ^= 0x01;
    CAPTURE(i);
    CHECK(c.refusal(changed) != Code{});
  }
}

TEST_CASE("each wrong batch is refused with its own code") {
  ustp::test::covers({"USTP-MSG-002", "USTP-MSG-005", "USTP-MSG-006", "USTP-MSG-010", "USTP-MSG-011"});
  Channel c;
  const Bytes first = c.frame(c.header());
  const Hash256 first_hash = crypto::sha256(parse_batch(first)->header_octets);

  SUBCASE("sender") {
    c.expected.sender = kB;
    CHECK(c.refusal(first) == Code::wrong_channel);
  }
  SUBCASE("recipient") {
    c.expected.recipient = kA;
    CHECK(c.refusal(first) == Code::wrong_channel);
  }
  SUBCASE("channel") {
    c.expected.channel = 1;
    CHECK(c.refusal(first) == Code::wrong_channel);
  }
  SUBCASE("key that is not the sender's") {
    CHECK(c.refusal(seal_batch(c.header(), c.messages, *c.other.signer).value()) == Code::unknown_key);
  }
  SUBCASE("signature") {
    Bytes changed = first;
    const auto view = parse_batch(first).value();
    changed[static_cast<std::size_t>(view.signature.data() - first.data()) + 5] ^= 1;
    CHECK(c.refusal(changed) == Code::bad_signature);
  }
  SUBCASE("message octets") {
    Bytes changed = first;
    changed[static_cast<std::size_t>(parse_batch(first)->items[0].octets.data() - first.data()) + 20] ^= 1;
    CHECK(c.refusal(changed) == Code::root_mismatch);
  }
  SUBCASE("mark") {
    Bytes changed = first;
    changed[0] ^= 1;
    CHECK(c.refusal(changed) == Code::frame_magic);
  }
  SUBCASE("version") {
    BatchHeader h = c.header();
    h.version_major = 2;
    CHECK(c.refusal(c.frame(h)) == Code::frame_version);
  }
  SUBCASE("repetition is told from equivocation") {
    c.expected.head = {1, first_hash};
    CHECK(c.refusal(first) == Code::sequence_replayed);
    BatchHeader h = c.header();
    h.time.ns++;
    CHECK(c.refusal(c.frame(h)) == Code::equivocation);
    c.expected.head = {2, samples::id<Hash256>(1)};
    CHECK(c.refusal(first) == Code::sequence_replayed);
  }
  SUBCASE("a forged repetition accuses nobody") {
    c.expected.head = {1, samples::id<Hash256>(1)};
    CHECK(c.refusal(seal_batch(c.header(), c.messages, *c.other.signer).value()) == Code::unknown_key);
  }
  SUBCASE("gap") {
    CHECK(c.refusal(c.frame(c.header(2, first_hash))) == Code::sequence_gap);
    c.expected.head = {1, first_hash};
    CHECK(c.refusal(c.frame(c.header(2, first_hash))) == Code{});
  }
  SUBCASE("broken chain") {
    c.expected.head = {1, first_hash};
    CHECK(c.refusal(c.frame(c.header(2, samples::id<Hash256>(7)))) == Code::chain_broken);
    CHECK(c.refusal(c.frame(c.header(1, samples::id<Hash256>(7)))) == Code::chain_broken);
  }
  SUBCASE("limits") {
    FrameLimits limits;
    limits.frame_octets = first.size() - 1;
    CHECK(receive_batch(first, c.expected, c.keys, limits).error().code == Code::frame_too_large);
    limits = {};
    limits.messages = 3;
    CHECK(receive_batch(first, c.expected, c.keys, limits).error().code == Code::too_many_messages);
    limits = {};
    limits.message_octets = 64;
    CHECK(receive_batch(first, c.expected, c.keys, limits).error().code == Code::too_long);
  }
  SUBCASE("another kind of frame") {
    CHECK(c.refusal(encode_ack({})) == Code::unknown_tag);
  }
}

TEST_CASE("a hello comes back, is signed and cannot be altered") {
  ustp::test::covers("USTP-MSG-001");
  Channel c;
  Hello h;
  h.sender = kA;
  h.recipient = kB;
  h.sent = {4, samples::id<Hash256>(1)};
  h.statements = 9;
  h.statement_head = samples::id<Hash256>(2);
  h.time = {5};
  h.key = c.a.verifier->key_id();
  const Bytes frame = seal_hello(h, *c.a.signer).value();
  CHECK(receive_hello(frame, c.keys).value() == h);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    Bytes changed = frame;
    changed[i] ^= 0x80;
    CAPTURE(i);
    CHECK(!receive_hello(changed, c.keys));
    CHECK(!receive_hello(BytesView(frame).first(i), c.keys));
  }
  CHECK(receive_hello(seal_hello(h, *c.other.signer).value(), c.keys).error().code == Code::unknown_key);
}

TEST_CASE("an acknowledgement comes back and is exact") {
  ustp::test::covers("USTP-MSG-001");
  const Ack ack{3, {17, samples::id<Hash256>(1)}};
  Bytes frame = encode_ack(ack);
  CHECK(parse_ack(frame).value() == ack);
  for (std::size_t n = 0; n < frame.size(); ++n)
    CHECK(parse_ack(BytesView(frame).first(n)).error().code == Code::frame_truncated);
  frame.push_back(0);
  CHECK(parse_ack(frame).error().code == Code::frame_trailing);
  CHECK(parse_ack(encode_ack({3, {17, {}}})).error().code == Code::zero_hash);
}

TEST_CASE("a message is proven alone, and neither a short nor a padded proof passes") {
  ustp::test::covers({"USTP-EVD-014", "USTP-MSG-003"});
  Channel c;
  c.messages.resize(5);
  const Bytes frame = c.frame(c.header());
  const auto batch = parse_batch(frame).value();
  std::vector<Hash256> leaves;
  for (const auto& item : batch.items) leaves.push_back(crypto::merkle_leaf(item.salt, item.octets));
  for (std::uint32_t i = 0; i < 5; ++i) {
    const ProvenMessage good{c.messages[i].octets, c.messages[i].salt, crypto::merkle_prove(leaves, i),
                             Bytes(batch.header_octets.begin(), batch.header_octets.end()),
                             Bytes(batch.signature.begin(), batch.signature.end())};
    CHECK(verify_proven(good, c.keys).value() == batch.header);
    const auto refused = [&](auto spoil, Code code) {
      ProvenMessage bad = good;
      spoil(bad);
      const auto result = verify_proven(bad, c.keys);
      CHECK(!result);
      if (!result) CHECK(result.error().code == code);
    };
    refused([](ProvenMessage& m) { m.proof.path.pop_back(); }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.proof.path.push_back({}); }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.proof.count++; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.proof.index = m.proof.count; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.proof.index = UINT32_MAX; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.proof.index = (m.proof.index + 1) % m.proof.count; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.proof = {0, 1, {}}; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.proof.count = 0; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.octets.back() ^= 1; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.salt = {}; }, Code::bad_proof);
    refused([](ProvenMessage& m) { m.signature[3] ^= 1; }, Code::bad_signature);
    refused([](ProvenMessage& m) { m.batch_header.push_back(0); }, Code::frame_trailing);
  }
}

TEST_CASE("an inner node of the tree is no message, and a batch's header proves no other batch's message") {
  ustp::test::covers({"USTP-EVD-014", "USTP-MSG-003"});
  Channel c;
  c.messages.resize(4);
  const Bytes frame = c.frame(c.header());
  const auto batch = parse_batch(frame).value();
  std::vector<Hash256> leaves;
  for (const auto& item : batch.items) leaves.push_back(crypto::merkle_leaf(item.salt, item.octets));
  // The second preimage: the left pair's node as a message of a tree of two, with the right pair's node beside it.
  Bytes pair;
  append(pair, leaves[0].view());
  append(pair, leaves[1].view());
  const std::vector<Hash256> right{leaves[2], leaves[3]};
  ProvenMessage forged{Bytes(pair.begin() + Salt::kSize, pair.end()),
                       Salt::from_bytes(BytesView(pair).first(Salt::kSize)).value(),
                       {0, 2, {crypto::merkle_root(right)}},
                       Bytes(batch.header_octets.begin(), batch.header_octets.end()),
                       Bytes(batch.signature.begin(), batch.signature.end())};
  CHECK(verify_proven(forged, c.keys).error().code == Code::bad_proof);
  forged.proof.count = 4;
  forged.proof.path = {leaves[1], crypto::merkle_root(right)};
  CHECK(verify_proven(forged, c.keys).error().code == Code::bad_proof);

  const std::vector<OutgoingMessage> elsewhere{c.messages[1], c.messages[0], c.messages[2], c.messages[3]};
  const Bytes second = seal_batch(c.header(2, header_hash(batch.header)), elsewhere, *c.a.signer).value();
  const auto wrong = parse_batch(second).value();
  const ProvenMessage moved{c.messages[0].octets, c.messages[0].salt, crypto::merkle_prove(leaves, 0),
                            Bytes(wrong.header_octets.begin(), wrong.header_octets.end()),
                            Bytes(wrong.signature.begin(), wrong.signature.end())};
  CHECK(verify_proven(moved, c.keys).error().code == Code::bad_proof);
}
