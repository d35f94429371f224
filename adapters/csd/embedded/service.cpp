#include "adapters/csd/embedded/service.hpp"

namespace ustp::csd::embedded {

// Twenty digits: the order of the names is the order of the answers.
std::string outgoing_name(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return std::string(20 - digits.size(), '0') + digits + ".xml";
}

Result<Service> Service::open(Csd csd, const Clock& clock, const std::string& inbox, const std::string& outbox) {
  USTP_TRY(auto in, FileDrop::open(inbox));
  USTP_TRY(auto out, FileDrop::open(outbox));
  Service service(std::move(csd), clock, std::move(in), std::move(out));
  USTP_TRY(auto rows, service.csd_.all());
  std::vector<std::uint64_t> taken;
  for (Outgoing& row : rows) {
    const auto name = outgoing_name(row.number);
    if (service.outbox_.has_taken(name)) {
      taken.push_back(row.number);
      continue;
    }
    // Files are not synced by us, so that after a power failure one may be there and torn: compare the octets.
    const auto present = service.outbox_.read(name);
    if (present && *present == row.file) service.written_.insert(row.number);
    else service.waiting_.emplace(row.number, std::move(row));
  }
  USTP_CHECK(service.csd_.taken(taken));
  USTP_CHECK(service.write_due());
  return service;
}

Result<bool> Service::poll() {
  USTP_TRY(const auto names, inbox_.list(kBatch));
  std::vector<std::string> taken, files;
  for (const std::string& name : names) {
    auto file = inbox_.read(name);
    if (file) {
      taken.push_back(name);
      files.push_back(std::move(*file));
    } else if (file.error().code == Code::frame_too_large) {
      USTP_CHECK(inbox_.bad(name));
    } else if (file.error().code != Code::not_found) {
      return Error(file.error());
    }
  }
  if (!files.empty()) {
    USTP_TRY(const auto understood, csd_.process(files));
    for (Outgoing& row : csd_.fresh()) waiting_.emplace(row.number, std::move(row));
    // Booked and durable: only now may the files go. A crash before this line brings them again, harmlessly.
    for (std::size_t i = 0; i < taken.size(); ++i)
      USTP_CHECK(understood[i] ? inbox_.done(taken[i]) : inbox_.bad(taken[i]));
  }
  USTP_CHECK(write_due());
  if (++rounds_ % 64 == 0) USTP_CHECK(note_taken());
  return !names.empty();
}

Result<void> Service::write_due() {
  const Instant now = clock_->now();
  std::vector<DropFile> files;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->second.due > now) {
      ++it;
      continue;
    }
    files.push_back({outgoing_name(it->first), std::move(it->second.file)});
    written_.insert(it->first);
    it = waiting_.erase(it);
  }
  // The store keeps the octets until they are taken, so nothing here needs to reach the disk.
  return outbox_.write(files, Sync::kNo);
}

// What has left the outbox was taken by its reader.
Result<void> Service::note_taken() {
  std::vector<std::uint64_t> gone;
  for (const auto number : written_)
    if (!outbox_.holds(outgoing_name(number))) gone.push_back(number);
  USTP_CHECK(csd_.taken(gone));
  for (const auto number : gone) written_.erase(number);
  return {};
}

}  // namespace ustp::csd::embedded
