#include "ustp/base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace ustp {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  for (auto& octet : out) {
    if (used_ == buffer_.size()) {
      std::size_t have = 0;
      while (have < buffer_.size()) {
        const auto n = getrandom(buffer_.data() + have, buffer_.size() - have, 0);
        if (n > 0) have += static_cast<std::size_t>(n);
        else if (errno != EINTR) std::abort();
      }
      used_ = 0;
    }
    octet = buffer_[used_];
    buffer_[used_++] = 0;  // what was given out is not kept
  }
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  for (auto& word : state_) {  // splitmix64
    seed += 0x9e3779b97f4a7c15u;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    word = z ^ (z >> 31);
  }
}

std::uint64_t SeededRandom::next() {
  const auto rotate = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
  const auto result = rotate(state_[1] * 5, 7) * 9;
  const auto t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = rotate(state_[3], 45);
  return result;
}

std::uint64_t SeededRandom::below(std::uint64_t bound) {
  if (bound == 0) std::abort();
  const std::uint64_t reject = (0 - bound) % bound;  // 2^64 mod bound
  for (;;)
    if (const auto v = next(); v >= reject) return v % bound;
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) word = next();
    out[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
  }
}

}  // namespace ustp
