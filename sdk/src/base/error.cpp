#include "ustp/base/error.hpp"

#include <algorithm>
#include <iterator>

namespace ustp {
namespace {

constexpr CodeInfo kCodes[] = {
#define USTP_ERROR(name, number, category, retryable, http, satp, text) \
  {Code::name, #name, category, retryable, http, satp, text},
#include <ustp/base/error_codes.inc>
#undef USTP_ERROR
};
// info() searches by halves, so the registry must ascend.
static_assert(std::is_sorted(std::begin(kCodes), std::end(kCodes),
                             [](const CodeInfo& a, const CodeInfo& b) { return a.code <= b.code; }));

constexpr const CodeInfo* find(Code code) {
  const auto* at = std::lower_bound(std::begin(kCodes), std::end(kCodes), code,
                                    [](const CodeInfo& entry, Code wanted) { return entry.code < wanted; });
  return at != std::end(kCodes) && at->code == code ? at : nullptr;
}
static_assert(find(Code::internal) != nullptr);

}  // namespace

const CodeInfo& info(Code code) noexcept {
  const CodeInfo* entry = find(code);
  return entry != nullptr ? *entry : *find(Code::internal);
}

std::span<const CodeInfo> all_codes() noexcept { return kCodes; }

std::string to_string(const Error& error) {
  const CodeInfo& entry = info(error.code);
  std::string out(entry.name);
  out.append(": ").append(entry.text);
  if (!error.detail.empty()) out.append(" (").append(error.detail).append(")");
  return out;
}

}  // namespace ustp
