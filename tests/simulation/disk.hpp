#pragma once
// A disk that keeps what was synced and, of what was only written, whatever it likes.

#include <cstdint>

#include "ustp/base/bytes.hpp"
#include "ustp/base/random.hpp"
#include "ustp/base/result.hpp"

namespace ustp::simulation {

// One appended file. Faults are armed for the next call and name what it will do.
class FakeFile {
 public:
  enum class WriteFault : std::uint8_t { kNone, kNoSpace, kShort };
  enum class Crash : std::uint8_t { kLost, kTorn, kKept };

  Result<void> append(BytesView octets);   // to what is not synced
  Result<void> sync();                     // after an error nothing is known of what was not synced
  void crash(Crash how, SeededRandom& random);
  Bytes content() const;                   // as a reader sees it: synced and not
  void replace(Bytes content);             // synced: a file written anew and renamed over the old one
  std::size_t synced() const { return synced_.size(); }
  Bytes& image() { return synced_; }       // for rot, and for backups
  const Bytes& image() const { return synced_; }

  WriteFault next_write = WriteFault::kNone;
  bool next_sync_fails = false;

 private:
  Bytes synced_, pending_;
};

}  // namespace ustp::simulation
