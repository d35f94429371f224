#include "gateway/api/rate_limit.hpp"

#include <algorithm>

namespace ustp::gateway::api {
namespace {
// Beyond, the full buckets are forgotten; what stays is bounded by the number of participants.
constexpr std::size_t kMaxEntries = 4096;
}

bool RateLimit::admit(const ParticipantId& participant, Instant now) {
  if (per_second_ == 0) return true;
  if (full_at_.size() >= kMaxEntries)
    std::erase_if(full_at_, [&](const auto& entry) { return entry.second <= now; });
  auto& full_at = full_at_[participant];
  const Duration one{1'000'000'000 / per_second_};
  const Instant next = std::max(full_at, now) + one;
  if (next - now > Duration::seconds(1)) return false;
  full_at = next;
  return true;
}

void RateLimit::charge(const ParticipantId& participant, Instant now, std::size_t more) {
  if (per_second_ == 0) return;
  auto& full_at = full_at_[participant];
  full_at = std::max(full_at, now) + Duration{1'000'000'000 / per_second_ * static_cast<std::int64_t>(more)};
}

}  // namespace ustp::gateway::api
