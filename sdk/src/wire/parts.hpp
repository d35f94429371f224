#pragma once
// Inside wire only: FlatBuffers <-> domain for the parts that several messages share. The encoders never fail; the
// decoders run after the FlatBuffers verifier and apply every check of the part (USTP-MSG-020).

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <ustp/fbs/bundle_generated.h>
#include <ustp/fbs/message_generated.h>
#pragma GCC diagnostic pop

#include "ustp/wire/messages.hpp"

namespace ustp::wire {

namespace fb = ::flatbuffers;

inline constexpr std::size_t kMaxMessageOctets = 64u << 10, kMaxEvidenceOctets = 24u << 10, kMaxExtensions = 16,
                             kMaxExtensionOctets = 4096, kMaxAlgorithms = 8, kMaxBatchHeader = 512,
                             kMaxSignature = 128, kMaxPath = 32;

inline const fbs::Hash* pack(const Hash256& id) { return reinterpret_cast<const fbs::Hash*>(id.octets().data()); }
template <class Tag>
const fbs::Id16* pack(const FixedId<Tag, 16>& id) {
  return reinterpret_cast<const fbs::Id16*>(id.octets().data());
}
static_assert(sizeof(fbs::Hash) == 32 && alignof(fbs::Hash) == 1 && sizeof(fbs::Id16) == 16);

template <class Id, class Struct>
Id unpack(const Struct* from) {
  static_assert(sizeof(Struct) == Id::kSize);
  Id id;
  if (from != nullptr) std::memcpy(id.mutable_octets().data(), from, Id::kSize);
  return id;
}
// For identifiers that must say something (USTP-MSG-024).
template <class Id, class Struct>
Result<Id> unpack_set(const Struct* from, const char* what) {
  const Id id = unpack<Id>(from);
  if (id.is_zero()) return Error{Code::zero_hash, what};
  return id;
}

inline std::string_view view(const fb::String* text) {
  return text == nullptr ? std::string_view() : std::string_view(text->c_str(), text->size());
}
inline BytesView view(const fb::Vector<std::uint8_t>* octets) {
  return octets == nullptr ? BytesView() : BytesView(octets->data(), octets->size());
}
inline fb::Offset<fb::String> pack(fb::FlatBufferBuilder& b, std::string_view text) {
  return text.empty() ? fb::Offset<fb::String>() : b.CreateString(text.data(), text.size());
}
inline fb::Offset<fb::Vector<std::uint8_t>> pack(fb::FlatBufferBuilder& b, BytesView octets) {
  return b.CreateVector(octets.data(), octets.size());
}

// Bounded, valid UTF-8, no control characters (USTP-MSG-023).
Result<std::string> text(const fb::String* from, std::size_t max, const char* what);
// Absent or a valid identifier.
template <class Id>
Result<Id> optional_id(const fb::String* from, const char* what) {
  if (from == nullptr || from->size() == 0) return Id();
  auto id = Id::parse(view(from));
  if (!id) return Error{id.error().code, std::string(what) + ": " + id.error().detail};
  return id;
}
template <class Id>
Result<Id> required_id(const fb::String* from, const char* what) {
  auto id = Id::parse(view(from));
  if (!id) return Error{id.error().code, std::string(what) + ": " + id.error().detail};
  return id;
}
template <class Enum>
Result<Enum> enumerated(std::uint64_t value, Enum first, Enum last, const char* what) {
  if (value < static_cast<std::uint64_t>(first) || value > static_cast<std::uint64_t>(last))
    return Error{Code::unknown_tag, std::string(what) + " " + std::to_string(value)};
  return static_cast<Enum>(value);
}
Result<void> known_code(std::uint16_t number, const char* what);
// What holds of every message in either encoding: ids and hashes that say something, a decision of this settlement
// (USTP-MSG-024, 025, 044).
Result<void> check_envelope(const Message& message);

fb::Offset<fbs::Terms> pack(fb::FlatBufferBuilder& b, const token::TransferTerms& terms);
Result<token::TransferTerms> unpack(const fbs::Terms& terms);
fb::Offset<fbs::Evidence> pack(fb::FlatBufferBuilder& b, const Evidence& evidence);
Result<Evidence> unpack(const fbs::Evidence& evidence);
fb::Offset<fbs::Decision> pack(fb::FlatBufferBuilder& b, const DecisionRecord& decision);
Result<DecisionRecord> unpack(const fbs::Decision& decision);
fb::Offset<fbs::Proven> pack(fb::FlatBufferBuilder& b, const ProvenMessage& message);
Result<ProvenMessage> unpack(const fbs::Proven& message);

// Identifier, size prefix and alignment of a finished buffer; `aligned` receives a copy when `octets` is misaligned.
Result<BytesView> checked_buffer(BytesView octets, const char* identifier, Bytes& aligned);

}  // namespace ustp::wire
