#include "ustp/testing/invariants.hpp"

#include <algorithm>
#include <map>

namespace ustp::testing {
namespace {

// Sums and conversions that name what they could not do instead of wrapping.
class Findings {
 public:
  void require(bool holds, const char* requirement, const char* identity, const std::string& detail) {
    if (!holds) all_.push_back({requirement, identity, detail});
  }
  Uint128 add(Uint128 a, Uint128 b, const std::string& where) {
    const auto sum = checked_add(a, b);
    require(sum.has_value(), "USTP-TOK-022", "amounts are 128 bits", where);
    return sum ? *sum : a;
  }
  Uint128 total(const std::vector<Uint128>& parts, const std::string& where) {
    Uint128 out = 0;
    for (const auto part : parts) out = add(out, part, where);
    return out;
  }
  Uint128 to_security(const LedgerPicture& ledger, Uint128 base, std::uint8_t scale, const std::string& where) {
    const auto units = ledger.ratio.from_base(base, scale);
    require(units.has_value(), "USTP-TOK-021", "ratio: a conversion is exact", where + ": " + to_string(base));
    return units ? units->units() : 0;
  }
  std::vector<Violation> take() { return std::move(all_); }

 private:
  std::vector<Violation> all_;
};

std::string equation(Uint128 left, Uint128 right) { return to_string(left) + " and " + to_string(right); }

// Where created units wait: the backing account of the issuer ledger, custody elsewhere. They are nobody's rights.
bool holds_for_nobody(token::Capacity capacity) {
  return capacity == token::Capacity::kBacking || capacity == token::Capacity::kTransit;
}

// USTP-TOK-042
void check_position(Findings& out, const Picture& picture, const LedgerPicture& ledger, const PositionPicture& p) {
  const std::string where = ledger.ledger.str() + "/" + p.account.str();
  const Uint128 locked = out.total(p.locks, where);
  Uint128 lot_sum = 0, lot_locked = 0;
  for (const auto& lot : p.lots) {
    out.require(lot.quantity.scale() == picture.scale, "USTP-TOK-022", "lots have the instrument's scale", where);
    lot_sum = out.add(lot_sum, lot.quantity.units(), where);
    if (lot.locked_until > picture.now) lot_locked = out.add(lot_locked, lot.quantity.units(), where);
  }
  if (!p.lots.empty()) {
    const auto base = ledger.ratio.to_base({lot_sum, picture.scale});
    out.require(base && *base == p.base_units, "USTP-TOK-042", "position: q = sum of its lots",
                where + ": lots " + to_string(lot_sum) + ", position " + to_string(p.base_units));
    for (std::size_t i = 0; i < p.lots.size(); ++i)
      for (std::size_t j = i + 1; j < p.lots.size(); ++j) {
        auto other = p.lots[j];
        other.quantity = p.lots[i].quantity;
        out.require(!(other == p.lots[i]), "USTP-TOK-008", "identical lots are merged", where);
      }
  }
  // Claims overlap: together they cover at least the largest of them and at most their sum.
  Uint128 largest = locked, all = locked;
  for (const auto one : p.encumbrances) {
    largest = std::max(largest, one);
    all = out.add(all, one, where);
  }
  if (const auto base = ledger.ratio.to_base({lot_locked, picture.scale})) {
    largest = std::max(largest, *base);
    all = out.add(all, *base, where);
  }
  out.require(p.claimed >= largest, "USTP-TOK-042", "position: a lock, an encumbrance or a lot lock counts as claimed",
              where + ": " + to_string(p.claimed) + " below " + to_string(largest));
  out.require(p.claimed <= all, "USTP-TOK-042", "position: nothing is claimed without a claim",
              where + ": " + to_string(p.claimed) + " above " + to_string(all));
  out.require(std::max(p.claimed, locked) <= p.base_units, "USTP-TOK-042", "position: available is not below zero",
              where + ": claimed " + to_string(std::max(p.claimed, locked)) + " of " + to_string(p.base_units));
  if (!p.entitlements.empty()) {
    const Uint128 clients = out.total(p.entitlements, where);
    out.require(clients == p.base_units, "USTP-TOK-044", "segregation: a client account is the sum of its clients",
                where + ": " + equation(p.base_units, clients));
  }
}

struct Sums {
  Uint128 outside = 0;    // of the issuer ledger, backing accounts excluded
  Uint128 backing = 0;
  Uint128 elsewhere = 0;  // rights on the other ledgers
};

void add_ledger(Findings& out, const Picture& picture, const LedgerPicture& ledger, Sums& sums) {
  Uint128 for_nobody = 0, rights = 0;
  for (const auto& p : ledger.positions) {
    check_position(out, picture, ledger, p);
    auto& side = holds_for_nobody(p.capacity) ? for_nobody : rights;
    side = out.add(side, p.base_units, ledger.ledger.str());
  }
  if (ledger.issuer) {
    sums.outside = out.to_security(ledger, rights, picture.scale, ledger.ledger.str());
    sums.backing = out.to_security(ledger, for_nobody, picture.scale, ledger.ledger.str());
    out.require(ledger.provisional <= for_nobody, "USTP-TOK-046",
                "exclusivity: no more is earmarked than the backing account holds",
                ledger.ledger.str() + ": " + to_string(ledger.provisional) + " of " + to_string(for_nobody));
    return;
  }
  const auto units = out.to_security(ledger, rights, picture.scale, ledger.ledger.str());
  sums.elsewhere = out.add(sums.elsewhere, units, ledger.ledger.str());
  out.require(ledger.provisional == for_nobody, "USTP-TOK-046",
              "exclusivity: created units that are not assigned are in custody and nowhere else",
              ledger.ledger.str() + ": " + equation(ledger.provisional, for_nobody));
}

}  // namespace

std::vector<Violation> check_picture(const Picture& picture, bool at_rest) {
  Findings out;
  const auto& f = picture.figures;
  out.require(f.authorised >= f.approved && f.approved >= f.issued && f.issued >= f.treasury, "USTP-TOK-040",
              "issue: authorised >= approved >= issued >= treasury", "figures of the instrument");
  out.require(std::count_if(picture.ledgers.begin(), picture.ledgers.end(), [](const auto& l) { return l.issuer; }) == 1,
              "USTP-TOK-001", "exactly one issuer ledger", std::to_string(picture.ledgers.size()) + " ledgers");
  Sums sums;
  Uint128 provisional = 0;
  for (const auto& ledger : picture.ledgers) {
    add_ledger(out, picture, ledger, sums);
    provisional = out.add(provisional, ledger.provisional, ledger.ledger.str());
  }
  Uint128 transit = 0;
  for (const auto& one : picture.in_transit) transit = out.add(transit, one.units, "in transit");
  const Uint128 on_issuer = out.add(sums.outside, sums.backing, "issuer ledger");
  const Uint128 represented = out.add(sums.elsewhere, transit, "other ledgers");
  out.require(on_issuer == f.issued, "USTP-TOK-040", "issue: issued = sum of the issuer ledger's accounts",
              equation(f.issued, on_issuer));
  out.require(sums.backing == represented, "USTP-TOK-041", "backing: sum B = sum S + T",
              equation(sums.backing, represented));
  const Uint128 counted = out.add(sums.outside, represented, "all ledgers");
  out.require(counted == f.issued, "USTP-TOK-041", "count once: issued = sum outside B + sum S + T",
              equation(f.issued, counted));
  out.require(sums.elsewhere <= sums.backing, "USTP-TOK-046", "exclusivity: spendable on at most one ledger",
              to_string(sums.elsewhere) + " elsewhere, " + to_string(sums.backing) + " backing");
  if (at_rest) {
    out.require(transit == 0, "USTP-TOK-041", "at rest T = 0", to_string(transit));
    out.require(provisional == 0, "USTP-TOK-046", "at rest nothing is provisional", to_string(provisional));
  }
  return out.take();
}

std::vector<Violation> check_entries(const Picture& before, const Picture& after, const std::vector<Entry>& entries) {
  Findings out;
  using Key = std::pair<LedgerId, AccountId>;
  LedgerId issuer;
  for (const auto& ledger : before.ledgers)
    if (ledger.issuer) issuer = ledger.ledger;
  std::map<Key, std::pair<Uint128, Uint128>> moved;  // credits, debits
  std::map<LedgerId, std::pair<Uint128, Uint128>> plain, by_issuer;
  for (const auto& e : entries) {
    const bool issuers_act = e.cause == EntryCause::kIssue || e.cause == EntryCause::kRedemption ||
                             e.cause == EntryCause::kEvent;
    const bool represents = e.cause == EntryCause::kRepresentation;
    out.require(e.ledger == issuer ? !represents : !issuers_act, "USTP-TOK-043",
                "entry: the issuer ledger issues and redeems, the others create and extinguish",
                e.ledger.str() + "/" + e.account.str());
    auto& account = moved[{e.ledger, e.account}];
    auto& a = e.credit ? account.first : account.second;
    a = out.add(a, e.base_units, e.account.str());
    if (represents) continue;
    auto& ledger = (issuers_act ? by_issuer : plain)[e.ledger];
    auto& l = e.credit ? ledger.first : ledger.second;
    l = out.add(l, e.base_units, e.ledger.str());
  }
  for (const auto& [ledger, sums] : plain)
    out.require(sums.first == sums.second, "USTP-TOK-043", "entry: sum of debits = sum of credits",
                ledger.str() + ": " + equation(sums.second, sums.first));
  std::map<Key, Uint128> was, is;
  for (const auto* side : {&before, &after})
    for (const auto& ledger : side->ledgers)
      for (const auto& p : ledger.positions) {
        auto& to = side == &before ? was : is;
        to[{ledger.ledger, p.account}] = p.base_units;
        moved.try_emplace({ledger.ledger, p.account});
      }
  for (const auto& [key, sums] : moved) {
    const Uint128 in = out.add(was[key], sums.first, key.second.str());
    const Uint128 left = out.add(is[key], sums.second, key.second.str());
    out.require(in == left, "USTP-TOK-044", "day: q(t) = q(t-1) + credits - debits",
                key.first.str() + "/" + key.second.str() + ": " + equation(in, left));
  }
  Uint128 in = before.figures.issued, left = after.figures.issued;
  for (const auto& ledger : before.ledgers)
    if (ledger.issuer)
      if (const auto it = by_issuer.find(ledger.ledger); it != by_issuer.end()) {
        in = out.add(in, out.to_security(ledger, it->second.first, before.scale, "issue"), "issue");
        left = out.add(left, out.to_security(ledger, it->second.second, before.scale, "redemption"), "redemption");
      }
  out.require(in == left, "USTP-TOK-043", "entry: issued changes only by issue, redemption or event", equation(in, left));
  return out.take();
}

std::vector<Violation> check_lots_persist(const std::vector<token::Lot>& before, const std::vector<token::Lot>& after) {
  Findings out;
  auto merged_before = token::merge_lots(before), merged_after = token::merge_lots(after);
  out.require(merged_before && merged_after, "USTP-TOK-022", "amounts are 128 bits", "lots");
  if (!merged_before || !merged_after) return out.take();
  const auto missing = [&](const std::vector<token::Lot>& from, const std::vector<token::Lot>& in, const char* what) {
    for (const auto& lot : from)
      out.require(std::find(in.begin(), in.end(), lot) != in.end(), "USTP-TOK-045",
                  "persistence: a lot's acquisition and lock survive a round trip",
                  std::string(what) + " " + lot.quantity.str() + " acquired " + to_string(lot.acquired));
  };
  missing(*merged_before, *merged_after, "lost:");
  missing(*merged_after, *merged_before, "appeared:");
  return out.take();
}

std::vector<Violation> check_encumbrances_persist(const std::vector<token::Encumbrance>& before,
                                                  const std::vector<token::Encumbrance>& registrations,
                                                  const std::vector<token::Encumbrance>& releases,
                                                  const std::vector<token::Encumbrance>& after) {
  Findings out;
  auto expected = before;
  expected.insert(expected.end(), registrations.begin(), registrations.end());
  for (const auto& release : releases) {
    const auto it = std::find(expected.begin(), expected.end(), release);
    out.require(it != expected.end(), "USTP-TOK-045", "persistence: only what is registered is released",
                release.coverage.str());
    if (it != expected.end()) expected.erase(it);
  }
  for (const auto& one : after) {
    const auto it = std::find(expected.begin(), expected.end(), one);
    out.require(it != expected.end(), "USTP-TOK-045", "persistence: an encumbrance appears by registration",
                one.coverage.str());
    if (it != expected.end()) expected.erase(it);
  }
  for (const auto& one : expected)
    out.require(false, "USTP-TOK-045", "persistence: an encumbrance ends by an authorised release", one.coverage.str());
  return out.take();
}

std::vector<Violation> check_correction(const std::vector<Entry>& original, const std::vector<Entry>& contra,
                                        const std::vector<Hash256>& hashes_before,
                                        const std::vector<Hash256>& hashes_after) {
  Findings out;
  std::map<std::pair<LedgerId, AccountId>, std::pair<Uint128, Uint128>> sums;
  for (const auto* side : {&original, &contra})
    for (const auto& e : *side) {
      auto& line = sums[{e.ledger, e.account}];
      auto& to = e.credit ? line.first : line.second;
      to = out.add(to, e.base_units, e.account.str());
    }
  for (const auto& [key, sum] : sums)
    out.require(sum.first == sum.second, "USTP-TOK-050", "correction: original + contra = 0",
                key.second.str() + ": " + equation(sum.first, sum.second));
  for (const auto& e : contra)
    out.require(e.cause == EntryCause::kCorrection, "USTP-TOK-014", "a correction says that it is one", e.account.str());
  const bool kept = hashes_after.size() >= hashes_before.size() &&
                    std::equal(hashes_before.begin(), hashes_before.end(), hashes_after.begin());
  out.require(kept, "USTP-TOK-050", "correction: earlier hashes are unchanged",
              std::to_string(hashes_before.size()) + " entries before");
  return out.take();
}

}  // namespace ustp::testing
