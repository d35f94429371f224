#include "ustp/base/random.hpp"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cstdlib>

namespace ustp {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    if (used_ == buffer_.size()) {
      for (std::size_t have = 0; have < buffer_.size();) {
        const ssize_t got = ::getrandom(buffer_.data() + have, buffer_.size() - have, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) std::abort();
        have += static_cast<std::size_t>(got);
      }
      used_ = 0;
    }
    const std::size_t count = std::min(out.size(), buffer_.size() - used_);
    const auto from = std::span(buffer_).subspan(used_, count);
    std::copy(from.begin(), from.end(), out.begin());
    std::fill(from.begin(), from.end(), std::uint8_t{0});  // what was given out is not kept
    used_ += count;
    out = out.subspan(count);
  }
}

// SplitMix64 spreads the seed over the state, as the authors of xoshiro advise; an all-zero state cannot arise.
SeededRandom::SeededRandom(std::uint64_t seed) {
  for (auto& word : state_) {
    std::uint64_t z = (seed += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    word = z ^ (z >> 31);
  }
}

std::uint64_t SeededRandom::next() {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size();) {
    std::uint64_t word = next();
    for (int octet = 0; octet < 8 && i < out.size(); ++octet, ++i, word >>= 8)
      out[i] = static_cast<std::uint8_t>(word);
  }
}

std::uint64_t SeededRandom::below(std::uint64_t bound) {
  if (bound == 0) std::abort();
  const std::uint64_t reject_below = (0 - bound) % bound;  // 2^64 mod bound
  for (;;) {
    const std::uint64_t value = next();
    if (value >= reject_below) return value % bound;
  }
}

}  // namespace ustp
