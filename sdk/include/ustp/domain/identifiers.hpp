#pragma once
// Identifiers of the securities industry as types that cannot hold an invalid value: the only way to make one is
// parse(), which applies the standard's check. A default-constructed one is empty ("not stated"), never invalid.
// All are immutable values and thread-safe.

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "ustp/base/result.hpp"

namespace ustp {

namespace detail {
template <class Self>
class CheckedText {
 public:
  CheckedText() = default;
  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const CheckedText&, const CheckedText&) = default;
  static Self literal(std::string_view text) { return Self::parse(text).value(); }  // terminates on a bad literal

 protected:
  explicit CheckedText(std::string_view text) : text_(text) {}
  std::string text_;
};
}  // namespace detail

#define USTP_CHECKED_TEXT(Name)                              \
  class Name : public detail::CheckedText<Name> {            \
   public:                                                   \
    Name() = default;                                        \
    static Result<Name> parse(std::string_view text);        \
    friend auto operator<=>(const Name&, const Name&) = default; \
                                                             \
   private:                                                  \
    using CheckedText::CheckedText;                          \
  }

// ISO 6166: two letters, nine alphanumerics, a check digit (letters as 10..35, Luhn over all digits).
// Note: Luhn misses some transpositions of adjacent letters.
USTP_CHECKED_TEXT(Isin);
// ISO 17442: 18 alphanumerics and two check digits, MOD 97-10 equal to 1.
USTP_CHECKED_TEXT(Lei);
// ISO 24165: nine characters of 0-9BCDFGHJKLMNPQRSTVWXZ, first not 0, hybrid MOD 31,30. A few identifiers issued
// before the rule ("4H95J0R2X") are admitted by name.
USTP_CHECKED_TEXT(Dti);
// ISO 9362: 4 letters (alphanumerics since 2014), a country, 2 location characters, optional 3 of branch. Upper case.
USTP_CHECKED_TEXT(Bic);
// ISO 10383: four upper-case alphanumerics.
USTP_CHECKED_TEXT(Mic);
// ISO 10962: six letters; category, group and each attribute from the standard's table (X = not applicable).
USTP_CHECKED_TEXT(Cfi);
// ISO 23897: an LEI and 1 to 32 upper-case alphanumerics.
USTP_CHECKED_TEXT(Uti);
#undef USTP_CHECKED_TEXT

// What names an instrument: an ISIN, or a DTI where there is none.
class InstrumentId {
 public:
  enum class Scheme : std::uint8_t { kNone = 0, kIsin = 1, kDti = 2 };
  InstrumentId() = default;
  InstrumentId(const Isin& isin) : scheme_(Scheme::kIsin), text_(isin.str()) {}  // NOLINT: implicit by design
  InstrumentId(const Dti& dti) : scheme_(Scheme::kDti), text_(dti.str()) {}
  static Result<InstrumentId> parse(std::string_view text);  // 12 characters: ISIN; 9: DTI
  static InstrumentId literal(std::string_view text) { return parse(text).value(); }

  Scheme scheme() const { return scheme_; }
  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const InstrumentId&, const InstrumentId&) = default;

 private:
  Scheme scheme_ = Scheme::kNone;
  std::string text_;
};

// ISO 3166-1 alpha-2 country, two upper-case letters (membership in the list is not checked).
bool is_country(std::string_view text);

}  // namespace ustp

template <>
struct std::hash<ustp::InstrumentId> {
  std::size_t operator()(const ustp::InstrumentId& id) const noexcept { return std::hash<std::string>()(id.str()); }
};
