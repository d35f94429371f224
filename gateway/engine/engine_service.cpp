// What the API asks, brought to the engine's thread and back; slow reads go on to the workers.
#include "gateway/engine/engine_impl.hpp"
#include "gateway/engine/evidence.hpp"

namespace ustp::gateway {

namespace {
const Error kOverloaded{Code::overloaded, "the engine's queue is full"};
}

void EngineImpl::start_transfer(TransferOrder order, Reply<TransferView> reply) {
  if (!push_command(OrderCommand{std::move(order), reply})) reply(kOverloaded);
}

void EngineImpl::cancel_transfer(ParticipantId participant, TransferId id, Reply<TransferView> reply) {
  if (!push_command(CancelCommand{std::move(participant), id, reply})) reply(kOverloaded);
}

void EngineImpl::apply_statement(wire::SignedStatement statement, Reply<std::uint64_t> reply) {
  if (!push_command(StatementCommand{std::move(statement), reply})) reply(kOverloaded);
}

template <class T>
void EngineImpl::look(Reply<T> reply, std::function<Result<T>(const Core&)> read) {
  const auto command = QueryCommand{[reply, read = std::move(read)](const Core& core) -> std::function<void()> {
    return [reply, answer = read(core)] { reply(answer); };
  }};
  if (!push_command(command)) reply(kOverloaded);
}

void EngineImpl::get_transfer(ParticipantId participant, TransferId id, Reply<TransferView> reply) {
  look<TransferView>(std::move(reply), [=](const Core& core) { return core.view_for(participant, id); });
}

void EngineImpl::list_transfers(ParticipantId participant, TransferFilter filter, TransferId after, std::size_t limit,
                                Reply<TransferPage> reply) {
  const Reply<Listing> listed = [this, reply](Result<Listing> listing) {
    if (!listing) return reply(listing.error());
    if (listing->archived_at == 0) return reply(page_of(*std::move(listing), nullptr));
    const auto job = [this, reply, listing = *std::move(listing)] { reply(page_of(listing, &parts_.journal.archive())); };
    if (!workers_.run(job)) reply(kOverloaded);
  };
  look<Listing>(listed, [=](const Core& core) { return core.list_for(participant, filter, after, limit); });
}

void EngineImpl::check_transfer(TransferOrder order, Reply<OrderFindings> reply) {
  look<OrderFindings>(std::move(reply), [this, order = std::move(order)](const Core& core) {
    return OrderFindings{core.findings(order, std::max(parts_.clock.now(), order.not_before)), core.registry().position()};
  });
}

void EngineImpl::ledgers(Reply<std::vector<LedgerView>> reply) {
  look<std::vector<LedgerView>>(std::move(reply), [](const Core& core) { return core.ledgers(); });
}

void EngineImpl::participants(Reply<std::vector<wire::ParticipantStatement>> reply) {
  look<std::vector<wire::ParticipantStatement>>(std::move(reply), [](const Core& core) {
    std::vector<wire::ParticipantStatement> out;
    for (const auto* one : core.registry().participants()) out.push_back(*one);
    return out;
  });
}

// The answer is looked up when all before it is durable, and may then wait for more.
void EngineImpl::events(EventQuery query, Reply<EventPage> reply) {
  const auto command = QueryCommand{[=, this](const Core& core) -> std::function<void()> {
    return [=, this, &core] { event_waiters_.ask(query, reply, core, durable_events_); };
  }};
  if (!push_command(command)) reply(kOverloaded);
}

void EngineImpl::instruments(Reply<std::vector<token::Instrument>> reply) {
  look<std::vector<token::Instrument>>(std::move(reply), [](const Core& core) {
    std::vector<token::Instrument> out;
    for (const auto* instrument : core.registry().instruments()) out.push_back(*instrument);
    return out;
  });
}

void EngineImpl::statements(std::uint64_t from, Reply<std::vector<wire::SignedStatement>> reply) {
  look<std::vector<wire::SignedStatement>>(std::move(reply), [from](const Core& core) {
    const auto& log = core.registry().log();
    const auto first = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(from == 0 ? 0 : from - 1, log.size()));
    return std::vector<wire::SignedStatement>(log.begin() + first, log.end());
  });
}

