// Batches: header, sealing, receiving (USTP-MSG-001 to 012).
#include "frames.hpp"

namespace ustp::wire {

Bytes header_octets(const BatchHeader& h) {
  Writer w(320);
  w.integer(h.version_major);
  w.integer(h.version_minor);
  w.text8(h.sender.str());
  w.text8(h.recipient.str());
  w.integer(h.channel);
  w.integer(h.sequence);
  w.integer(h.count);
  w.octets(h.root.view());
  w.octets(h.previous.view());
  w.octets(h.key.view());
  w.integer(h.time.ns);
  return w.take();
}

Result<BatchHeader> parse_header(BytesView octets) {
  Reader r(octets);
  BatchHeader h;
  USTP_TRY(h.version_major, r.integer<std::uint16_t>());
  if (h.version_major != kVersionMajor) return Error{Code::frame_version, std::to_string(h.version_major)};
  USTP_TRY(h.version_minor, r.integer<std::uint16_t>());
  USTP_TRY(h.sender, r.text8<GatewayId>());
  USTP_TRY(h.recipient, r.text8<GatewayId>());
  USTP_TRY(h.channel, r.integer<std::uint32_t>());
  USTP_TRY(h.sequence, r.integer<std::uint64_t>());
  USTP_TRY(h.count, r.integer<std::uint32_t>());
  USTP_TRY(h.root, r.fixed<Hash256>());
  USTP_TRY(h.previous, r.fixed<Hash256>());
  USTP_TRY(h.key, r.fixed<KeyId>());
  USTP_TRY(h.time.ns, r.integer<std::int64_t>());
  USTP_CHECK(r.end());
  if (h.sequence == 0) return Error{Code::out_of_range, "batch sequence 0"};
  if (h.count == 0) return Error{Code::out_of_range, "batch without messages"};
  if (h.root.is_zero()) return Error{Code::zero_hash, "batch root"};
  // USTP-MSG-006: the first batch, and only it, follows nothing.
  if (h.previous.is_zero() != (h.sequence == 1)) return Error{Code::chain_broken, "previous hash of the first batch"};
  return h;
}

Hash256 header_hash(const BatchHeader& header) { return crypto::sha256(header_octets(header)); }

Result<Bytes> seal_batch(BatchHeader header, std::span<const OutgoingMessage> messages, crypto::Signer& signer) {
  if (messages.empty()) return Error{Code::out_of_range, "batch without messages"};
  std::vector<Hash256> leaves;
  leaves.reserve(messages.size());
  std::size_t size = 0;
  for (const OutgoingMessage& m : messages) {
    leaves.push_back(crypto::merkle_leaf(m.salt, m.octets));
    size += m.octets.size() + 32;
  }
  header.count = static_cast<std::uint32_t>(messages.size());
  header.root = crypto::merkle_root(leaves);
  header.key = signer.key_id();
  const Bytes signed_octets = header_octets(header);
  USTP_TRY(const Bytes signature, signer.sign(signed_octets));

  Writer w(size + 512);
  begin_frame(w, FrameKind::kBatch, signed_octets, signature);
  for (const OutgoingMessage& m : messages) {
    w.integer(static_cast<std::uint32_t>(m.octets.size()));
    w.integer(std::uint32_t{0});
    w.octets(m.salt.view());
    w.octets(m.octets);
    w.pad8();
  }
  return w.take();
}

Result<BatchView> parse_batch(BytesView frame, const FrameLimits& limits) {
  Reader r(frame);
  USTP_TRY(const SignedPart part, read_signed_part(r, FrameKind::kBatch, limits));
  BatchView batch;
  batch.header_octets = part.content;
  batch.signature = part.signature;
  USTP_TRY(batch.header, parse_header(part.content));
  if (batch.header.count > limits.messages)
    return Error{Code::too_many_messages, std::to_string(batch.header.count)};
  // An item takes 24 octets at least: a count that cannot fit reserves nothing.
  if (batch.header.count > r.left() / 24) return Error{Code::frame_truncated, "fewer items than the header counts"};
  batch.items.reserve(batch.header.count);
  for (std::uint32_t i = 0; i < batch.header.count; ++i) {
    USTP_TRY(const std::uint32_t size, r.integer<std::uint32_t>());
    if (size > limits.message_octets) return Error{Code::too_long, "message " + std::to_string(i)};
    USTP_TRY(const std::uint32_t reserved, r.integer<std::uint32_t>());
    if (reserved != 0) return Error{Code::frame_trailing, "reserved field of message " + std::to_string(i)};
    BatchView::Item item;
    USTP_TRY(item.salt, r.fixed<Salt>());
    USTP_TRY(item.octets, r.octets(size));
    USTP_CHECK(r.pad8());
    batch.items.push_back(item);
  }
  USTP_CHECK(r.end());
  return batch;
}

Result<BatchView> receive_batch(BytesView frame, const ChannelExpectation& expected, const KeyLookup& keys,
                                const FrameLimits& limits) {
  USTP_TRY(auto batch, parse_batch(frame, limits));
  const BatchHeader& h = batch.header;
  if (h.sender != expected.sender) return Error{Code::wrong_channel, "sender"};
  if (h.recipient != expected.recipient) return Error{Code::wrong_channel, "recipient"};
  if (h.channel != expected.channel) return Error{Code::wrong_channel, "channel " + std::to_string(h.channel)};
  const ChannelHead& head = expected.head;
  // A gap is refused before any hashing; a repetition and an equivocation only count when they are really signed.
  if (h.sequence > head.sequence && h.sequence - head.sequence > 1)
    return Error{Code::sequence_gap, std::to_string(h.sequence) + " after " + std::to_string(head.sequence)};
  if (h.sequence > head.sequence && h.previous != head.hash)
    return Error{Code::chain_broken, "batch " + std::to_string(h.sequence)};

  std::vector<Hash256> leaves;
  leaves.reserve(batch.items.size());
  for (const BatchView::Item& item : batch.items) leaves.push_back(crypto::merkle_leaf(item.salt, item.octets));
  if (crypto::merkle_root(leaves) != h.root) return Error{Code::root_mismatch, "batch " + std::to_string(h.sequence)};

  USTP_CHECK(verify_with(keys, h.sender, h.key, batch.header_octets, batch.signature));
  if (h.sequence > head.sequence) return batch;
  // USTP-MSG-010, USTP-MSG-011
  if (h.sequence == head.sequence && crypto::sha256(batch.header_octets) != head.hash)
    return Error{Code::equivocation, "batch " + std::to_string(h.sequence)};
  return Error{Code::sequence_replayed, "batch " + std::to_string(h.sequence)};
}

}  // namespace ustp::wire
