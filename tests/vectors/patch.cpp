#include "tests/vectors/patch.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace ustp::vectors {
namespace {

template <class T>
T read(const Bytes& b, std::size_t at) {
  T out;
  if (at + sizeof out > b.size()) std::abort();
  std::memcpy(&out, b.data() + at, sizeof out);
  return out;
}

// Octet of the vtable's entry for a field, and of the field itself.
struct Place {
  std::size_t entry = 0, field = 0;
};
Place place_in(const Bytes& b, std::size_t table, int field) {
  const auto vtable = static_cast<std::size_t>(static_cast<std::int64_t>(table) - read<std::int32_t>(b, table));
  const std::size_t entry = vtable + 4 + 2 * static_cast<std::size_t>(field);
  if (4 + 2 * static_cast<std::size_t>(field) >= read<std::uint16_t>(b, vtable) || read<std::uint16_t>(b, entry) == 0)
    std::abort();  // the sample does not have the field that is to be changed
  return {entry, table + read<std::uint16_t>(b, entry)};
}
std::size_t target(const Bytes& b, std::size_t at) { return at + read<std::uint32_t>(b, at); }

Place place_of(const Bytes& b, const std::vector<int>& path) {
  std::size_t table = target(b, 4);
  for (std::size_t i = 0; i + 1 < path.size(); ++i) table = target(b, place_in(b, table, path[i]).field);
  return place_in(b, table, path.back());
}
void put(Bytes& b, std::size_t at, BytesView value) {
  if (at + value.size() > b.size()) std::abort();
  std::copy(value.begin(), value.end(), b.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

Bytes with_octet(Bytes octets, std::size_t at, std::uint8_t value) {
  octets.at(at) = value;
  return octets;
}

Bytes replaced(Bytes octets, std::string_view from, std::string_view to) {
  const BytesView wanted = as_bytes(from);
  const auto found = std::search(octets.begin(), octets.end(), wanted.begin(), wanted.end());
  if (found == octets.end() || from.size() != to.size()) std::abort();
  const BytesView put_there = as_bytes(to);
  std::copy(put_there.begin(), put_there.end(), found);
  return octets;
}

Bytes without_field(Bytes octets, const std::vector<int>& path) {
  const std::uint8_t zero[2] = {};
  put(octets, place_of(octets, path).entry, zero);
  return octets;
}
Bytes with_field(Bytes octets, const std::vector<int>& path, BytesView value) {
  put(octets, place_of(octets, path).field, value);
  return octets;
}
Bytes with_target(Bytes octets, const std::vector<int>& path, BytesView value) {
  put(octets, target(octets, place_of(octets, path).field), value);
  return octets;
}

}  // namespace ustp::vectors
