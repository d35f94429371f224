#pragma once
// The embedded CSD at its two folders. One thread.

#include <map>
#include <set>

#include "adapters/csd/embedded/csd.hpp"
#include "adapters/csd/file_drop.hpp"

namespace ustp::csd::embedded {

class Service {
 public:
  // What was not taken out of the outbox before the last stop and is not there any more is written again.
  static Result<Service> open(Csd csd, const Clock& clock, const std::string& inbox, const std::string& outbox);

  // One round: takes what lies in the inbox (at most kBatch files), books it in one transaction, writes what is due.
  // True when there was something to take. An Error ends the service.
  Result<bool> poll();
  Csd& csd() { return csd_; }

 private:
  static constexpr std::size_t kBatch = 256;
  Service(Csd csd, const Clock& clock, FileDrop inbox, FileDrop outbox)
      : csd_(std::move(csd)), clock_(&clock), inbox_(std::move(inbox)), outbox_(std::move(outbox)) {}
  Result<void> write_due();
  Result<void> note_taken();

  Csd csd_;
  const Clock* clock_;
  FileDrop inbox_, outbox_;
  std::map<std::uint64_t, Outgoing> waiting_;  // booked, not written yet
  std::set<std::uint64_t> written_;            // in the outbox as far as we know
  std::uint64_t rounds_ = 0;
};

std::string outgoing_name(std::uint64_t number);

}  // namespace ustp::csd::embedded
