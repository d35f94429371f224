#pragma once
// ISO 10962 (CFI) categories, groups and attribute letters. "*" means: any letter A to Z. It stands where the letters
// of the attribute depend on others or are not confirmed here; being too strict would refuse genuine codes. X ("not
// applicable") is allowed in every place, as the standard has it.

#include <cstddef>
#include <string_view>

namespace ustp::detail {

struct CfiGroup {
  char category, group;
  std::string_view attributes[4];
};

inline constexpr std::string_view kVoting = "VNRE", kOwnership = "TU", kPayment = "FOP", kForm = "BRNM",
                                  kRedemption = "RETGACN", kIncome = "FCPQANUD", kFundEnd = "COM",
                                  kDistribution = "IGJ", kFundAssets = "RBEVLCDFKM", kFundUnit = "SQUY",
                                  kInterest = "FZVCK", kGuarantee = "TGSUPNOQJC", kRepayment = "FGCDABTLPQRE",
                                  kAny = "*", kNone = "";

inline constexpr CfiGroup kCfiGroups[] = {
    // E: equities
    {'E', 'S', {kVoting, kOwnership, kPayment, kForm}},
    {'E', 'P', {kVoting, kRedemption, kIncome, kForm}},
    {'E', 'C', {kVoting, kOwnership, kPayment, kForm}},
    {'E', 'F', {kVoting, kRedemption, kIncome, kForm}},
    {'E', 'L', {kVoting, kOwnership, kPayment, kForm}},
    {'E', 'D', {kAny, kAny, kAny, kForm}},
    {'E', 'Y', {kAny, kAny, kAny, kAny}},
    {'E', 'M', {kNone, kNone, kNone, kForm}},
    // C: collective investment vehicles
    {'C', 'I', {kFundEnd, kDistribution, kFundAssets, kFundUnit}},
    {'C', 'H', {kAny, kNone, kNone, kNone}},
    {'C', 'B', {kFundEnd, kDistribution, kNone, kFundUnit}},
    {'C', 'E', {kFundEnd, kDistribution, kFundAssets, kFundUnit}},
    {'C', 'S', {kAny, kAny, kAny, kAny}},
    {'C', 'F', {kFundEnd, kDistribution, "IHBEPM", kFundUnit}},
    {'C', 'P', {kFundEnd, kDistribution, kFundAssets, kFundUnit}},
    {'C', 'M', {kNone, kNone, kNone, kFundUnit}},
    // D: debt instruments
    {'D', 'B', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'C', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'W', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'T', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'S', {kAny, kAny, kAny, kAny}},
    {'D', 'E', {kAny, kAny, kAny, kAny}},
    {'D', 'G', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'A', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'N', {kInterest, kGuarantee, kRepayment, kForm}},
    {'D', 'D', {kAny, kAny, kAny, kForm}},
    {'D', 'Y', {kInterest, kGuarantee, kNone, kForm}},
    {'D', 'M', {kAny, kNone, kNone, kForm}},
    // R: entitlements
    {'R', 'A', {kNone, kNone, kNone, kForm}},
    {'R', 'S', {kAny, kNone, kNone, kForm}},
    {'R', 'P', {kAny, kNone, kNone, kForm}},
    {'R', 'W', {"BSDTCIM", "TNC", "CPB", "AEBM"}},
    {'R', 'F', {"BSDTCIM", kAny, kAny, kAny}},
    {'R', 'D', {kAny, kNone, kNone, kForm}},
    {'R', 'M', {kAny, kAny, kAny, kAny}},
    // O: listed options, F: futures
    {'O', 'C', {"AEB", "BSDTCIOFWNM", "PCNE", "SN"}},
    {'O', 'P', {"AEB", "BSDTCIOFWNM", "PCNE", "SN"}},
    {'O', 'M', {kAny, kAny, kAny, kAny}},
    {'F', 'F', {"BSDCIOFWNVM", "PCN", "SN", kNone}},
    {'F', 'C', {"EAISNPHM", "PCN", "SN", kNone}},
    // S: swaps, H: options that are not listed, I: spot, J: forwards, K: strategies
    {'S', 'R', {kAny, kAny, kAny, kAny}}, {'S', 'T', {kAny, kAny, kAny, kAny}}, {'S', 'E', {kAny, kAny, kAny, kAny}},
    {'S', 'C', {kAny, kAny, kAny, kAny}}, {'S', 'F', {kAny, kAny, kAny, kAny}}, {'S', 'M', {kAny, kAny, kAny, kAny}},
    {'H', 'R', {kAny, kAny, kAny, kAny}}, {'H', 'T', {kAny, kAny, kAny, kAny}}, {'H', 'E', {kAny, kAny, kAny, kAny}},
    {'H', 'C', {kAny, kAny, kAny, kAny}}, {'H', 'F', {kAny, kAny, kAny, kAny}}, {'H', 'M', {kAny, kAny, kAny, kAny}},
    {'I', 'F', {kAny, kAny, kAny, kAny}}, {'I', 'T', {kAny, kAny, kAny, kAny}},
    {'J', 'E', {kAny, kAny, kAny, kAny}}, {'J', 'F', {kAny, kAny, kAny, kAny}}, {'J', 'C', {kAny, kAny, kAny, kAny}},
    {'J', 'R', {kAny, kAny, kAny, kAny}}, {'J', 'T', {kAny, kAny, kAny, kAny}},
    {'K', 'R', {kAny, kAny, kAny, kAny}}, {'K', 'T', {kAny, kAny, kAny, kAny}}, {'K', 'E', {kAny, kAny, kAny, kAny}},
    {'K', 'C', {kAny, kAny, kAny, kAny}}, {'K', 'F', {kAny, kAny, kAny, kAny}}, {'K', 'Y', {kAny, kAny, kAny, kAny}},
    {'K', 'M', {kAny, kAny, kAny, kAny}},
    // L: financing, T: referential instruments, M: others
    {'L', 'L', {kAny, kAny, kAny, kAny}}, {'L', 'R', {kAny, kAny, kAny, kAny}}, {'L', 'S', {kAny, kAny, kAny, kAny}},
    {'T', 'C', {kAny, kAny, kAny, kAny}}, {'T', 'T', {kAny, kAny, kAny, kAny}}, {'T', 'R', {kAny, kAny, kAny, kAny}},
    {'T', 'I', {kAny, kAny, kAny, kAny}}, {'T', 'B', {kAny, kAny, kAny, kAny}}, {'T', 'D', {kAny, kAny, kAny, kAny}},
    {'T', 'M', {kAny, kAny, kAny, kAny}}, {'M', 'C', {kAny, kAny, kAny, kAny}}, {'M', 'M', {kAny, kAny, kAny, kAny}},
};

constexpr const CfiGroup* find_cfi_group(char category, char group) {
  for (const CfiGroup& entry : kCfiGroups)
    if (entry.category == category && entry.group == group) return &entry;
  return nullptr;
}

constexpr bool cfi_attribute_allowed(const CfiGroup& group, std::size_t place, char letter) {
  const std::string_view allowed = group.attributes[place];
  return letter == 'X' || allowed == kAny || allowed.find(letter) != std::string_view::npos;
}

}  // namespace ustp::detail
