#include "ustp/domain/identifiers.hpp"

#include <algorithm>
#include <array>

namespace ustp {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool alnum(char c) { return digit(c) || upper(c); }
template <class F>
bool all(std::string_view text, F f) {
  return std::all_of(text.begin(), text.end(), f);
}
// Shown in errors: bounded, and only when printable.
std::string shown(std::string_view text) {
  return all(text, [](char c) { return c >= ' ' && c <= '~'; }) ? std::string(text.substr(0, 60)) : "unprintable";
}

// Luhn over the digits that letters expand to (A = 10 … Z = 35).
bool luhn(std::string_view text) {
  int sum = 0;
  bool twice = false;
  const auto add = [&](int d) {
    if (twice) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
    sum += d;
    twice = !twice;
  };
  for (auto it = text.rbegin(); it != text.rend(); ++it) {
    if (digit(*it)) {
      add(*it - '0');
    } else {
      const int v = *it - 'A' + 10;
      add(v % 10);
      add(v / 10);
    }
  }
  return sum % 10 == 0;
}

int mod97(std::string_view text) {
  int rest = 0;
  for (char c : text) rest = digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  return rest;
}

// ISO 7064 hybrid system MOD 31,30 over the DTI's alphabet.
constexpr std::string_view kDtiAlphabet = "0123456789BCDFGHJKLMNPQRSTVWXZ";
bool mod31_30(std::string_view text) {
  int p = 30;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = static_cast<int>(kDtiAlphabet.find(text[i]));
    int s = (p + value) % 30;
    if (i + 1 == text.size()) return s == 1;
    if (s == 0) s = 30;
    p = s * 2 % 31;
  }
  return false;
}
// Issued before the arithmetic was fixed; the registry keeps it.
constexpr std::array<std::string_view, 1> kGrandfatheredDtis = {"4H95J0R2X"};

// ISO 10962: category, its groups, and for each of the four attributes the letters allowed. An empty attribute list
// means: any letter (the standard leaves it to the group, or we do not hold the table).
struct CfiGroup {
  char category;
  std::string_view groups;
};
constexpr CfiGroup kCfiGroups[] = {
    {'E', "SPCFLDYM"}, {'C', "IHBEPSFM"}, {'D', "BCWTSEGAMNYD"}, {'R', "ASPWFDM"}, {'O', "CPM"}, {'F', "FC"},
    {'S', "RTECFM"},   {'H', "RTECFM"},   {'I', "FTM"},          {'J', "EFCRTXM"}, {'K', "RTECFYXM"},
    {'L', "LRS"},      {'T', "CTRIBDM"},  {'M', "CMP"}};
// Attributes of equities, in the order of the standard: voting right, ownership restrictions, payment status, form.
bool equity_attributes(std::string_view cfi) {
  if (cfi[1] == 'S')
    return std::string_view("VNREX").find(cfi[2]) != std::string_view::npos &&
           std::string_view("TUX").find(cfi[3]) != std::string_view::npos &&
           std::string_view("FOPX").find(cfi[4]) != std::string_view::npos &&
           std::string_view("BRNMX").find(cfi[5]) != std::string_view::npos;
  return true;
}

}  // namespace

bool is_country(std::string_view text) { return text.size() == 2 && all(text, upper); }

Result<Isin> Isin::parse(std::string_view text) {
  if (text.size() != 12 || !upper(text[0]) || !upper(text[1]) || !all(text, alnum) || !digit(text[11]) || !luhn(text))
    return Error{Code::invalid_isin, shown(text)};
  return Isin(text);
}

Result<Lei> Lei::parse(std::string_view text) {
  if (text.size() != 20 || !all(text, alnum) || !digit(text[18]) || !digit(text[19]) || mod97(text) != 1)
    return Error{Code::invalid_lei, shown(text)};
  return Lei(text);
}

Result<Dti> Dti::parse(std::string_view text) {
  const auto known = [](char c) { return kDtiAlphabet.find(c) != std::string_view::npos; };
  if (text.size() != 9 || text[0] == '0' || !all(text, known)) return Error{Code::invalid_dti, shown(text)};
  const bool old = std::find(kGrandfatheredDtis.begin(), kGrandfatheredDtis.end(), text) != kGrandfatheredDtis.end();
  if (!old && !mod31_30(text)) return Error{Code::invalid_dti, shown(text)};
  return Dti(text);
}

Result<Bic> Bic::parse(std::string_view text) {
  if ((text.size() != 8 && text.size() != 11) || !all(text, alnum) || !is_country(text.substr(4, 2)))
    return Error{Code::invalid_bic, shown(text)};
  return Bic(text);
}

Result<Mic> Mic::parse(std::string_view text) {
  if (text.size() != 4 || !all(text, alnum)) return Error{Code::invalid_mic, shown(text)};
  return Mic(text);
}

Result<Cfi> Cfi::parse(std::string_view text) {
  if (text.size() != 6 || !all(text, upper)) return Error{Code::invalid_cfi, shown(text)};
  for (const auto& row : kCfiGroups) {
    if (row.category != text[0]) continue;
    if (row.groups.find(text[1]) == std::string_view::npos || (text[0] == 'E' && !equity_attributes(text))) break;
    return Cfi(text);
  }
  return Error{Code::invalid_cfi, shown(text)};
}

Result<Uti> Uti::parse(std::string_view text) {
  if (text.size() < 21 || text.size() > 52 || !all(text, alnum) || !Lei::parse(text.substr(0, 20)))
    return Error{Code::invalid_uti, shown(text)};
  return Uti(text);
}

Result<InstrumentId> InstrumentId::parse(std::string_view text) {
  if (text.size() == 9) {
    USTP_TRY(auto dti, Dti::parse(text));
    return InstrumentId(dti);
  }
  USTP_TRY(auto isin, Isin::parse(text));
  return InstrumentId(isin);
}

}  // namespace ustp