void EngineImpl::evidence(ParticipantId participant, TransferId id, Reply<Bytes> reply) {
  struct Source {
    std::vector<wire::SignedStatement> log;
    std::vector<std::uint64_t> blocks;
  };
  const Reply<Source> found = [this, id, reply](Result<Source> source) {
    if (!source) return reply(source.error());
    const auto job = [this, id, reply, source = *std::move(source)] {
      reply(seal_evidence(id, source.log, source.blocks));
    };
    if (!workers_.run(job)) reply(kOverloaded);
  };
  look<Source>(found, [participant, id](const Core& core) -> Result<Source> {
    USTP_TRY([[maybe_unused]] auto view, core.view_for(participant, id));
    USTP_TRY(auto blocks, core.blocks_of(id));
    return Source{core.registry().log(), std::move(blocks)};
  });
}

Result<Bytes> EngineImpl::seal_evidence(const TransferId& id, std::vector<wire::SignedStatement> log,
                                        const std::vector<std::uint64_t>& blocks) {
  const auto read = [this](std::uint64_t position) -> Result<Block> {
    std::optional<Block> found;
    USTP_CHECK(parts_.journal.read(position, position, [&](const Block& block) -> Result<void> {
      found = block;
      return {};
    }));
    if (!found) return Error{Code::journal_damaged, "position " + std::to_string(position)};
    return *std::move(found);
  };
  const std::lock_guard hold(evidence_mutex_);
  USTP_TRY(auto bundle, collect_evidence(id, core_->self(), std::move(log), blocks, read, parts_.clock.now()));
  return wire::seal_bundle(bundle, parts_.evidence_signer);
}

void EngineImpl::positions(ParticipantId participant, InstrumentId instrument, Reply<PositionsView> reply) {
  struct Source {
    PositionsView view;
    std::set<AccountId> accounts;   // of the participant
    bool house = false;             // the operator of this gateway sees every position
  };
  const Reply<Source> found = [this, reply](Result<Source> source) {
    if (!source) return reply(source.error());
    const auto job = [this, reply, source = *std::move(source)]() mutable {
      const auto& id = source.view.instrument.id;
      auto positions = parts_.driver.positions(id);
      if (!positions) return reply(positions.error());
      auto supply = parts_.driver.supply(id);
      if (!supply) return reply(supply.error());
      for (auto& position : *positions)
        if (source.house || source.accounts.contains(position.account))
          source.view.positions.push_back(std::move(position));
      source.view.outstanding = supply->outstanding;
      source.view.provisional = supply->provisional;
      source.view.backing = supply->backing;
      reply(std::move(source.view));
    };
    if (!workers_.run(job)) reply(kOverloaded);
  };
  look<Source>(found, [participant, instrument](const Core& core) -> Result<Source> {
    const auto& registry = core.registry();
    const auto* known = registry.instrument(instrument);
    if (!known || !known->representation(core.ledger())) return Error{Code::not_found, instrument.str()};
    Source out;
    out.view.ledger = core.ledger();
    out.view.instrument = *known;
    const auto* party = registry.participant(participant);
    out.house = party && party->gateway == core.self();
    for (const auto* account : registry.accounts())
      if (account->ledger == core.ledger() && account->participant == participant) out.accounts.insert(account->id);
    if (known->home_gateway == core.self())
      for (const auto& representation : known->representations)
        if (representation.ledger != core.ledger())
          out.view.outstanding_elsewhere.emplace_back(
              representation.ledger, core.home_book().outstanding(instrument, representation.ledger, known->scale));
    return out;
  });
}

Service::Health EngineImpl::health() const {
  Health out;
  {
    const std::lock_guard hold(mutex_);
    out.started = running_;
    out.live = running_ && !failed_;
    if (failed_) out.failing.push_back("the journal failed");
    if (stopping_) out.failing.push_back("stopping");
    if (inputs_.size() >= options_.inputs_max) out.failing.push_back("the engine's queue is full");
  }
  const auto readiness = meter_.readiness();
  if (readiness.recovery_only) out.failing.push_back("recovery only: a peer has seen more than the journal holds");
  out.ready = out.live && out.failing.empty();
  return out;
}

std::string EngineImpl::metrics() const {
  std::size_t waiting = 0;
  std::uint64_t durable = 0;
  {
    const std::lock_guard hold(mutex_);
    waiting = inputs_.size();
    durable = durable_;
  }
  return meter_.text(waiting, durable, snapshotter_.position(), snapshotter_.failures());
}

}  // namespace ustp::gateway
