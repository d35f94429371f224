// Identifiers, times and dates.
#include "tests/vectors/maker.hpp"

namespace ustp::vectors {
namespace {

Value named(const char* scheme, std::string text) { return Members{{"scheme", scheme}, {"text", std::move(text)}}; }

// The text with the first ending that makes it valid: the check digits.
template <class Id>
std::string completed(const std::string& text, std::string_view alphabet, int places) {
  for (const char a : alphabet) {
    if (places == 1) {
      if (Id::parse(text + a)) return text + a;
      continue;
    }
    for (const char b : alphabet)
      if (Id::parse(text + a + b)) return text + a + b;
  }
  return text;
}
constexpr std::string_view kDigits = "0123456789", kDti = "0123456789BCDFGHJKLMNPQRSTVWXZ";

void isins(Maker& m) {
  m.about("identifier", {"USTP-IDN-010"});
  for (const char* text : {"US0378331005", "US5949181045", "GB0002634946", "AU0000XVGZA3", "JP3633400001", "CH0012221716"})
    m.valid("ISIN", named("isin", text));
  for (const char* body : {"DE000USTP01", "XS000000000", "ZZ999999999", "FRAAAAAAAAA", "SGZZZZZZZZZ", "KYA1B2C3D4E"})
    m.valid("ISIN with a computed check digit", named("isin", completed<Isin>(body, kDigits, 1)));
  const std::string good = "US0378331005";
  for (std::size_t i = 2; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == '9' ? '8' : static_cast<char>(bad[i] + 1);
    m.flawed("character " + std::to_string(i + 1) + " changed, check digit kept", named("isin", bad), "invalid_isin");
  }
  m.flawed("empty", named("isin", ""), "invalid_isin");
  m.flawed("eleven characters", named("isin", "US037833100"), "invalid_isin");
  m.flawed("thirteen characters", named("isin", "US03783310050"), "invalid_isin");
  m.flawed("lower case", named("isin", "us0378331005"), "invalid_isin");
  m.flawed("a digit in the country", named("isin", "U10378331005"), "invalid_isin");
  m.flawed("a letter as check digit", named("isin", "US037833100A"), "invalid_isin");
  m.flawed("a space", named("isin", "US03783310 5"), "invalid_isin");
}

void leis(Maker& m) {
  m.about("identifier", {"USTP-IDN-011"});
  for (const char* text : {"5493001KJTIIGC8Y1R12", "7LTWFZYICNSX8D621K86", "F3JS33DEI6XQ4ZBPTN86"})
    m.valid("LEI", named("lei", text));
  for (const char* body : {"000000000000000000", "ABCDEFGHIJKLMNOPQR", "ZZZZZZZZZZZZZZZZZZ", "529900USTP00000001"})
    m.valid("LEI with computed check digits", named("lei", completed<Lei>(body, kDigits, 2)));
  const std::string good = "5493001KJTIIGC8Y1R12";
  for (const std::size_t i : {0u, 5u, 10u, 17u, 18u, 19u}) {
    std::string bad = good;
    bad[i] = bad[i] == '9' || bad[i] == 'Z' ? '8' : static_cast<char>(bad[i] + 1);
    m.flawed("character " + std::to_string(i + 1) + " changed, check digits kept", named("lei", bad), "invalid_lei");
  }
  m.flawed("nineteen characters", named("lei", "5493001KJTIIGC8Y1R1"), "invalid_lei");
  m.flawed("twenty-one characters", named("lei", "5493001KJTIIGC8Y1R120"), "invalid_lei");
  m.flawed("lower case", named("lei", "5493001kjtiigc8y1r12"), "invalid_lei");
  m.flawed("letters as check digits", named("lei", "5493001KJTIIGC8Y1RAA"), "invalid_lei");
  m.flawed("a hyphen", named("lei", "5493001KJTIIGC8Y-R12"), "invalid_lei");
}

void dtis(Maker& m) {
  m.about("identifier", {"USTP-IDN-012"});
  m.valid("DTI issued before the check character", named("dti", "4H95J0R2X"));
  for (const char* body : {"X9J9K872", "BCDFGHJK", "10000000", "ZZZZZZZZ", "V15WLZJM"})
    m.valid("DTI with a computed check character", named("dti", completed<Dti>(body, kDti, 1)));
  const std::string good = completed<Dti>("X9J9K872", kDti, 1);
  for (const std::size_t i : {0u, 3u, 7u, 8u}) {
    std::string bad = good;
    bad[i] = bad[i] == 'X' ? 'Z' : 'X';
    m.flawed("character " + std::to_string(i + 1) + " changed, check character kept", named("dti", bad), "invalid_dti");
  }
  m.flawed("a vowel", named("dti", "X9J9K87A2"), "invalid_dti");
  m.flawed("a first character 0", named("dti", "0" + good.substr(1)), "invalid_dti");
  m.flawed("eight characters", named("dti", good.substr(0, 8)), "invalid_dti");
  m.flawed("ten characters", named("dti", good + "0"), "invalid_dti");
  m.flawed("lower case", named("dti", "x9j9k8722"), "invalid_dti");
  m.flawed("nearly the one issued before the rule", named("dti", "4H95J0R2Z"), "invalid_dti");
}

void codes(Maker& m) {
  m.about("identifier", {"USTP-IDN-013"});
  for (const char* text : {"DEUTDEFF", "DEUTDEFF500", "CHASUS33XXX", "A1B2GB2L"}) m.valid("BIC", named("bic", text));
  m.flawed("seven characters", named("bic", "DEUTDEF"), "invalid_bic");
  m.flawed("nine characters", named("bic", "DEUTDEFF5"), "invalid_bic");
  m.flawed("twelve characters", named("bic", "DEUTDEFF5000"), "invalid_bic");
  m.flawed("lower case", named("bic", "deutdeff"), "invalid_bic");
  m.flawed("a digit in the country", named("bic", "DEUTD3FF"), "invalid_bic");
  m.flawed("a space", named("bic", "DEUTDEF "), "invalid_bic");
  m.about("identifier", {"USTP-IDN-014"});
  for (const char* text : {"XNAS", "XLON", "0000", "A1B2"}) m.valid("MIC", named("mic", text));
  m.flawed("three characters", named("mic", "XNA"), "invalid_mic");
  m.flawed("five characters", named("mic", "XNASD"), "invalid_mic");
  m.flawed("lower case", named("mic", "xnas"), "invalid_mic");
  m.flawed("a hyphen", named("mic", "XN-S"), "invalid_mic");
  m.about("identifier", {"USTP-IDN-015"});
  for (const char* text : {"ESVUFR", "EPNRAR", "DBFTFB", "CIOGES", "RWSTCB", "OCASPS", "FFICNX", "SRACSP", "MMMXXX",
                           "ESXXXX", "TTXXXX", "LLAXXP", "JEBXFC", "KRXXXX"})
    if (Cfi::parse(text)) m.valid("CFI", named("cfi", text));
  m.flawed("five letters", named("cfi", "ESVUF"), "invalid_cfi");
  m.flawed("seven letters", named("cfi", "ESVUFRX"), "invalid_cfi");
  m.flawed("lower case", named("cfi", "esvufr"), "invalid_cfi");
  m.flawed("a digit", named("cfi", "ESVUF1"), "invalid_cfi");
  m.flawed("no such category", named("cfi", "ZSVUFR"), "invalid_cfi");
  m.flawed("no such group", named("cfi", "EZVUFR"), "invalid_cfi");
  m.flawed("first attribute not of this group", named("cfi", "ESAUFR"), "invalid_cfi");
  m.flawed("second attribute not of this group", named("cfi", "ESVAFR"), "invalid_cfi");
  m.flawed("third attribute not of this group", named("cfi", "ESVUAR"), "invalid_cfi");
  m.flawed("fourth attribute not of this group", named("cfi", "ESVUFA"), "invalid_cfi");
  m.flawed("an attribute where the group has none", named("cfi", "KRAXXX"), "invalid_cfi");
  m.about("identifier", {"USTP-IDN-016"});
  const std::string lei = "5493001KJTIIGC8Y1R12";
  m.valid("UTI with one character", named("uti", lei + "A"));
  m.valid("UTI with 32 characters", named("uti", lei + "0123456789ABCDEFGHIJKLMNOPQRSTUV"));
  m.flawed("nothing after the LEI", named("uti", lei), "invalid_uti");
  m.flawed("33 characters after the LEI", named("uti", lei + "0123456789ABCDEFGHIJKLMNOPQRSTUVW"), "invalid_uti");
  m.flawed("a wrong LEI", named("uti", "5493001KJTIIGC8Y1R13A"), "invalid_uti");
  m.flawed("lower case after the LEI", named("uti", lei + "a"), "invalid_uti");
  m.about("identifier", {"USTP-IDN-017"});
  m.valid("instrument: an ISIN", named("instrument", "US0378331005"));
  m.valid("instrument: a DTI", named("instrument", "4H95J0R2X"));
  m.flawed("instrument: nine characters that are no DTI", named("instrument", "4H95J0R2Z"), "invalid_dti");
  m.flawed("instrument: twelve characters that are no ISIN", named("instrument", "US0378331006"), "invalid_isin");
  m.flawed("instrument: another length", named("instrument", "US03783310"), "invalid_isin");
}

void texts(Maker& m) {
  m.about("identifier", {"USTP-IDN-001"});
  for (const char* scheme : {"gateway", "account"}) {
    const std::size_t most = std::string(scheme) == "gateway" ? 64 : 140;
    const std::string what = std::string(scheme) + ": ";
    m.valid(what + "one character", named(scheme, "x"));
    m.valid(what + "as long as it may be", named(scheme, std::string(most, 'g')));
    m.valid(what + "punctuation", named(scheme, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"));
    m.flawed(what + "empty", named(scheme, ""), "missing_field");
    m.flawed(what + "one character too long", named(scheme, std::string(most + 1, 'g')), "too_long");
    for (const char* bad : {"a b", "a\"b", "a\\b", "a\tb", "a\x7f", "g\xc3\xa4"})
      m.flawed(what + "a character outside the set", named(scheme, bad), "invalid_character");
  }
  m.about("identifier", {"USTP-IDN-002"});
  m.valid("transfer", named("transfer", "000102030405060708090a0b0c0d0e0f"));
  m.valid("transfer in upper case is read", named("transfer", "000102030405060708090A0B0C0D0E0F"));
  m.valid("hash", named("hash", std::string(64, 'f')));
  m.flawed("a missing digit", named("transfer", "000102030405060708090a0b0c0d0e0"), "malformed_text");
  m.flawed("fifteen octets", named("transfer", "000102030405060708090a0b0c0d0e"), "malformed_text");
  m.flawed("seventeen octets", named("transfer", "000102030405060708090a0b0c0d0e0f10"), "malformed_text");
  m.flawed("a letter that is no digit", named("transfer", "000102030405060708090a0b0c0d0e0g"), "invalid_character");
  m.flawed("hash of 31 octets", named("hash", std::string(62, 'f')), "malformed_text");
}

void times(Maker& m) {
  m.about("time", {"USTP-IDN-020"});
  const auto text = [](const char* t) { return Value(Members{{"text", t}}); };
  for (const char* t : {"1970-01-01T00:00:00Z", "2026-11-24T09:30:00.123456789Z", "2026-11-24T09:30:00.5Z",
                        "2024-02-29T23:59:59Z", "1969-12-31T23:59:59.999999999Z", "2262-04-11T23:47:16.854775807Z",
                        "1678-01-01T00:00:00Z", "2000-02-29T00:00:00.000000001Z", "2026-11-24T09:30:00.100Z"})
    m.valid("time", text(t));
  for (const auto& [flaw, t] : {std::pair{"no Z", "2026-11-24T09:30:00"}, {"an offset", "2026-11-24T09:30:00+00:00"},
                                {"lower case", "2026-11-24t09:30:00z"}, {"a space for T", "2026-11-24 09:30:00Z"},
                                {"no seconds", "2026-11-24T09:30Z"}, {"a leap second", "2016-12-31T23:59:60Z"},
                                {"hour 24", "2026-11-24T24:00:00Z"}, {"minute 60", "2026-11-24T09:60:00Z"},
                                {"ten fractional digits", "2026-11-24T09:30:00.1234567890Z"},
                                {"a point and nothing", "2026-11-24T09:30:00.Z"}, {"no such day", "2026-02-30T00:00:00Z"},
                                {"no leap year", "2025-02-29T00:00:00Z"}, {"month 13", "2026-13-01T00:00:00Z"},
                                {"beyond the range", "2263-01-01T00:00:00Z"}, {"before the range", "1600-01-01T00:00:00Z"},
                                {"the form of a SATP example", "2024-10-03T12:02+00Z"}, {"empty", ""}})
    m.flawed(flaw, text(t), "invalid_time");
  m.about("date", {"USTP-IDN-021"});
  for (const char* t : {"2026-11-24", "0001-01-01", "9999-12-31", "2024-02-29"}) m.valid("date", text(t));
  for (const auto& [flaw, t] : {std::pair{"year 0", "0000-01-01"}, {"month 0", "2026-00-01"}, {"day 0", "2026-01-00"},
                                {"day 31 of April", "2026-04-31"}, {"no hyphens", "20261124"}, {"one digit", "2026-1-24"},
                                {"a time", "2026-11-24T00:00:00Z"}, {"not leap", "1900-02-29"}})
    m.flawed(flaw, text(t), "invalid_time");
}

}  // namespace

Maker make_identifiers() {
  Maker m("identifiers", "Identifiers of the industry and of the protocol, times and dates in text (chapter 01).");
  isins(m);
  leis(m);
  dtis(m);
  codes(m);
  texts(m);
  times(m);
  return m;
}

}  // namespace ustp::vectors
