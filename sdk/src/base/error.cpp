#include "ustp/base/error.hpp"

#include <array>

namespace ustp {
namespace {

constexpr auto kCodes = std::to_array<CodeInfo>({
#define USTP_ERROR(name, number, category, retryable, http, satp, text) \
  {Code::name, #name, category, retryable, http, satp, text},
#include <ustp/base/error_codes.inc>
#undef USTP_ERROR
});

}  // namespace

const CodeInfo& info(Code code) noexcept {
  const CodeInfo* internal = nullptr;
  for (const auto& one : kCodes) {
    if (one.code == code) return one;
    if (one.code == Code::internal) internal = &one;
  }
  return *internal;
}

std::span<const CodeInfo> all_codes() noexcept { return kCodes; }

std::string to_string(const Error& error) {
  const auto& known = info(error.code);
  std::string out = std::string(known.name) + ": " + std::string(known.text);
  if (!error.detail.empty()) out += " (" + error.detail + ")";
  return out;
}

}  // namespace ustp
