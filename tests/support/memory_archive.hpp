#pragma once
// An archive and snapshots in memory, as gateway/journal keeps them in a file.

#include <algorithm>
#include <map>

#include "gateway/ports/journal.hpp"

namespace ustp::test {

class MemoryArchive final : public gateway::Archive {
 public:
  std::size_t reads = 0;
  bool broken = false;              // nothing can be read any more

  void store(gateway::Journal::Snapshot snapshot) {
    for (auto& [id, versions] : rows_) versions.erase(versions.upper_bound(snapshot.base), versions.end());
    for (auto& row : snapshot.archived) rows_[row.id][snapshot.position] = std::move(row);
    snapshot.archived.clear();
    drop_behind(snapshot.base);
    snapshots_.insert_or_assign(snapshot.position, std::move(snapshot));
    while (snapshots_.size() > 2) snapshots_.erase(snapshots_.begin());
  }
  void drop_behind(std::uint64_t position) {  // blocks are gone, and what was made of them
    snapshots_.erase(snapshots_.upper_bound(position), snapshots_.end());
  }
  const gateway::Journal::Snapshot* newest() const { return snapshots_.empty() ? nullptr : &snapshots_.rbegin()->second; }

  Result<std::optional<gateway::Archived>> find(const TransferId& id, std::uint64_t position) override {
    ++reads;
    if (broken) return Error{Code::journal_damaged, "archive"};
    const auto it = rows_.find(id);
    const auto* row = it == rows_.end() ? nullptr : seen(it->second, position);
    return row ? std::optional(*row) : std::nullopt;
  }
  Result<std::optional<gateway::Archived>> find_order(const Hash256& order_key, std::uint64_t position) override {
    for (const auto& [id, versions] : rows_)
      if (const auto* row = seen(versions, position); row && row->order_key == order_key) return find(id, position);
    return std::optional<gateway::Archived>();
  }
  Result<std::vector<gateway::Archived>> before(std::uint64_t ordinal, std::uint64_t position, std::size_t limit) override {
    std::vector<gateway::Archived> out;
    for (const auto& [id, versions] : rows_)
      if (const auto* row = seen(versions, position); row && row->ordinal < ordinal) out.push_back(*row);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.ordinal > b.ordinal; });
    if (out.size() > limit) out.resize(limit);
    return out;
  }
  Result<void> each(std::uint64_t position, const Visitor& visit) override {
    for (const auto& [id, versions] : rows_)
      if (const auto* row = seen(versions, position)) visit(*row);
    return {};
  }

 private:
  using Versions = std::map<std::uint64_t, gateway::Archived>;  // by the position of the snapshot
  static const gateway::Archived* seen(const Versions& versions, std::uint64_t position) {
    const auto behind = versions.upper_bound(position);
    return behind == versions.begin() ? nullptr : &std::prev(behind)->second;
  }
  std::map<TransferId, Versions> rows_;
  std::map<std::uint64_t, gateway::Journal::Snapshot> snapshots_;
};

}  // namespace ustp::test
