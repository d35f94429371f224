#include "adapters/csd/embedded/csd.hpp"

#include "adapters/csd/embedded/rules.hpp"
#include "adapters/csd/proof/signed_file.hpp"

namespace ustp::csd::embedded {
namespace {

constexpr std::size_t kAccountsPerPage = 200;

iso::Subject subject_of(const iso::Operation& o) { return {o.id, o.kind, o.request_hash, o.ledger}; }

std::string delivery_key(const iso::Header& header, const iso::Delivery& delivery, const Hash256& hash) {
  return header.id + "|" + hash.hex() + "|" + std::to_string(delivery.epoch) + "|" + std::to_string(delivery.number);
}

std::string_view purpose_of(std::string_view capacity) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {{"house", "HOUS"},   {"client", "CLNT"},
                                                                      {"issuer", "ISSR"},  {"backing", "BACK"},
                                                                      {"transit", "TRNS"}, {"suspense", "SUSP"}};
  for (const auto& [name, code] : kNames)
    if (name == capacity) return code;
  return "CLNT";
}

iso::Holding holding_of(const Account& account, std::uint8_t scale) {
  const bool restricted = account.blocked || account.capacity == "suspense";
  return {account.id, std::string(purpose_of(account.capacity)), Quantity(account.units, scale),
          Quantity(account.locked, scale), Quantity(account.provisional, scale),
          Quantity(restricted ? account.units : 0, scale)};
}

}  // namespace

Csd::Csd(Store store, Environment environment, Faults faults)
    : store_(std::move(store)), environment_(environment), faults_(faults) {}

Result<std::vector<bool>> Csd::process(const std::vector<std::string>& files) {
  now_ = environment_.clock.now();
  const auto batch = [&]() -> Result<std::vector<bool>> {
    std::vector<bool> understood;
    USTP_CHECK(store_.begin());
    USTP_TRY(sequence_, store_.counter("sequence"));
    USTP_TRY(outgoing_, store_.counter("outgoing"));
    USTP_TRY(epoch_, store_.counter("epoch"));
    for (const std::string& file : files) {
      USTP_TRY(const bool ok, handle(file));
      understood.push_back(ok);
    }
    USTP_CHECK(store_.set_counter("sequence", sequence_));
    USTP_CHECK(store_.set_counter("outgoing", outgoing_));
    USTP_CHECK(store_.set_counter("epoch", epoch_));
    USTP_CHECK(store_.commit());
    return understood;
  };
  const auto mark = fresh_.size();
  auto result = batch();
  if (!result) {
    store_.rollback();
    fresh_.resize(mark);
  }
  return result;
}

// False: not understood; the file is put aside. An Error is the store's.
Result<bool> Csd::handle(const std::string& file) {
  const auto received = iso::read(as_bytes(file));
  if (!received) return false;
  const iso::Delivery& delivery = received->delivery;
  if (const auto* instruction = std::get_if<iso::Instruction>(&received->message)) {
    if (instruction->header.to != store_.book().ledger.str()) return false;
    const auto key = delivery_key(instruction->header, delivery, instruction->operation.request_hash);
    USTP_TRY(const bool fresh, store_.take_delivery(key, now_));
    if (fresh) USTP_CHECK(instruct(delivery, *instruction));
    return true;
  }
  if (const auto* query = std::get_if<iso::StatusQuery>(&received->message)) {
    USTP_CHECK(answer(delivery, *query));
    return true;
  }
  if (const auto* query = std::get_if<iso::HoldingsQuery>(&received->message)) {
    if (query->ledger != store_.book().ledger || query->instrument != store_.book().instrument) return false;
    USTP_CHECK(answer(*query));
    return true;
  }
  return false;  // a message that only a CSD sends
}

Result<void> Csd::instruct(const iso::Delivery& delivery, const iso::Instruction& m) {
  const iso::Operation& o = m.operation;
  const auto subject = subject_of(o);
  const auto refuse = [&](Code reason) -> Result<void> {
    USTP_CHECK(store_.refuse(o.id, {o.request_hash, reason, delivery.epoch}));
    return advise(subject, m.header, delivery.epoch, iso::Status::kRejected, reason);
  };
  // Decision 5: whoever has a newer epoch has taken over. Its refusal is not remembered as one of the operation's.
  if (delivery.epoch < epoch_)
    return advise(subject, m.header, delivery.epoch, iso::Status::kRejected, Code::fenced);
  epoch_ = delivery.epoch;
  USTP_TRY(const auto known, store_.operation(o.id));
  if (known) {
    if (known->request_hash == o.request_hash) return reply(known->confirmation, subject, m.header, delivery.epoch);
    return advise(subject, m.header, delivery.epoch, iso::Status::kRejected, Code::operation_conflict);
  }
  USTP_TRY(const bool tombstoned, store_.is_tombstoned(o.id));
  if (tombstoned) return advise(subject, m.header, delivery.epoch, iso::Status::kNever);
  USTP_TRY(const auto verdict, apply(store_, o));
  if (!verdict.applied) return refuse(verdict.reason);
  return confirm(delivery, m);
}

