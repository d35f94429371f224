#include "adapters/ethereum/evm/keccak.hpp"

#include <bit>

namespace ustp::ethereum {
namespace {

constexpr std::size_t kRate = 136;  // octets: 1600 bits less twice the digest's 256
using State = std::array<std::uint64_t, 25>;

// Step rho and pi of FIPS 202 3.2.2 and 3.2.3 as one walk over the lanes.
constexpr std::array<int, 24> kRotation = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                           27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
constexpr std::array<std::size_t, 24> kLane = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                               15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};

// Round constants of step iota from their linear feedback shift register (FIPS 202 3.2.5), so no table to mistype.
constexpr std::array<std::uint64_t, 24> round_constants() {
  std::array<std::uint64_t, 24> out{};
  unsigned lfsr = 1;
  for (auto& constant : out)
    for (unsigned j = 0; j <= 6; ++j) {
      if ((lfsr & 1U) != 0) constant |= std::uint64_t{1} << ((1U << j) - 1U);
      lfsr = (lfsr << 1U) ^ ((lfsr & 0x80U) != 0 ? 0x171U : 0U);
    }
  return out;
}
constexpr auto kRound = round_constants();

void permute(State& a) {
  for (const std::uint64_t round : kRound) {
    std::array<std::uint64_t, 5> column{};
    for (std::size_t x = 0; x < 5; ++x) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (std::size_t x = 0; x < 5; ++x) {
      const std::uint64_t mix = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
      for (std::size_t y = 0; y < 25; y += 5) a[y + x] ^= mix;
    }
    std::uint64_t carried = a[1];
    for (std::size_t i = 0; i < 24; ++i) {
      const std::uint64_t next = a[kLane[i]];
      a[kLane[i]] = std::rotl(carried, kRotation[i]);
      carried = next;
    }
    for (std::size_t y = 0; y < 25; y += 5) {
      std::array<std::uint64_t, 5> row{};
      std::copy_n(a.begin() + static_cast<std::ptrdiff_t>(y), 5, row.begin());
      for (std::size_t x = 0; x < 5; ++x) a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
    a[0] ^= round;
  }
}

void absorb(State& state, BytesView block) {
  for (std::size_t i = 0; i < block.size(); ++i) state[i / 8] ^= std::uint64_t{block[i]} << (8 * (i % 8));
}

}  // namespace

Word keccak256(BytesView data) {
  State state{};
  while (data.size() >= kRate) {
    absorb(state, data.first(kRate));
    permute(state);
    data = data.subspan(kRate);
  }
  absorb(state, data);
  state[data.size() / 8] ^= std::uint64_t{1} << (8 * (data.size() % 8));
  state[(kRate - 1) / 8] ^= std::uint64_t{0x80} << (8 * ((kRate - 1) % 8));
  permute(state);
  Word out;
  for (std::size_t i = 0; i < 32; ++i) out.mutable_octets()[i] = static_cast<std::uint8_t>(state[i / 8] >> (8 * (i % 8)));
  return out;
}

}  // namespace ustp::ethereum
