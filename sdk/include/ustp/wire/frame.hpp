#pragma once
// Frames between two gateways (spec/03): hello, batch, acknowledgement, statement. A batch is signed once over a header
// that covers the Merkle root of its messages and the hash of the batch before it.

#include <functional>
#include <variant>

#include "ustp/wire/messages.hpp"

namespace ustp::wire {

struct FrameLimits {
  std::size_t frame_octets = 4u << 20;
  std::size_t message_octets = 64u << 10;
  std::uint32_t messages = 1024;
};

enum class FrameKind : std::uint8_t { kHello = 1, kBatch = 2, kAck = 3, kStatement = 4 };

// What is signed for a batch, in this order, integers big-endian, texts with an 8-bit length (spec/03).
struct BatchHeader {
  std::uint16_t version_major = kVersionMajor, version_minor = kVersionMinor;
  GatewayId sender, recipient;
  std::uint32_t channel = 0;      // shard
  std::uint64_t sequence = 0;     // 1, 2, … per (sender, recipient, channel)
  std::uint32_t count = 0;
  Hash256 root;
  Hash256 previous;               // header_hash of the batch before; zero for sequence 1
  KeyId key;
  Instant time;
  friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};
Bytes header_octets(const BatchHeader& header);
Result<BatchHeader> parse_header(BytesView octets);
Hash256 header_hash(const BatchHeader& header);  // SHA-256(header_octets)

// A message to go: the octets are what is hashed, signed, sent and kept.
struct OutgoingMessage {
  Salt salt;
  Bytes octets;
};
// What a message takes in a frame, and what stands before the first one at most: for whoever fills frames up to a limit.
constexpr std::size_t octets_in_batch(std::size_t message) { return (4 + 4 + Salt::kSize + message + 7) / 8 * 8; }
inline constexpr std::size_t kMaxBatchHead = 512;
// Fills root and count, signs, and gives the whole frame (kind kBatch).
Result<Bytes> seal_batch(BatchHeader header, std::span<const OutgoingMessage> messages, crypto::Signer& signer);

struct BatchView {                // points into the frame it was parsed from
  BatchHeader header;
  BytesView header_octets;
  BytesView signature;
  struct Item {
    Salt salt;
    BytesView octets;             // 8-aligned when the frame is
  };
  std::vector<Item> items;
};

// What the receiver knows of a channel; the end of the chain as it is durable.
struct ChannelHead {
  std::uint64_t sequence = 0;     // last received
  Hash256 hash;                   // its header hash
  friend bool operator==(const ChannelHead&, const ChannelHead&) = default;
};
struct ChannelExpectation {
  GatewayId sender, recipient;
  std::uint32_t channel = 0;
  ChannelHead head;
};
// Gives the key's verifier if it may sign for the gateway, else an error (unknown_key).
using KeyLookup = std::function<Result<std::shared_ptr<const crypto::Verifier>>(const GatewayId&, const KeyId&)>;

// Frame limit -> structure -> channel and sequence -> root over octets -> signature; each refusal its own code
// (decision 11). Code::sequence_replayed with an equal header hash is a harmless repetition; with another hash it is
// Code::equivocation. The messages' own checks are decode()'s.
Result<BatchView> receive_batch(BytesView frame, const ChannelExpectation& expected, const KeyLookup& keys,
                                const FrameLimits& limits = {});
// Structure only, for journals and tools that have verified before.
Result<BatchView> parse_batch(BytesView frame, const FrameLimits& limits = {});

// First frame on a connection in both directions and every ten seconds after: who I am, what I have of you, what I
// sent you, what time it is here, how many statements I hold. Signed.
struct Hello {
  GatewayId sender, recipient;
  std::uint32_t channel = 0;
  std::uint16_t version_major = kVersionMajor, version_minor = kVersionMinor;
  ChannelHead sent;               // last batch I made for you, durable here
  ChannelHead received;           // last batch of yours that is durable here
  std::uint64_t statements = 0;   // length of my statement log
  Hash256 statement_head;
  Instant time;
  KeyId key;
  friend bool operator==(const Hello&, const Hello&) = default;
};
Result<Bytes> seal_hello(const Hello& hello, crypto::Signer& signer);
Result<Hello> receive_hello(BytesView frame, const KeyLookup& keys);

// Durable receipt of everything up to `received`; unsigned (the hello and the evidence carry signatures).
struct Ack {
  std::uint32_t channel = 0;
  ChannelHead received;
  friend bool operator==(const Ack&, const Ack&) = default;
};
Bytes encode_ack(const Ack& ack);
Result<Ack> parse_ack(BytesView frame);

Result<FrameKind> frame_kind(BytesView frame, const FrameLimits& limits = {});

// A single message with its proof, checked against the sender's key: for notices and evidence bundles.
Result<BatchHeader> verify_proven(const ProvenMessage& message, const KeyLookup& keys);

}  // namespace ustp::wire
