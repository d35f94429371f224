#include "tests/simulation/clients.hpp"

#include <algorithm>

namespace ustp::simulation {

Clients::Clients(World& world, std::vector<std::unique_ptr<GatewayProcess>>& gateways)
    : world_(world), gateways_(gateways), left_(world.chance.swarm().orders), log_(world.charter.registry(world.json).log()) {}

void Clients::make_order() {
  auto& chance = world_.chance;
  const auto& swarm = chance.swarm();
  Order out;
  // The first ones bring units to the other ledgers; later all six directions are as likely.
  out.at = orders_.size() < 4 ? kCsd : chance.below(kGateways);
  const auto to = (out.at + 1 + chance.below(2)) % kGateways;
  auto& order = out.order;
  order.participant = Charter::bank(out.at);
  order.key = IdempotencyKey::literal("key-" + std::to_string(orders_.size()));
  order.instrument = Charter::isin();
  auto units = 1 + chance.below(swarm.quantity_max);
  if (chance.below(100) < swarm.contention) units = swarm.quantity_max - chance.below(10);
  order.originator = Charter::accounts()[chance.below(3)];
  // Mostly somebody who has something to give, and not much more than that.
  if (chance.below(10) != 0)
    for (const auto& position : gateways_[out.at]->ledger().picture().positions) {
      const auto has = static_cast<std::uint64_t>(position.base_units) / gateways_[out.at]->ledger().per_unit();
      if (has == 0 || position.capacity != token::Capacity::kClient) continue;
      order.originator = position.account;
      units = chance.below(100) < swarm.contention ? has - chance.below(std::min<std::uint64_t>(has, 3))
                                                    : 1 + chance.below(std::min<std::uint64_t>(has, swarm.quantity_max));
      if (chance.below(2) == 0) break;
    }
  order.quantity = std::to_string(units);
  order.beneficiary = Charter::accounts()[chance.below(3)];
  order.target_ledger = world_.charter.profile(to).id;
  order.vote_within = Duration::seconds(swarm.vote_within);
  if (chance.below(100) < swarm.bad_orders) {
    switch (chance.below(6)) {
      case 0: order.quantity = "0"; break;
      case 1: order.quantity = "99999999999"; break;
      case 2: order.beneficiary = AccountId::literal("nobody"); break;
      case 3: order.instrument = InstrumentId::literal("US5949181045"); break;
      case 4: order.target_ledger = world_.charter.profile(out.at).id; break;
      default: order.originator = AccountId::literal("custody"); break;
    }
  }
  // One of seven is for later (USTP-API-016).
  if (orders_.size() % 7 == 6) order.not_before = world_.now + Duration::seconds(1 + static_cast<std::int64_t>(orders_.size() % 30));
  order.payload_hash = crypto::sha256(as_bytes(order.quantity + order.originator.str() + order.beneficiary.str()));
  orders_.push_back(std::move(out));
  --left_;
  send(orders_.size() - 1);
}

void Clients::send(std::size_t which) {
  auto& one = orders_[which];
  if (one.tries++ > 0) world_.chance.came(Fault::kClientRetry);
  gateways_[one.at]->command(gateway::OrderCommand{one.order, [this, which](auto view) { answer(which, view); }});
}

void Clients::answer(std::size_t which, const Result<gateway::TransferView>& view) {
  auto& one = orders_[which];
  if (!view) {
    const auto code = view.error().code;
    world_.trace.say("client", one.order.key.str() + " is refused: " + to_string(view.error()));
    if (one.transfer && !world_.checker->restored())
      world_.violations.add("an order that was accepted is not refused later", to_string(view.error()), {*one.transfer});
    // Worth another try; in recovery nothing new is started.
    if (code == Code::overloaded) return;
    one.over = true;
    ++refused_;
    return;
  }
  world_.trace.say("client", view->id, one.order.key.str() + " is told " + view->state);
  world_.checker->told(one.at, one.order, *view);
  if (one.transfer && *one.transfer != view->id && !world_.checker->restored())
    world_.violations.add("one key, one transfer", one.order.key.str(), {*one.transfer, view->id});
  if (!one.transfer) ++accepted_;
  one.transfer = view->id;
}

void Clients::send_other_body(std::size_t which) {
  const auto& one = orders_[which];
  auto other = one.order;
  other.quantity = "7";
  other.payload_hash = crypto::sha256(as_bytes("another body"));
  const auto told = *one.transfer;
  gateways_[one.at]->command(gateway::OrderCommand{std::move(other), [this, told](auto view) {
    if (view && !world_.checker->restored())
      world_.violations.add("a key is bound to its body", "another body was accepted", {told, view->id});
  }});
}

void Clients::cancel(std::size_t which) {
  const auto& one = orders_[which];
  gateways_[one.at]->command(gateway::CancelCommand{one.order.participant, *one.transfer, [this, which](auto view) {
    if (view) world_.checker->told(orders_[which].at, orders_[which].order, *view);
  }});
}

bool Clients::step() {
  auto& chance = world_.chance;
  if (chance.healed && tell_statements()) return true;
  if (left_ > 0 && (chance.healed || chance.below(3) == 0)) {
    make_order();
    return true;
  }
  if (orders_.empty()) return false;
  // Mostly one of those that are under way.
  const auto recent = std::min<std::size_t>(orders_.size(), 4);
  const auto which = chance.below(3) == 0 ? chance.below(orders_.size()) : orders_.size() - 1 - chance.below(recent);
  auto& one = orders_[which];
  if (!one.transfer) {
    if (one.over || !gateways_[one.at]->up() || (!chance.healed && chance.below(4) != 0)) return false;
    send(which);
    return true;
  }
  if (chance.happens(Fault::kClientRetry)) send(which);
  else if (chance.happens(Fault::kClientOtherBody)) send_other_body(which);
  else if (chance.happens(Fault::kClientCancel)) cancel(which);
  else return false;
  return true;
}

// The authority's people hand a statement in again when a gateway went down over it.
bool Clients::tell_statements() {
  for (auto& gateway : gateways_) {
    if (!gateway->up() || !gateway->idle() || gateway->core()->registry().position() >= log_.size()) continue;
    for (auto i = gateway->core()->registry().position(); i < log_.size(); ++i)
      gateway->put(gateway::StatementCommand{log_[i], [](auto) {}});
    return true;
  }
  return false;
}

bool Clients::content() const {
  return left_ == 0 && std::all_of(orders_.begin(), orders_.end(),
                                   [](const Order& one) { return one.transfer.has_value() || one.over; });
}

void Clients::state(std::size_t ledger, const AccountId& account, token::AccountStatus status) {
  auto body = world_.charter.account(ledger, account);
  body.status = status;
  log_.push_back(test::next_statement(log_, wire::AccountStatement{body}, world_.charter.authority(), kBegin));
  if (status == token::AccountStatus::kOpen) stated_.erase({ledger, account});
  else stated_.insert({ledger, account});
  world_.trace.say("authority", account.str() + " on " + world_.charter.profile(ledger).id.str() +
                                    (status == token::AccountStatus::kOpen ? " is opened" : " is blocked"));
  // By hand at one gateway; the others learn it from their peers.
  for (const auto at : {ledger, std::size_t{kCsd}, std::size_t{kEth}, std::size_t{kCorda}}) {
    if (!gateways_[at]->up()) continue;
    const auto known = gateways_[at]->core()->registry().position();
    for (std::uint64_t i = known; i < log_.size(); ++i)
      gateways_[at]->put(gateway::StatementCommand{log_[i], [](auto) {}});
    if (!world_.chance.healed) break;
  }
}

void Clients::trouble() {
  auto& chance = world_.chance;
  auto at = chance.below(kGateways);
  auto account = Charter::accounts()[chance.below(3)];
  // Best under the feet of a transfer that is under way.
  if (!orders_.empty() && chance.below(4) != 0) {
    const auto& order = orders_.back().order;
    for (std::size_t i = 0; i < kGateways; ++i)
      if (world_.charter.profile(i).id == order.target_ledger) at = i;
    account = order.beneficiary;
  }
  if (chance.happens(Fault::kAccountBlockedByStatement))
    state(at, account, stated_.contains({at, account}) ? token::AccountStatus::kOpen : token::AccountStatus::kBlocked);
  auto& ledger = gateways_[at]->ledger();
  if (ledger.can_block() && chance.happens(Fault::kAccountBlockedAtLedger)) {
    const bool block = !blocked_.contains({at, account});
    ledger.block(account, block);
    world_.trace.say(ledger.profile().id.str(), account.str() + (block ? " is blocked here" : " is opened here"));
    if (block) blocked_.insert({at, account});
    else blocked_.erase({at, account});
  }
}

void Clients::heal() {
  for (const auto& [at, account] : std::exchange(blocked_, {})) gateways_[at]->ledger().block(account, false);
  for (const auto& [at, account] : std::set(stated_)) state(at, account, token::AccountStatus::kOpen);
}

}  // namespace ustp::simulation
