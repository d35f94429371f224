#include "ustp/domain/identifiers.hpp"

#include <algorithm>

#include "cfi_table.hpp"

namespace ustp {
namespace {

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) { return is_upper(c) || is_digit(c); }
constexpr int value_of(char c) { return is_digit(c) ? c - '0' : c - 'A' + 10; }

template <class Test>
bool all(std::string_view text, Test test) {
  return std::all_of(text.begin(), text.end(), test);
}

// Luhn over the expanded digits (A=10 … Z=35), from the right, the last digit undoubled.
bool luhn(std::string_view text) {
  int sum = 0;
  bool doubled = false;
  const auto add = [&](int digit) {
    const int counted = doubled ? digit * 2 : digit;
    sum += counted / 10 + counted % 10;
    doubled = !doubled;
  };
  for (auto at = text.rbegin(); at != text.rend(); ++at) {
    const int value = value_of(*at);
    add(value % 10);
    if (value >= 10) add(value / 10);
  }
  return sum % 10 == 0;
}

int mod97(std::string_view text) {
  int rest = 0;
  for (char c : text) {
    const int value = value_of(c);
    rest = (rest * (value >= 10 ? 100 : 10) + value) % 97;
  }
  return rest;
}

bool is_lei(std::string_view text) {
  return text.size() == 20 && all(text.substr(0, 18), is_alnum) && all(text.substr(18), is_digit) &&
         mod97(text) == 1;
}

constexpr std::string_view kDtiAlphabet = "0123456789BCDFGHJKLMNPQRSTVWXZ";

// ISO 7064 hybrid system MOD 31,30.
bool hybrid_31_30(std::string_view text) {
  std::size_t product = 30;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t sum = (product + kDtiAlphabet.find(text[i])) % 30;
    if (i + 1 == text.size()) return sum == 1;
    product = (sum == 0 ? 30 : sum) * 2 % 31;
  }
  return false;
}

// Issued before the check character was fixed; the registry keeps them.
constexpr std::string_view kGrandfatheredDti[] = {"4H95J0R2X"};

}  // namespace

bool is_country(std::string_view text) { return text.size() == 2 && all(text, is_upper); }

Result<Isin> Isin::parse(std::string_view text) {
  if (text.size() != 12) return Error{Code::invalid_isin, "12 characters"};
  if (!is_country(text.substr(0, 2)) || !all(text.substr(2, 9), is_alnum) || !is_digit(text[11]))
    return Error{Code::invalid_isin, "two letters, nine letters or digits, a digit"};
  if (!luhn(text)) return Error{Code::invalid_isin, "check digit"};
  return Isin(text);
}

Result<Lei> Lei::parse(std::string_view text) {
  if (!is_lei(text)) return Error{Code::invalid_lei, "18 letters or digits, two check digits"};
  return Lei(text);
}

Result<Dti> Dti::parse(std::string_view text) {
  if (text.size() != 9) return Error{Code::invalid_dti, "nine characters"};
  if (!all(text, [](char c) { return kDtiAlphabet.find(c) != std::string_view::npos; }))
    return Error{Code::invalid_dti, "a character outside 0-9BCDFGHJKLMNPQRSTVWXZ"};
  if (text.front() == '0') return Error{Code::invalid_dti, "first character 0"};
  const bool grandfathered =
      std::find(std::begin(kGrandfatheredDti), std::end(kGrandfatheredDti), text) != std::end(kGrandfatheredDti);
  if (!grandfathered && !hybrid_31_30(text)) return Error{Code::invalid_dti, "check character"};
  return Dti(text);
}

Result<Bic> Bic::parse(std::string_view text) {
  if (text.size() != 8 && text.size() != 11) return Error{Code::invalid_bic, "8 or 11 characters"};
  if (!all(text, is_alnum)) return Error{Code::invalid_bic, "a character outside A-Z0-9"};
  if (!is_country(text.substr(4, 2))) return Error{Code::invalid_bic, "country"};
  return Bic(text);
}

Result<Mic> Mic::parse(std::string_view text) {
  if (text.size() != 4 || !all(text, is_alnum)) return Error{Code::invalid_mic, "four letters or digits"};
  return Mic(text);
}

Result<Cfi> Cfi::parse(std::string_view text) {
  if (text.size() != 6 || !all(text, is_upper)) return Error{Code::invalid_cfi, "six letters"};
  const detail::CfiGroup* group = detail::find_cfi_group(text[0], text[1]);
  if (group == nullptr) return Error{Code::invalid_cfi, "category or group"};
  for (std::size_t i = 0; i < 4; ++i)
    if (!detail::cfi_attribute_allowed(*group, i, text[i + 2]))
      return Error{Code::invalid_cfi, "attribute " + std::to_string(i + 1)};
  return Cfi(text);
}

Result<Uti> Uti::parse(std::string_view text) {
  if (text.size() < 21 || text.size() > 52) return Error{Code::invalid_uti, "an LEI and 1 to 32 characters"};
  if (!is_lei(text.substr(0, 20))) return Error{Code::invalid_uti, "embedded LEI"};
  if (!all(text.substr(20), is_alnum)) return Error{Code::invalid_uti, "a character outside A-Z0-9"};
  return Uti(text);
}

Result<InstrumentId> InstrumentId::parse(std::string_view text) {
  if (text.size() == 9) {
    USTP_TRY(const Dti dti, Dti::parse(text));
    return InstrumentId(dti);
  }
  USTP_TRY(const Isin isin, Isin::parse(text));
  return InstrumentId(isin);
}

}  // namespace ustp
