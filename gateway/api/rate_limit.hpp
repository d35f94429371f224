#pragma once
// Requests per second of each participant: a token bucket that holds one second's worth. One thread.

#include <unordered_map>

#include "ustp/base/ids.hpp"
#include "ustp/base/time.hpp"

namespace ustp::gateway::api {

class RateLimit {
 public:
  // 0: no limit.
  explicit RateLimit(std::uint32_t per_second) : per_second_(per_second) {}

  // Whether this participant may send one more now. `now` never goes back.
  bool admit(const ParticipantId& participant, Instant now);
  // One that was admitted stands for so many more: they are taken from what comes, so that later ones wait for them.
  void charge(const ParticipantId& participant, Instant now, std::size_t more);

 private:
  // The instant at which the bucket would be full; a full one needs no entry.
  std::uint32_t per_second_;
  std::unordered_map<ParticipantId, Instant> full_at_;
};

}  // namespace ustp::gateway::api
