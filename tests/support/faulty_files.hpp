#pragma once
// The segment journal's file layer on a bad disk: content that was not synced is in memory only, so that killing the
// process or power_loss() loses it; names that were not made durable by a sync of their folder go back with kDrop.

#include "gateway/journal/files.hpp"
#include "tests/support/faulty_disk.hpp"

namespace ustp::testing {

class FaultyFiles : public gateway::journal::Files, public FaultyDisk {
 public:
  // Counts every operation that changes something; at the nth from now the power goes, before it is done.
  virtual void lose_power_at(std::uint64_t n, PowerLoss what) = 0;
  virtual bool is_off() const = 0;
};
std::shared_ptr<FaultyFiles> make_faulty_files();

}  // namespace ustp::testing
