#include "gateway/journal/segment_format.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "gateway/ports/crc32c.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::gateway::journal {
namespace {
constexpr std::string_view kRecordMark = "USTR", kIdentityMark = "USTI", kSuffix = ".segment";
constexpr std::size_t kSector = 512, kDigits = 20;

std::uint64_t number(BytesView octets, std::size_t at, std::size_t size) { return read_be(octets.subspan(at, size)); }
}  // namespace

void append_header(Bytes& to, const RecordHeader& header, const Salt& salt) {
  const auto begin = to.size();
  append(to, as_bytes(kRecordMark));
  append_be(to, header.length);
  append(to, salt);
  append_be(to, header.position);
  append_be(to, header.batch);
  append_be(to, header.left);
  append_be(to, crc32c(BytesView(to).subspan(begin)));
}

std::optional<RecordHeader> parse_header(BytesView octets, const Salt& salt) {
  if (octets.size() < kRecordHeader || as_text(octets.first(4)) != kRecordMark) return std::nullopt;
  if (!std::equal(salt.begin(), salt.end(), octets.begin() + 8)) return std::nullopt;
  if (number(octets, 36, 4) != crc32c(octets.first(36))) return std::nullopt;
  const RecordHeader header{static_cast<std::uint32_t>(number(octets, 4, 4)), number(octets, 16, 8),
                            number(octets, 24, 8), static_cast<std::uint32_t>(number(octets, 32, 4))};
  if (header.batch == 0 || header.batch > header.position) return std::nullopt;
  return header;
}

bool all_zero(BytesView octets) {
  return octets.empty() || (octets[0] == 0 && std::memcmp(octets.data(), octets.data() + 1, octets.size() - 1) == 0);
}

bool looks_unfinished(std::uint64_t at, BytesView octets) {
  if (octets.size() >= 4 && all_zero(octets.last(4))) return true;
  while (!octets.empty()) {
    const auto part = std::min<std::size_t>(octets.size(), kSector - at % kSector);
    if (all_zero(octets.first(part))) return true;
    octets = octets.subspan(part);
    at += part;
  }
  return false;
}

Bytes encode_identity(const SegmentIdentity& identity) {
  Bytes out;
  append(out, as_bytes(kIdentityMark));
  append_be(out, static_cast<std::uint16_t>(identity.identity.version));
  append_be(out, std::uint16_t{0});
  append_be(out, static_cast<std::uint32_t>(identity.identity.shard));
  append_be(out, identity.identity.epoch);
  append(out, identity.salt);
  append_be(out, identity.durable.position);
  append(out, identity.durable.hash.view());
  append_be(out, crc32c(out));
  return out;
}

Result<SegmentIdentity> parse_identity(BytesView octets) {
  if (octets.size() != kIdentitySize || as_text(octets.first(4)) != kIdentityMark)
    return Error{Code::journal_format, "identity: not the identity file of a segment journal"};
  if (number(octets, kIdentitySize - 4, 4) != crc32c(octets.first(kIdentitySize - 4)))
    return Error{Code::journal_damaged, "identity: checksum differs"};
  SegmentIdentity out;
  out.identity = {number(octets, 4, 2), number(octets, 8, 4), number(octets, 12, 8)};
  if (out.identity.version != kSegmentVersion || number(octets, 6, 2) != 0)
    return Error{Code::journal_format, "identity: version " + std::to_string(out.identity.version)};
  std::copy_n(octets.begin() + 20, out.salt.size(), out.salt.begin());
  out.durable.position = number(octets, 28, 8);
  std::memcpy(out.durable.hash.mutable_octets().data(), octets.data() + 36, 32);
  return out;
}

std::string segment_name(std::uint64_t first) {
  std::string digits = std::to_string(first);
  return std::string(kDigits - digits.size(), '0') + digits + std::string(kSuffix);
}

std::optional<std::uint64_t> segment_first(const std::string& name) {
  if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  std::uint64_t first = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + kDigits, first);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + kDigits || first == 0) return std::nullopt;
  return first;
}

}  // namespace ustp::gateway::journal
