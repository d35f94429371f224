#include "tests/simulation/network.hpp"

#include <algorithm>

namespace ustp::simulation {

Network::Pair* Network::pair(std::size_t one, std::size_t other) {
  for (auto& p : pairs_)
    if ((p.a == one && p.b == other) || (p.a == other && p.b == one)) return &p;
  return nullptr;
}

std::size_t Network::index(const GatewayId& id) const {
  for (std::size_t i = 0; i < ports_.size(); ++i)
    if (ports_[i].id == id) return i;
  return ports_.size();
}

void Network::send(std::size_t from, const GatewayId& to, std::uint64_t link, const Bytes& frame, Instant now) {
  const auto target = index(to);
  auto* p = target < ports_.size() ? pair(from, target) : nullptr;
  if (!p || p->link != link) return;  // of a link that is gone
  auto& way = p->way[p->a == from ? 0 : 1];
  auto due = now + Duration::milliseconds(1 + static_cast<std::int64_t>(chance_.below(4)));
  if (chance_.happens(Fault::kDelay))
    due = due + Duration::milliseconds(static_cast<std::int64_t>(chance_.below(20'000)));
  if (!way.frames.empty()) due = std::max(due, way.frames.back().due);  // a stream keeps its order
  meddle(*p, way, frame, due);
  way.frames.push_back({frame, due});
  if (chance_.happens(Fault::kDuplicateFrame)) way.frames.push_back({frame, due});
  if (way.frames.size() > 1 && chance_.happens(Fault::kReorderFrame))
    std::swap(way.frames.back().octets, way.frames[way.frames.size() - 2].octets);
  constexpr std::size_t kPast = 16;
  if (way.past.size() < kPast) way.past.push_back(frame);
  else way.past[chance_.below(kPast)] = frame;
  if (chance_.happens(Fault::kOneWay)) {
    way.stalled_until = now + Duration::milliseconds(static_cast<std::int64_t>(chance_.below(60'000)));
    trace_.say("network", "nothing passes from " + ports_[from].id.str() + " to " + to.str() + " for a while");
  }
  if (chance_.happens(Fault::kFlap)) p->flapping_until = now + Duration::seconds(5);
  if (chance_.happens(Fault::kCut)) cut(*p, now, chance_.below(3) == 0);
}

// Puts what a hostile hand adds before the frame.
void Network::meddle(Pair&, Direction& way, const Bytes& frame, Instant due) {
  if (chance_.happens(Fault::kCorruptFrame)) {
    Bytes bad = frame;
    bad[chance_.below(bad.size())] ^= static_cast<std::uint8_t>(1U << chance_.below(8));
    way.frames.push_back({std::move(bad), due});
  }
  if (chance_.happens(Fault::kForgedFrame))
    if (auto bad = forger_(frame); !bad.empty()) way.frames.push_back({std::move(bad), due});
  if (!way.past.empty() && chance_.happens(Fault::kOldFrame))
    way.frames.push_back({way.past[chance_.below(way.past.size())], due});
}

void Network::cut(Pair& p, Instant now, bool late_notice) {
  if (p.link == 0) return;
  trace_.say("network", "the link " + ports_[p.a].id.str() + " - " + ports_[p.b].id.str() + " is cut");
  if (p.stale != 0 && ports_[p.a].up()) ports_[p.a].put(gateway::LinkInput{ports_[p.b].id, p.stale, false});
  p.stale = 0;
  if (late_notice) p.stale = p.link;
  else if (ports_[p.a].up()) ports_[p.a].put(gateway::LinkInput{ports_[p.b].id, p.link, false});
  if (ports_[p.b].up()) ports_[p.b].put(gateway::LinkInput{ports_[p.a].id, p.link, false});
  p.link = 0;
  for (auto& way : p.way) {
    way.frames.clear();
    way.stalled_until = {};
  }
  p.reconnect_at = now + Duration::milliseconds(
      chance_.healed ? 1 : static_cast<std::int64_t>(chance_.below(chance_.below(4) == 0 ? 60'000 : 500)));
}

void Network::connect(Pair& p, Instant) {
  p.link = ++links_;
  ports_[p.a].put(gateway::LinkInput{ports_[p.b].id, p.link, true});
  ports_[p.b].put(gateway::LinkInput{ports_[p.a].id, p.link, true});
  // The end of the link before is noticed when the next one is there already.
  if (p.stale != 0) ports_[p.a].put(gateway::LinkInput{ports_[p.b].id, p.stale, false});
  p.stale = 0;
  trace_.say("network", "the link " + ports_[p.a].id.str() + " - " + ports_[p.b].id.str() + " is up");
}

void Network::close(std::size_t by, const GatewayId& peer, std::uint64_t link, Instant now) {
  const auto other = index(peer);
  auto* p = other < ports_.size() ? pair(by, other) : nullptr;
  if (p && p->link == link) cut(*p, now, false);
}

void Network::gateway_down(std::size_t which, Instant now) {
  for (auto& p : pairs_)
    if (p.a == which || p.b == which) {
      if (p.a == which) p.stale = 0;
      cut(p, now, false);
    }
}

bool Network::step(Instant now) {
  const auto start = chance_.below(pairs_.size() * 2);
  for (std::size_t i = 0; i < pairs_.size() * 2; ++i) {
    auto& p = pairs_[(start + i) / 2 % pairs_.size()];
    if (p.link == 0) {
      if (p.reconnect_at > now || !ports_[p.a].up() || !ports_[p.b].up()) continue;
      connect(p, now);
      return true;
    }
    const auto side = (start + i) % 2;
    auto& way = p.way[side];
    if (way.frames.empty() || way.frames.front().due > now || way.stalled_until > now) continue;
    const auto to = side == 0 ? p.b : p.a;
    if (!ports_[to].room()) {
      chance_.came(Fault::kOverload);
      continue;
    }
    if (p.flapping_until > now && chance_.below(3) == 0) {
      chance_.came(Fault::kFlap);
      cut(p, now, false);
      return true;
    }
    auto octets = std::move(way.frames.front().octets);
    way.frames.pop_front();
    ports_[to].put(gateway::FrameInput{ports_[side == 0 ? p.a : p.b].id, p.link, std::move(octets)});
    return true;
  }
  return false;
}

Instant Network::next() const {
  Instant out{INT64_MAX};
  for (const auto& p : pairs_) {
    if (p.link == 0) {
      if (ports_[p.a].up() && ports_[p.b].up()) out = std::min(out, p.reconnect_at);
      continue;
    }
    for (const auto& way : p.way)
      if (!way.frames.empty()) out = std::min(out, std::max(way.frames.front().due, way.stalled_until));
  }
  return out;
}

void Network::heal(Instant now) {
  for (auto& p : pairs_) {
    p.flapping_until = {};
    cut(p, now, false);
    p.reconnect_at = now;
  }
}

bool Network::idle() const {
  return std::all_of(pairs_.begin(), pairs_.end(), [](const Pair& p) {
    return p.link != 0 && p.way[0].frames.empty() && p.way[1].frames.empty();
  });
}

}  // namespace ustp::simulation
