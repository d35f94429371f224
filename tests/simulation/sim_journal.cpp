#include "tests/simulation/sim_journal.hpp"

#include "ustp/base/big_endian.hpp"
#include "ustp/crypto/crypto.hpp"

namespace ustp::simulation {
namespace {

constexpr std::size_t kHeader = 64, kTrailer = 4, kLengthAt = 60;

// Octets of the block that begins here; 0: not even a header, or more than there are.
std::size_t size_at(BytesView rest) {
  if (rest.size() < kHeader + kTrailer) return 0;
  const std::size_t size = kHeader + static_cast<std::size_t>(read_be(rest.subspan(kLengthAt, 4))) + kTrailer;
  return size <= rest.size() ? size : 0;
}

// Whether a whole block stands anywhere in these octets: then what is before it is rot and no torn tail.
bool block_within(BytesView rest) {
  const auto text = as_text(rest);
  for (auto at = text.find("USTJ", 1); at != std::string_view::npos; at = text.find("USTJ", at + 1)) {
    const auto from = rest.subspan(at);
    if (const auto size = size_at(from); size != 0 && gateway::parse_block(from.first(size))) return true;
  }
  return false;
}

}  // namespace

std::vector<Extent> extents(BytesView octets) {
  std::vector<Extent> out;
  for (std::size_t at = 0; at < octets.size();) {
    const auto size = size_at(octets.subspan(at));
    if (size == 0) break;
    out.push_back({at, size, out.size() + 1});
    at += size;
  }
  return out;
}

Result<std::vector<gateway::Block>> SimJournal::open() {
  auto octets = files_.blocks.content();
  gateway::journal::Chain chain(gateway::journal::Identity{.version = 1, .shard = 0, .epoch = files_.epoch});
  std::vector<gateway::Block> out;
  std::size_t at = 0;
  while (at < octets.size()) {
    const auto rest = BytesView(octets).subspan(at);
    const auto size = size_at(rest);
    const auto row = chain.head().position + 1;
    auto block = size == 0 ? Result<gateway::Block>(Error{Code::journal_damaged, "incomplete"})
                           : check_chain ? chain.check(row, rest.first(size)) : gateway::parse_block(rest.first(size));
    if (!block) {
      if (!check_chain && size != 0) {  // the planted defect: what cannot be read is passed over
        at += size;
        continue;
      }
      if (block_within(rest)) return Error{Code::journal_damaged, "position " + std::to_string(row)};
      break;  // the last write was torn; nobody was told that it was durable
    }
    at += size;
    out.push_back(*std::move(block));
  }
  octets.resize(at);
  head_ = chain.head();
  if (!check_chain && !out.empty()) head_ = {out.back().position, {}, out.back().epoch};
  durable_ = head_.position;
  files_.blocks.replace(std::move(octets));
  ++files_.epoch;
  return out;
}

Result<void> SimJournal::write(gateway::Block block) {
  if (block.position != head_.position + 1) return Error{Code::internal, "position"};
  block.epoch = files_.epoch;
  block.previous = head_.hash;
  const auto octets = gateway::frame_block(block);
  USTP_CHECK(files_.blocks.append(octets));
  head_ = {block.position, crypto::sha256(octets), block.epoch};
  return {};
}

Result<void> SimJournal::sync() {
  USTP_CHECK(files_.blocks.sync());
  durable_ = head_.position;
  return {};
}

}  // namespace ustp::simulation
