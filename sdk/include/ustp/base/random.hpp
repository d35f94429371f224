#pragma once
// Randomness is injected: the operating system's in production, a seeded generator in tests and simulation.

#include <cstdint>
#include <span>

#include "ustp/base/ids.hpp"

namespace ustp {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  template <class Id>
  Id id() {
    Id out;
    fill(out.mutable_octets());
    return out;
  }
};

// getrandom(2), buffered; terminates when the kernel has none. Not thread-safe: one object per thread.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::array<std::uint8_t, 4096> buffer_{};
  std::size_t used_ = sizeof(buffer_);
};

// xoshiro256**, for tests, simulation and demonstrations. Never for keys.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::uint8_t> out) override;
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound);  // 0 <= result < bound, unbiased; bound > 0

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace ustp
