#include <doctest/doctest.h>

#include "ustp/domain/identifiers.hpp"

using namespace ustp;

namespace {
template <class Id>
void refused(std::string_view text, Code code) {
  CAPTURE(text);
  const auto parsed = Id::parse(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == code);
}
template <class Id>
void accepted(std::string_view text) {
  CAPTURE(text);
  const auto parsed = Id::parse(text);
  REQUIRE(parsed);
  CHECK(parsed->str() == text);
}
}  // namespace

TEST_CASE("an ISIN is taken only with its form and its check digit") {
  for (auto text : {"US0378331005", "CNE100000HB8", "AU0000XVGZA3"}) accepted<Isin>(text);
  accepted<Isin>("AU0000VXGZA3");  // transposed letters: Luhn cannot see it, and says so
  for (auto text : {"US0373831005", "us0378331005", "US037833100", "US03783310055", "0S0378331005", "US037833100A",
                    "US03783310 5", ""})
    refused<Isin>(text, Code::invalid_isin);
}

TEST_CASE("an LEI is taken only when MOD 97-10 is 1 and the check places are digits") {
  for (auto text : {"213800KUD8LAJWSQ9D15", "506700GE1G29325QX363"}) accepted<Lei>(text);
  for (auto text : {"213800KUD8LXJWSQ9D15", "213800KUD8LAJWSQ9D1", "213800kud8lajwsq9d15", "213800KUD8LAJWSQ9DAF", ""})
    refused<Lei>(text, Code::invalid_lei);
}

TEST_CASE("a DTI is taken with a right check character, or when it is older than the rule") {
  for (auto text : {"X9J9K872S", "3WCGMWKQM", "4H95J0R2X"}) accepted<Dti>(text);
  for (auto text : {"X9J9K872T", "4H95J0R2Z", "0X9J9K872", "X9J9K87AS", "X9J9K872", "x9j9k872s", ""})
    refused<Dti>(text, Code::invalid_dti);
}


TEST_CASE("a BIC has 8 or 11 characters and a country of letters") {
  for (auto text : {"AGRIFRPP882", "AGRIFRPP", "DEUTDEFF", "4GRIFRPP"}) accepted<Bic>(text);  // digits since 2014
  for (auto text : {"AGRIF2PP", "AGRIFRPP8", "agrifrpp", "AGRIFRP-", "", "AGRIFRPP8822"})
    refused<Bic>(text, Code::invalid_bic);
}

TEST_CASE("a MIC has four upper-case letters or digits") {
  for (auto text : {"XPAR", "360T"}) accepted<Mic>(text);
  for (auto text : {"XPA", "XPARI", "xpar", "XP R", ""}) refused<Mic>(text, Code::invalid_mic);
}

TEST_CASE("a CFI is checked against categories, groups and known attribute letters") {
  for (auto text : {"ELNUFR", "ESVUFR", "DBFTFB", "DBFUFR", "CEOGES", "FFICSX", "OCASPS", "EXXXXX"}) {
    CAPTURE(text);
    CHECK(bool(Cfi::parse(text)) == (std::string_view(text) != "EXXXXX"));
  }
  for (auto text : {"ELNUFQ", "ESQUFR", "ZSVUFR", "EZVUFR", "esvufr", "ESVUF", "ESVUFRX", "ESVUF1", ""})
    refused<Cfi>(text, Code::invalid_cfi);
  accepted<Cfi>("ESXXXX");  // X: not applicable, allowed in every attribute
}

TEST_CASE("CFI: every attribute takes the letters of ISO 10962 and no other, whatever stands beside it") {
  struct Row {
    const char* group;
    const char* letters[4];  // "" = X only
  };
  const Row rows[] = {
      {"ES", {"ENRV", "TU", "FOP", "BMNR"}},       {"EP", {"ENRV", "ACEGNRT", "ACFNPQU", "BMNR"}},
      {"EL", {"ENRV", "TU", "FOP", "BMNR"}},       {"ED", {"CFLMPS", "BDNR", "ACDFNPQU", "BMNR"}},
      {"CE", {"CMO", "GIJ", "BCDEFKLMRV", "SU"}},  {"CH", {"ADELMNRS", "", "", ""}},
      {"DB", {"CFKVZ", "CGJNOPQSTU", "ABCDEFGLPQRT", "BMNR"}},
      {"DC", {"FKVZ", "CGJNOPQSTU", "ABCDEFGLPQRT", "BMNR"}},
      {"DY", {"FKVZ", "CGJNOPQSTU", "", "BMNR"}},  {"RW", {"BCDIMST", "CNT", "BCP", "ABEM"}},
      {"OC", {"ABE", "BCDFIMNOSTW", "CENP", "NS"}}, {"FF", {"BCDFIMNOSVW", "CNP", "NS", ""}},
      {"SR", {"ACDGHMZ", "CDIY", "CS", "DN"}},     {"KR", {"", "", "", ""}},
      {"LR", {"CGS", "FNOT", "", "DHT"}},          {"MM", {"EIMNPRST", "", "", ""}},
  };
  for (const Row& row : rows)
    for (std::size_t place = 0; place < 4; ++place)
      for (char letter = 'A'; letter <= 'Z'; ++letter) {
        std::string code = std::string(row.group) + "XXXX";
        code[place + 2] = letter;
        CAPTURE(code);
        const bool known = letter == 'X' || std::string_view(row.letters[place]).find(letter) != std::string_view::npos;
        CHECK(Cfi::parse(code).has_value() == known);
      }
}

TEST_CASE("CFI: categories and groups are those of ISO 10962") {
  const std::string groups[] = {"E:SPCFLDYM", "C:IHBESFPM", "D:BCWTSEGANDYM", "R:ASPWFDM", "O:CPM", "F:FC",
                                "S:RTECFM", "H:RTECFM", "I:FT", "J:EFCRT", "K:RTECFYM", "L:LRS", "T:CTRIBDM", "M:CM"};
  for (char category = 'A'; category <= 'Z'; ++category)
    for (char group = 'A'; group <= 'Z'; ++group) {
      const std::string code = std::string{category, group} + "XXXX";
      bool known = false;
      for (const auto& one : groups) known = known || (one[0] == category && one.find(group, 2) != std::string::npos);
      CAPTURE(code);
      CHECK(Cfi::parse(code).has_value() == known);
    }
}

TEST_CASE("a UTI begins with a right LEI and has 1 to 32 more characters") {
  const std::string lei = "213800KUD8LAJWSQ9D15";
  accepted<Uti>(lei + "A");
  accepted<Uti>(lei + std::string(32, 'Z'));
  refused<Uti>(lei, Code::invalid_uti);
  refused<Uti>(lei + std::string(33, 'Z'), Code::invalid_uti);
  refused<Uti>(lei + "a", Code::invalid_uti);
  refused<Uti>("213800KUD8LXJWSQ9D15A", Code::invalid_uti);
}

TEST_CASE("an instrument is an ISIN or a DTI by its length") {
  CHECK(InstrumentId::parse("US0378331005")->scheme() == InstrumentId::Scheme::kIsin);
  CHECK(InstrumentId::parse("X9J9K872S")->scheme() == InstrumentId::Scheme::kDti);
  refused<InstrumentId>("US0373831005", Code::invalid_isin);
  refused<InstrumentId>("X9J9K872T", Code::invalid_dti);
  refused<InstrumentId>("", Code::invalid_isin);
}
