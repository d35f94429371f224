#pragma once
// ISO 10962 (CFI, edition 2021): the letters of each attribute, group by group. X ("not applicable or not known") is
// allowed in every place, as the standard has it, and stands alone where a row says kNone. The four attributes do not
// depend on each other.

#include <cstddef>
#include <string_view>

namespace ustp::detail {

struct CfiGroup {
  char category, group;
  std::string_view attributes[4];
};

inline constexpr std::string_view kVoting = "ENRV", kOwnership = "TU", kPayment = "FOP", kForm = "BMNR",
                                  kRedemption = "ACEGNRT", kIncome = "ACFNPQU", kFundEnd = "CMO",
                                  kDistribution = "GIJ", kFundAssets = "BCDEFKLMRV", kFundUnit = "QSUY",
                                  kSharesUnits = "SU", kInterest = "FKVZ", kPlainInterest = "FVZ",
                                  kGuarantee = "CGJNOPQSTU", kRepayment = "ABCDEFGLPQRT", kUnderlying = "BCDFIMNOSTW",
                                  kRightsBasis = "BCFIMPS", kWarrantBasis = "BCDIMST", kTenor = "CNP",
                                  kStandard = "NS", kOptionKind = "ABCDEFGHI", kPayoff = "ABDGLMPV", kSettle = "CEP",
                                  kForwardPrice = "CFS", kDelivery = "CP", kNone = "";

inline constexpr CfiGroup kCfiGroups[] = {
    // E: equities
    {'E', 'S', {kVoting, kOwnership, kPayment, kForm}},
    {'E', 'P', {kVoting, kRedemption, kIncome, kForm}},
    {'E', 'C', {kVoting, kOwnership, kPayment, kForm}},
    {'E', 'F', {kVoting, kRedemption, kIncome, kForm}},
    {'E', 'L', {kVoting, kOwnership, kPayment, kForm}},
    {'E', 'D', {"CFLMPS", "BDNR", "ACDFNPQU", kForm}},
    {'E', 'Y', {"ABCDEM", "DMY", "EFMV", "BCDGIMNST"}},
    {'E', 'M', {kNone, kNone, kNone, kForm}},
    // C: collective investment vehicles
    {'C', 'I', {kFundEnd, kDistribution, kFundAssets, kFundUnit}},
    {'C', 'H', {"ADELMNRS", kNone, kNone, kNone}},
    {'C', 'B', {kFundEnd, kDistribution, kNone, kFundUnit}},
    {'C', 'E', {kFundEnd, kDistribution, kFundAssets, kSharesUnits}},
    {'C', 'S', {kFundEnd, "BGLM", "BMR", kSharesUnits}},
    {'C', 'F', {kFundEnd, kDistribution, "BEHIMP", kFundUnit}},
    {'C', 'P', {kFundEnd, kDistribution, kFundAssets, kFundUnit}},
    {'C', 'M', {kNone, kNone, kNone, kFundUnit}},
    // D: debt instruments
    {'D', 'B', {"CFKVZ", kGuarantee, kRepayment, kForm}},
    {'D', 'C', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'W', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'T', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'S', {"ABCDM", "DFMVY", "FMV", "BCDIMNST"}},
    {'D', 'E', {"ABCDEM", "DFMVY", "CMRST", "BCDIMNST"}},
    {'D', 'G', {kPlainInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'A', {kPlainInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'N', {kPlainInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'D', {"ABCGMNTWY", "CFVZ", kGuarantee, kRepayment}},
    {'D', 'Y', {kInterest, kGuarantee, kNone, kForm}},
    {'D', 'M', {"BMP", kNone, kNone, kForm}},
    // R: entitlements
    {'R', 'A', {kNone, kNone, kNone, kForm}},
    {'R', 'S', {kRightsBasis, kNone, kNone, kForm}},
    {'R', 'P', {kRightsBasis, kNone, kNone, kForm}},
    {'R', 'W', {kWarrantBasis, "CNT", "BCP", "ABEM"}},
    {'R', 'F', {kWarrantBasis, "MNT", "CMP", "ABEM"}},
    {'R', 'D', {"AMPSW", kNone, kNone, kForm}},
    {'R', 'M', {kNone, kNone, kNone, kNone}},
    // O: listed options
    {'O', 'C', {"ABE", kUnderlying, "CENP", kStandard}},
    {'O', 'P', {"ABE", kUnderlying, "CENP", kStandard}},
    {'O', 'M', {kNone, kNone, kNone, kNone}},
    // F: futures
    {'F', 'F', {"BCDFIMNOSVW", kTenor, kStandard, kNone}},
    {'F', 'C', {"AEHIMNPS", kTenor, kStandard, kNone}},
    // S: swaps
    {'S', 'R', {"ACDGHMZ", "CDIY", "CS", "DN"}},
    {'S', 'T', {"ABCGHIJKMNPQST", "CT", kNone, kSettle}},
    {'S', 'E', {"BIMS", "CDLMPTV", kNone, kSettle}},
    {'S', 'C', {"BIMUV", "CMT", "CLS", "ACP"}},
    {'S', 'F', {"ACM", kNone, kNone, kDelivery}},
    {'S', 'M', {"MP", kNone, kNone, kSettle}},
    // H: options that are not listed
    {'H', 'R', {"ACDEFGHMOR", kOptionKind, "ABCDFGLMPV", kSettle}},
    {'H', 'T', {"ABCFGHIJKMNOPRSTW", kOptionKind, kPayoff, kSettle}},
    {'H', 'E', {"BFIMORS", kOptionKind, kPayoff, kSettle}},
    {'H', 'C', {"IMUVW", kOptionKind, kPayoff, kSettle}},
    {'H', 'F', {"BCDEFMQRTUVWY", "JKL", kPayoff, kSettle}},
    {'H', 'M', {"MP", "ABCDEFGHIJKL", kPayoff, "ACENP"}},
    // I: spot
    {'I', 'F', {kNone, kNone, kNone, "P"}},
    {'I', 'T', {"AJKMNPST", kNone, kNone, kNone}},
    // J: forwards
    {'J', 'E', {"BFIOS", kNone, kForwardPrice, kDelivery}},
    {'J', 'F', {"FJKLNORSTUVW", kNone, "CFRS", kDelivery}},
    {'J', 'C', {"ABCDGIO", kNone, kForwardPrice, kDelivery}},
    {'J', 'R', {"IMO", kNone, kForwardPrice, kDelivery}},
    {'J', 'T', {"ABCGHIJKMNPST", kNone, kForwardPrice, kDelivery}},
    // K: strategies
    {'K', 'R', {kNone, kNone, kNone, kNone}},
    {'K', 'T', {kNone, kNone, kNone, kNone}},
    {'K', 'E', {kNone, kNone, kNone, kNone}},
    {'K', 'C', {kNone, kNone, kNone, kNone}},
    {'K', 'F', {kNone, kNone, kNone, kNone}},
    {'K', 'Y', {kNone, kNone, kNone, kNone}},
    {'K', 'M', {kNone, kNone, kNone, kNone}},
    // L: financing
    {'L', 'L', {"ABJKMNPST", kNone, kNone, kDelivery}},
    {'L', 'R', {"CGS", "FNOT", kNone, "DHT"}},
    {'L', 'S', {"CDEGKLMPTW", "NOT", kNone, "DFHT"}},
    // T: referential instruments
    {'T', 'C', {"CLMN", kNone, kNone, kNone}},
    {'T', 'T', {"AEHIMNPS", kNone, kNone, kNone}},
    {'T', 'R', {"FMNRV", "ADMNQSW", kNone, kNone}},
    {'T', 'I', {"CDEFMRT", "CEFMP", "GMNP", kNone}},
    {'T', 'B', {"CDEFIMT", kNone, kNone, kNone}},
    {'T', 'D', {"CFKLMPS", kNone, kNone, kNone}},
    {'T', 'M', {kNone, kNone, kNone, kNone}},
    // M: others
    {'M', 'C', {"ABHMSUW", kOwnership, kNone, kForm}},
    {'M', 'M', {"EIMNPRST", kNone, kNone, kNone}},
};

constexpr const CfiGroup* find_cfi_group(char category, char group) {
  for (const CfiGroup& entry : kCfiGroups)
    if (entry.category == category && entry.group == group) return &entry;
  return nullptr;
}

constexpr bool cfi_attribute_allowed(const CfiGroup& group, std::size_t place, char letter) {
  return letter == 'X' || group.attributes[place].find(letter) != std::string_view::npos;
}

}  // namespace ustp::detail
