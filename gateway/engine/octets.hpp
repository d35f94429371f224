#pragma once
// Big-endian writer and bounds-checked reader for what the journal's blocks hold.

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "ustp/base/big_endian.hpp"
#include "ustp/base/ids.hpp"
#include "ustp/domain/quantity.hpp"

namespace ustp::gateway {

// Writes into room made ahead: a block is thousands of small values, and none of them asks the vector for space.
class Writer {
 public:
  void u8(std::uint8_t v) { *room(1) = v; }
  void u16(std::uint16_t v) { integer(v); }
  void u32(std::uint32_t v) { integer(v); }
  void u64(std::uint64_t v) { integer(v); }
  void u128(Uint128 v) {
    u64(static_cast<std::uint64_t>(v >> 64));
    u64(static_cast<std::uint64_t>(v));
  }
  void octets(BytesView v) {
    u32(static_cast<std::uint32_t>(v.size()));
    raw(v);
  }
  void text(std::string_view v) { octets(as_bytes(v)); }
  template <class Tag, std::size_t N>
  void id(const FixedId<Tag, N>& v) {
    std::memcpy(room(N), v.octets().data(), N);
  }
  // Overwrites four octets written before, for a count that is known only at the end.
  void set_u32(std::size_t at, std::uint32_t v) { put(out_.data() + at, v); }
  Bytes take() {
    out_.resize(std::exchange(size_, 0));
    return std::move(out_);
  }

 private:
  template <class Unsigned>
  static void put(std::uint8_t* to, Unsigned v) {
    for (std::size_t i = 0; i < sizeof v; ++i) to[i] = static_cast<std::uint8_t>(v >> (8 * (sizeof v - 1 - i)));
  }
  template <class Unsigned>
  void integer(Unsigned v) {
    put(room(sizeof v), v);
  }
  void raw(BytesView v) {
    if (!v.empty()) std::memcpy(room(v.size()), v.data(), v.size());
  }
  std::uint8_t* room(std::size_t n) {
    if (out_.size() - size_ < n) out_.resize(std::max(2 * out_.size(), size_ + n + 128));
    size_ += n;
    return out_.data() + size_ - n;
  }
  Bytes out_;
  std::size_t size_ = 0;
};

// After a failed read every further one gives zeros; ok() tells. Journals are written by ourselves and carry a CRC and
// a chain, so the caller treats !ok() as journal_damaged.
class Reader {
 public:
  explicit Reader(BytesView in) : in_(in) {}
  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }
  std::uint8_t u8() { return static_cast<std::uint8_t>(get(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(get(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(get(4)); }
  std::uint64_t u64() { return get(8); }
  Uint128 u128() {
    const Uint128 high = u64();
    return (high << 64) | u64();
  }
  BytesView octets() { return take(u32()); }
  std::string text() { return std::string(as_text(octets())); }
  Bytes bytes() {
    const auto view = octets();
    return {view.begin(), view.end()};
  }
  template <class Id>
  Id id() {
    const auto view = take(Id::kSize);
    return ok_ ? Id::from_bytes(view).value() : Id{};
  }
  template <class Id>
  Id text_id() {  // an empty text is an empty identifier
    const auto value = text();
    if (value.empty()) return {};
    auto parsed = Id::parse(value);
    if (!parsed) ok_ = false;
    return parsed ? *parsed : Id{};
  }

 private:
  BytesView take(std::size_t n) {
    if (n > in_.size()) {
      ok_ = false;
      in_ = {};
      return {};
    }
    const auto out = in_.first(n);
    in_ = in_.subspan(n);
    return out;
  }
  std::uint64_t get(std::size_t n) {
    return read_be(take(n));
  }
  BytesView in_;
  bool ok_ = true;
};

}  // namespace ustp::gateway
