#pragma once
// The embedded CSD without its files: octets in, signed octets out, everything durable in between. Deterministic given
// clock and randomness. One thread.

#include <memory>

#include "adapters/csd/embedded/store.hpp"
#include "adapters/csd/iso/message.hpp"
#include "ustp/base/random.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::csd::embedded {

// How the CSD misbehaves, in percent of its answers (decision 10). What it booked is never affected.
struct Faults {
  std::uint32_t late = 0;     // written 50 to 250 ms after it was booked
  std::uint32_t twice = 0;    // written twice
  std::uint32_t unknown = 0;  // a status "unknown" instead; a question brings the truth out
};

class Csd {
 public:
  struct Environment {
    const Clock& clock;
    Random& random;
    crypto::Signer& signer;  // ES256
  };
  Csd(Store store, Environment environment, Faults faults);

  // One transaction for all files, committed when this returns. For each file whether it was understood; what goes out
  // was added to outgoing(). An Error: nothing of it happened; the process should end (the files come again).
  Result<std::vector<bool>> process(const std::vector<std::string>& files);

  // What has to be in the outbox until its reader has taken it. `fresh`: only what came since the last call.
  std::vector<Outgoing> fresh();
  Result<std::vector<Outgoing>> all() { return store_.outgoing(); }
  Result<void> taken(const std::vector<std::uint64_t>& numbers);

  Store& store() { return store_; }

 private:
  Result<bool> handle(const std::string& file);
  Result<void> instruct(const iso::Delivery& delivery, const iso::Instruction& instruction);
  Result<void> confirm(const iso::Delivery& delivery, const iso::Instruction& instruction);
  Result<void> answer(const iso::Delivery& delivery, const iso::StatusQuery& query);
  Result<void> answer(const iso::HoldingsQuery& query);
  Result<void> advise(const iso::Subject& subject, const iso::Header& asked, std::uint64_t epoch, iso::Status status,
                      Code reason = {});
  Result<std::string> signed_file(const iso::Message& message, std::uint64_t epoch);
  Result<void> reply(std::string file, const iso::Subject& subject, const iso::Header& asked, std::uint64_t epoch);
  Result<void> put(std::string file, Instant due);
  iso::Header header(const iso::Header& asked);
  bool chance(std::uint32_t percent);

  Store store_;
  Environment environment_;
  Faults faults_;
  Instant now_;                        // one reading per batch
  std::uint64_t sequence_ = 0;         // counts messages; in the store at every commit
  std::uint64_t outgoing_ = 0;         // counts files
  std::uint64_t epoch_ = 0;            // highest seen
  std::vector<Outgoing> fresh_;
};

}  // namespace ustp::csd::embedded
