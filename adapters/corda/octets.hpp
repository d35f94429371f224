#pragma once
// Reading of the hand-made layouts of this adapter: big-endian, bounded, nothing left over.

#include "ustp/base/ids.hpp"

namespace ustp::corda {

class Reader {
 public:
  explicit Reader(BytesView in) : in_(in) {}
  std::size_t left() const { return in_.size() - at_; }
  bool next_is(std::uint8_t octet) const { return left() > 0 && in_[at_] == octet; }

  template <class T>
  Result<T> integer() {
    USTP_TRY(const BytesView b, octets(sizeof(T)));
    T value = 0;
    for (const std::uint8_t octet : b) {
      if constexpr (sizeof(T) > 1) value = static_cast<T>(value << 8);
      value = static_cast<T>(value | octet);
    }
    return value;
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
  Result<std::string_view> text16(std::size_t at_most) {
    USTP_TRY(const auto size, integer<std::uint16_t>());
    if (size > at_most) return Error{Code::too_long, "text before octet " + std::to_string(at_)};
    USTP_TRY(const BytesView b, octets(size));
    return as_text(b);
  }
  template <class Id>
  Result<Id> id16() {
    USTP_TRY(const auto text, text16(Id::kMaxLength));
    return Id::parse(text);
  }
  Result<void> end() const {
    if (left() != 0) return Error{Code::frame_trailing, std::to_string(left()) + " octets"};
    return {};
  }

 private:
  BytesView in_;
  std::size_t at_ = 0;
};

}  // namespace ustp::corda
