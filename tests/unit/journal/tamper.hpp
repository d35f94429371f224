#pragma once
// Hands in the stored octets of a journal that no process has open. Positions count from 1, so do octets of a block.

#include "tests/unit/journal/harness.hpp"

namespace ustp::gateway::test {

void sql(const std::filesystem::path& file, const std::string& text);
Bytes octets_of(const Store& store, std::uint64_t position);
void put(const Store& store, std::uint64_t position, const Bytes& octets);  // as long as what was there
void spoil(const Store& store, std::uint64_t position, int octet);
void erase(const Store& store, std::uint64_t position);
void take_over(const Store& store);  // what another process does first: the next epoch
void set_version(const Store& store, std::uint64_t version);

// Segments only: the file of a block and the offset of its record header in it.
struct Place {
  std::filesystem::path file;
  std::uint64_t at = 0, length = 0;  // length: of the framed octets
};
Place place_of(const Store& store, std::uint64_t position);
void overwrite(const std::filesystem::path& file, std::uint64_t at, BytesView octets);
void flip(const std::filesystem::path& file, std::uint64_t at);  // all bits of one octet
// What a process that was killed leaves: nothing is known to have been durable.
void forget_stop(const Store& store);

}  // namespace ustp::gateway::test
