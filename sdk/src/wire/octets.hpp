#pragma once
// Big-endian fields of the hand-made layouts: batch headers, frames, claim octets (spec/03).

#include <cstring>

#include "ustp/base/big_endian.hpp"
#include "ustp/base/ids.hpp"

namespace ustp::wire {

class Writer {
 public:
  explicit Writer(std::size_t reserve = 256) { out_.reserve(reserve); }
  template <class T>
  void integer(T value) {
    append_be(out_, static_cast<std::make_unsigned_t<T>>(value));
  }
  void octets(BytesView bytes) { append(out_, bytes); }
  void text8(std::string_view text) {  // identifiers have at most 140 characters
    integer(static_cast<std::uint8_t>(text.size()));
    octets(as_bytes(text));
  }
  void text16(std::string_view text) { append_text16(out_, text); }
  void block32(BytesView bytes) {
    integer(static_cast<std::uint32_t>(bytes.size()));
    octets(bytes);
  }
  void pad8() { out_.resize((out_.size() + 7) / 8 * 8); }
  std::size_t size() const { return out_.size(); }
  BytesView view() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

class Reader {
 public:
  explicit Reader(BytesView in) : in_(in) {}
  std::size_t position() const { return at_; }
  std::size_t left() const { return in_.size() - at_; }

  template <class T>
  Result<T> integer() {
    USTP_TRY(const BytesView b, octets(sizeof(T)));
    return static_cast<T>(read_be(b));
  }
  Result<BytesView> octets(std::size_t n) {
    if (left() < n) return Error{Code::frame_truncated, "at octet " + std::to_string(at_)};
    const BytesView view = in_.subspan(at_, n);
    at_ += n;
    return view;
  }
  template <class Id>
  Result<Id> fixed() {
    USTP_TRY(const BytesView b, octets(Id::kSize));
    return Id::from_bytes(b);
  }
  template <class Id>
  Result<Id> text8() {
    USTP_TRY(const std::uint8_t size, integer<std::uint8_t>());
    USTP_TRY(const BytesView b, octets(size));
    return Id::parse(as_text(b));
  }
  // Zero octets up to the next multiple of eight; anything else would be a place to hide.
  Result<void> pad8() {
    USTP_TRY(const BytesView b, octets((8 - at_ % 8) % 8));
    for (const std::uint8_t octet : b)
      if (octet != 0) return Error{Code::frame_trailing, "padding before octet " + std::to_string(at_)};
    return {};
  }
  Result<void> end() const {
    if (left() != 0) return Error{Code::frame_trailing, std::to_string(left()) + " octets"};
    return {};
  }

 private:
  BytesView in_;
  std::size_t at_ = 0;
};

}  // namespace ustp::wire