Result<void> Csd::confirm(const iso::Delivery& delivery, const iso::Instruction& m) {
  const iso::Operation& o = m.operation;
  // A delivery is accepted first (sese.024), then confirmed (sese.025); a movement is confirmed at once (semt.015).
  if (!iso::is_movement(o.kind)) USTP_CHECK(advise(subject_of(o), m.header, delivery.epoch, iso::Status::kPending));
  iso::Confirmation out;
  out.header = header(m.header);
  out.operation = o;
  out.sequence = sequence_;
  out.epoch = delivery.epoch;
  out.at = now_;
  USTP_TRY(auto file, signed_file(out, delivery.epoch));
  USTP_CHECK(store_.add({o.id, o.kind, o.request_hash, o.account, o.units.units(), false, file}));
  return reply(std::move(file), subject_of(o), m.header, delivery.epoch);
}

// What became of an operation. Not seen is "unknown", never "never" (decision 8).
Result<void> Csd::answer(const iso::Delivery& delivery, const iso::StatusQuery& q) {
  const iso::Subject& s = q.subject;
  USTP_TRY(const auto known, store_.operation(s.id));
  if (known) {
    if (known->request_hash == s.request_hash) return reply(known->confirmation, s, q.header, delivery.epoch);
    return advise(s, q.header, delivery.epoch, iso::Status::kRejected, Code::operation_conflict);
  }
  USTP_TRY(const bool tombstoned, store_.is_tombstoned(s.id));
  if (tombstoned) return advise(s, q.header, delivery.epoch, iso::Status::kNever);
  USTP_TRY(const auto refusal, store_.refusal(s.id));
  // A refusal of an earlier epoch says nothing about what this epoch has sent and we have not read yet.
  if (refusal && refusal->request_hash == s.request_hash && refusal->epoch == delivery.epoch)
    return advise(s, q.header, delivery.epoch, iso::Status::kRejected, refusal->reason);
  return advise(s, q.header, delivery.epoch, iso::Status::kUnknown);
}

Result<void> Csd::answer(const iso::HoldingsQuery& q) {
  USTP_TRY(const auto accounts, store_.accounts());
  const Book& book = store_.book();
  for (std::size_t start = 0; start == 0 || start < accounts.size(); start += kAccountsPerPage) {
    iso::Holdings page;
    page.header = header(q.header);
    page.query = q.header.id;
    page.ledger = book.ledger;
    page.instrument = book.instrument;
    page.page = static_cast<std::uint32_t>(start / kAccountsPerPage + 1);
    const auto end = std::min(start + kAccountsPerPage, accounts.size());
    page.last = end == accounts.size();
    for (auto i = start; i < end; ++i) page.holdings.push_back(holding_of(accounts[i], book.scale));
    USTP_TRY(auto file, signed_file(page, epoch_));
    USTP_CHECK(put(std::move(file), now_));
  }
  return {};
}

Result<void> Csd::advise(const iso::Subject& subject, const iso::Header& asked, std::uint64_t epoch, iso::Status status,
                         Code reason) {
  iso::StatusAdvice out;
  out.header = header(asked);
  out.subject = subject;
  out.subject.ledger = store_.book().ledger;
  out.status = status;
  out.reason = reason;
  out.sequence = sequence_;
  out.epoch = epoch;
  USTP_TRY(auto file, signed_file(out, epoch));
  if (status == iso::Status::kUnknown) return put(std::move(file), now_);
  return reply(std::move(file), subject, asked, epoch);
}

Result<std::string> Csd::signed_file(const iso::Message& message, std::uint64_t epoch) {
  return proof::sign(iso::envelope(iso::write(message), {epoch, sequence_}), environment_.signer);
}

// One answer, on time, late, twice, or hidden behind "unknown".
Result<void> Csd::reply(std::string file, const iso::Subject& subject, const iso::Header& asked, std::uint64_t epoch) {
  if (chance(faults_.unknown)) return advise(subject, asked, epoch, iso::Status::kUnknown);
  const auto due = [&] {
    if (!chance(faults_.late)) return now_;
    std::uint8_t octet[1];
    environment_.random.fill(octet);
    return now_ + Duration::milliseconds(50 + octet[0] % 200);
  };
  if (chance(faults_.twice)) USTP_CHECK(put(file, due()));
  return put(std::move(file), due());
}

Result<void> Csd::put(std::string file, Instant due) {
  Outgoing out{++outgoing_, due, std::move(file)};
  USTP_CHECK(store_.send(out));
  fresh_.push_back(std::move(out));
  return {};
}

iso::Header Csd::header(const iso::Header& asked) {
  return {store_.book().ledger.str(), asked.from, "A" + std::to_string(++sequence_), now_};
}

bool Csd::chance(std::uint32_t percent) {
  if (percent == 0) return false;
  std::uint8_t octets[4];
  environment_.random.fill(octets);
  const auto number = static_cast<std::uint32_t>(octets[0]) << 24 | static_cast<std::uint32_t>(octets[1]) << 16 |
                      static_cast<std::uint32_t>(octets[2]) << 8 | octets[3];
  return number % 100 < percent;
}

std::vector<Outgoing> Csd::fresh() { return std::exchange(fresh_, {}); }

Result<void> Csd::taken(const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return {};
  USTP_CHECK(store_.begin());
  for (const auto number : numbers) {
    if (auto done = store_.taken(number); !done) {
      store_.rollback();
      return done;
    }
  }
  return store_.commit();
}

}  // namespace ustp::csd::embedded
