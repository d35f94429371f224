#pragma once
// What a segment journal's files hold (README.md, "Segments"): record headers and the identity file. Pure.

#include <array>
#include <optional>

#include "gateway/journal/chain.hpp"

namespace ustp::gateway::journal {

using Salt = std::array<std::uint8_t, 8>;

// Before each block: "USTR" ‖ u32 length ‖ salt[8] ‖ u64 position ‖ u64 batch ‖ u32 left ‖ u32 CRC32C of all before.
struct RecordHeader {
  std::uint32_t length = 0;    // of the framed octets behind it
  std::uint64_t position = 0;  // of the block
  std::uint64_t batch = 0;     // position of the first block in the same write
  std::uint32_t left = 0;      // blocks behind this one in the same write
};
inline constexpr std::size_t kRecordHeader = 40;
inline constexpr std::uint64_t kMaxRecord = kMaxBlockPayload + 128;  // framed octets
void append_header(Bytes& to, const RecordHeader& header, const Salt& salt);
// Nothing unless mark, salt and checksum are right. The salt keeps octets that a peer chose from
// looking like a record.
std::optional<RecordHeader> parse_header(BytesView octets, const Salt& salt);

bool all_zero(BytesView octets);
// Whether octets that begin at offset `at` of a file that was all zero look as if a write of them stopped on the way: a
// sector of 512 that is zero, or zeroes at the end. A flipped bit leaves neither.
bool looks_unfinished(std::uint64_t at, BytesView octets);

// "USTI" ‖ u16 version ‖ u16 reserved ‖ u32 shard ‖ u64 epoch ‖ salt[8] ‖ u64 position ‖ hash[32] ‖ u32 CRC32C.
struct SegmentIdentity {
  Identity identity;
  Salt salt{};
  JournalHead durable;  // known durable when the file was written, at the last opening or stop
};
inline constexpr std::uint16_t kSegmentVersion = 1;
Bytes encode_identity(const SegmentIdentity& identity);
Result<SegmentIdentity> parse_identity(BytesView octets);  // journal_damaged, journal_format (USTP-JRN-003)
inline constexpr std::size_t kIdentitySize = 4 + 2 + 2 + 4 + 8 + 8 + 8 + 32 + 4;

// Twenty digits and ".segment": the first position it holds.
std::string segment_name(std::uint64_t first);
std::optional<std::uint64_t> segment_first(const std::string& name);

inline constexpr const char* kIdentityName = "identity";
inline constexpr const char* kIdentityNewName = "identity.new";
inline constexpr const char* kSpareName = "spare";
inline constexpr const char* kSpareNewName = "spare.new";
inline constexpr const char* kLargeNewName = "large.new";  // a segment for one great block, half made
inline constexpr const char* kLockName = "lock";
inline constexpr const char* kSnapshotsName = "snapshots";

}  // namespace ustp::gateway::journal
