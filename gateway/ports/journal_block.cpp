// The framing of journal blocks: USTP-JRN-001, text in gateway/journal/README.md.
#include <cstring>

#include "gateway/ports/crc32c.hpp"
#include "gateway/ports/journal.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::gateway {
namespace {

constexpr std::string_view kMark = "USTJ";
constexpr std::size_t kHeader = 4 + 2 + 2 + 4 + 8 + 8 + 32 + 4;
constexpr std::size_t kTrailer = 4;

template <class T>
T get(BytesView octets, std::size_t at) {
  return static_cast<T>(read_be(octets.subspan(at, sizeof(T))));
}

}  // namespace

Bytes frame_block(const Block& block) {
  if (block.payload.size() > kMaxBlockPayload) std::abort();  // the engine bounds its batches
  Bytes out;
  out.reserve(kHeader + block.payload.size() + kTrailer);
  append(out, as_bytes(kMark));
  append_be(out, kBlockFormat);
  append_be(out, std::uint16_t{0});
  append_be(out, block.shard);
  append_be(out, block.epoch);
  append_be(out, block.position);
  append(out, block.previous.view());
  append_be(out, static_cast<std::uint32_t>(block.payload.size()));
  append(out, block.payload);
  append_be(out, crc32c(out));
  return out;
}

Result<Block> parse_block(BytesView octets) {
  if (octets.size() < kHeader + kTrailer)
    return Error{Code::journal_damaged, "block of " + std::to_string(octets.size()) + " octets is shorter than a header"};
  const auto position = get<std::uint64_t>(octets, 20);
  const auto where = "position " + std::to_string(position);
  if (as_text(octets.first(4)) != kMark) return Error{Code::journal_damaged, where + ": no block mark"};
  // The checksum comes before the version, so that a rotten version field is called damage and not a newer format.
  const std::size_t body = octets.size() - kTrailer;
  if (get<std::uint32_t>(octets, body) != crc32c(octets.first(body)))
    return Error{Code::journal_damaged, where + ": checksum differs"};
  if (get<std::uint16_t>(octets, 4) != kBlockFormat)
    return Error{Code::journal_format, where + ": format " + std::to_string(get<std::uint16_t>(octets, 4))};
  if (get<std::uint16_t>(octets, 6) != 0) return Error{Code::journal_format, where + ": reserved field is not zero"};
  const std::size_t length = get<std::uint32_t>(octets, 60);
  if (length > kMaxBlockPayload || length != body - kHeader)
    return Error{Code::journal_damaged, where + ": length field says " + std::to_string(length)};
  Block block;
  block.shard = get<std::uint32_t>(octets, 8);
  block.epoch = get<std::uint64_t>(octets, 12);
  block.position = position;
  std::memcpy(block.previous.mutable_octets().data(), octets.data() + 28, 32);
  const auto payload = octets.subspan(kHeader, length);
  block.payload.assign(payload.begin(), payload.end());
  return block;
}

}  // namespace ustp::gateway
