// The file drop, the driver and the embedded CSD together: duplicates, restarts, fencing, forgeries.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include "adapters/csd/file_drop.hpp"
#include "adapters/csd/proof/signed_file.hpp"
#include "tests/unit/csd/rig.hpp"
#include "tests/unit/csd/samples.hpp"

namespace {

using namespace ustp;
using namespace ustp::test;
namespace iso = csd::iso;
using ledger::OutcomeKind;

class Sink final : public ledger::OutcomeSink {
 public:
  void on_outcome(ledger::Outcome outcome) override {
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(std::move(outcome));
  }
  std::vector<ledger::Outcome> all() const {
    const std::lock_guard lock(mutex_);
    return outcomes_;
  }
  std::optional<ledger::Outcome> last(const OperationId& id, OutcomeKind kind) const {
    const auto seen = all();
    for (auto it = seen.rbegin(); it != seen.rend(); ++it)
      if (it->id == id && it->kind == kind) return *it;
    return std::nullopt;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ledger::Outcome> outcomes_;
};

ledger::OperationRequest request(OperationKind kind, std::string_view name, std::uint64_t units, const char* account) {
  ledger::OperationRequest out;
  out.id = id_of(name);
  out.kind = kind;
  out.instrument = InstrumentId::literal("US0378331005");
  out.quantity = Quantity(units, 0);
  out.base_units = units;
  out.account = AccountId::literal(account);
  return out;
}

// Lets both sides go on until `done`, at most 20 seconds.
template <class Done>
bool wait(CsdRig& rig, Done done) {
  for (int i = 0; i < 20'000; ++i) {
    if (done()) return true;
    if (rig.service) REQUIRE(rig.service->poll().has_value());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::uint64_t effects(const std::string& store) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(store.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  sqlite3_stmt* query = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, "SELECT coalesce(sum(effects), 0) FROM ustp_effects", -1, &query, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(query) == SQLITE_ROW);
  const auto out = static_cast<std::uint64_t>(sqlite3_column_int64(query, 0));
  sqlite3_finalize(query);
  sqlite3_close(db);
  return out;
}
void copy(const std::string& from, const std::string& to) { std::filesystem::copy_file(from, to); }
std::vector<std::string> names(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) out.push_back(entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("a file on the drop is there whole or not at all, in the order of names") {
  TemporaryFolder folder;
  auto drop = csd::FileDrop::open(folder.at("drop")).value();
  REQUIRE(drop.write({{"b.xml", "2"}, {"a.xml", "1"}}, csd::Sync::kYes).has_value());
  std::ofstream(folder.at("drop/.c.xml")) << "half";
  CHECK(drop.list(10).value() == std::vector<std::string>{"a.xml", "b.xml"});
  CHECK(drop.list(1).value() == std::vector<std::string>{"a.xml"});
  REQUIRE(drop.done("a.xml").has_value());
  CHECK(drop.has_taken("a.xml"));
  CHECK_FALSE(drop.holds("a.xml"));
  CHECK(drop.done("a.xml").has_value());  // already moved: harmless
  CHECK(drop.write({{"../x", ""}}, csd::Sync::kNo).error().code == Code::malformed_text);
  CHECK(drop.write({{".x", ""}}, csd::Sync::kNo).error().code == Code::malformed_text);
  REQUIRE(drop.write({{"big", std::string(csd::FileDrop::kMaxFile + 1, 'x')}}, csd::Sync::kNo).has_value());
  CHECK(drop.read("big").error().code == Code::frame_too_large);
}

TEST_CASE("the same delivery twice is answered once; the same intent again gets the same confirmation") {
  CsdRig rig;
  rig.serve(true);
  Sink sink;
  auto driver = rig.driver();
  REQUIRE(driver->start(sink, 1).has_value());
  const auto intent = driver->prepare(request(OperationKind::kLock, "op", 100, "HOLDER")).value();
  driver->execute(intent);
  REQUIRE(wait(rig, [&] { return sink.last(intent.id, OutcomeKind::kFinal).has_value(); }));
  const auto first = *sink.last(intent.id, OutcomeKind::kFinal);
  const auto file = names(rig.folder.at("in/done")).front();
  const auto answers = names(rig.folder.at("out/done")).size();

  copy(rig.folder.at("in/done/" + file), rig.folder.at("in/" + file));
  REQUIRE(wait(rig, [&] { return names(rig.folder.at("in")).empty(); }));
  CHECK(names(rig.folder.at("out")).size() + names(rig.folder.at("out/done")).size() == answers);

  driver->execute(intent);
  REQUIRE(wait(rig, [&] { return sink.all().size() >= 2; }));
  CHECK(sink.all().back().kind == OutcomeKind::kFinal);
  CHECK(sink.all().back().evidence == first.evidence);
  CHECK(effects(rig.folder.at("store")) == 1);
}

TEST_CASE("a refusal that comes again with its delivery stays a refusal, though the units are there by then") {
  CsdRig rig;
  rig.serve(true);
  Sink sink;
  auto driver = rig.driver();
  REQUIRE(driver->start(sink, 1).has_value());
  const auto lock = driver->prepare(request(OperationKind::kLock, "all", 1000, "HOLDER")).value();
  driver->execute(lock);
  REQUIRE(wait(rig, [&] { return sink.last(lock.id, OutcomeKind::kFinal).has_value(); }));
  const auto late = driver->prepare(request(OperationKind::kLock, "late", 1, "HOLDER")).value();
  driver->execute(late);
  REQUIRE(wait(rig, [&] { return sink.last(late.id, OutcomeKind::kRejected).has_value(); }));
  CHECK(sink.last(late.id, OutcomeKind::kRejected)->error.code == Code::insufficient_available);
  auto undo = request(OperationKind::kUnlock, "undo", 1000, "HOLDER");
  undo.related = lock.id;
  const auto unlock = driver->prepare(undo).value();
  driver->execute(unlock);
  REQUIRE(wait(rig, [&] { return sink.last(unlock.id, OutcomeKind::kFinal).has_value(); }));

  for (const auto& name : names(rig.folder.at("in/done"))) copy(rig.folder.at("in/done/" + name), rig.folder.at("in/" + name));
  REQUIRE(wait(rig, [&] { return names(rig.folder.at("in")).empty(); }));
  CHECK(effects(rig.folder.at("store")) == 2);
}

TEST_CASE("what was booked but not yet written is written at the restart, and written again when it went missing") {
  CsdRig rig;
  rig.serve(true);
  Sink sink;
  auto driver = rig.driver();
  REQUIRE(driver->start(sink, 1).has_value());
  const auto intent = driver->prepare(request(OperationKind::kLock, "op", 100, "HOLDER")).value();
  driver->execute(intent);
  REQUIRE(wait(rig, [&] { return sink.last(intent.id, OutcomeKind::kFinal).has_value(); }));
  driver->query(intent);
  for (int i = 0; i < 5000 && names(rig.folder.at("in")).empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  driver->stop();
  REQUIRE(rig.service->poll().has_value());  // answers the query; nobody reads it
  const auto answers = names(rig.folder.at("out"));
  REQUIRE(answers.size() == 1);
  std::filesystem::remove(rig.folder.at("out/" + answers.front()));
  rig.serve(true);
  CHECK(names(rig.folder.at("out")) == answers);
  std::ofstream(rig.folder.at("out/" + answers.front()), std::ios::trunc) << "torn";
  rig.serve(true);
  CHECK(std::filesystem::file_size(rig.folder.at("out/" + answers.front())) > 1000);
}

TEST_CASE("a file in the outbox that the CSD did not sign counts for nothing") {
  CsdRig rig;
  rig.serve(true);
  Sink sink;
  auto driver = rig.driver();
  REQUIRE(driver->start(sink, 1).has_value());
  const auto wanted = request(OperationKind::kLock, "op", 100, "HOLDER");
  const auto intent = driver->prepare(wanted).value();
  rig.service.reset();  // the CSD is away
  driver->execute(intent);

  auto o = sample_operation(OperationKind::kLock);
  o.id = intent.id;
  o.units = Quantity(100, 0);
  o.account = AccountId::literal("HOLDER");
  o.request_hash = crypto::sha256(ledger::request_octets(wanted));
  const auto forged = iso::envelope(iso::write(iso::Confirmation{{"csd-1", "gw-csd", "A1", kSampleTime}, o, 1, 1, kSampleTime}), {1, 1});
  const auto other = crypto::generate_key(crypto::Algorithm::kEs256).value();
  const auto thief = crypto::load_signer_pem(as_text(other.private_pem.view())).value();
  auto another_request = o;
  another_request.request_hash = hash_of("something else");
  auto to_another = iso::Confirmation{{"csd-1", "gw-other", "A1", kSampleTime}, o, 1, 1, kSampleTime};
  auto drop = csd::FileDrop::open(rig.folder.at("out")).value();
  const auto sign = [&](const iso::Confirmation& c) {
    return csd::proof::sign(iso::envelope(iso::write(c), {1, 1}), *rig.signer).value();
  };
  REQUIRE(drop.write({{"1.xml", forged},
                      {"2.xml", csd::proof::sign(forged, *thief).value()},
                      {"3.xml", "<a/>"},
                      {"4.xml", sign(to_another)},
                      {"5.xml", sign({{"csd-1", "gw-csd", "A1", kSampleTime}, another_request, 1, 1, kSampleTime})}},
                     csd::Sync::kNo)
              .has_value());
  REQUIRE(wait(rig, [&] { return names(rig.folder.at("out")).empty(); }));
  CHECK(names(rig.folder.at("out/bad")) == std::vector<std::string>{"1.xml", "2.xml", "3.xml", "4.xml"});
  CHECK(sink.all().empty());
}

TEST_CASE("what cannot be read in the inbox is put aside and changes nothing") {
  CsdRig rig;
  rig.serve(true);
  auto drop = csd::FileDrop::open(rig.folder.at("in")).value();
  auto o = sample_operation(OperationKind::kLock);
  const auto elsewhere = iso::Instruction{{"gw-csd", "csd-2", iso::reference(o.id), kSampleTime}, o};
  REQUIRE(drop.write({{"1.xml", "<a>"}, {"2.xml", std::string(csd::FileDrop::kMaxFile + 1, ' ')},
                      {"3.xml", iso::envelope(iso::write(elsewhere), {1, 1})}}, csd::Sync::kNo)
              .has_value());
  REQUIRE(rig.service->poll().has_value());
  CHECK(names(rig.folder.at("in/bad")).size() == 3);
  CHECK(names(rig.folder.at("out")).empty());
  CHECK(effects(rig.folder.at("store")) == 0);
}

TEST_CASE("an older epoch is fenced, and its refusals do not reach the newer gateway") {
  CsdRig rig;
  rig.serve(true);
  Sink old_sink, new_sink;
  auto old_driver = rig.driver(), new_driver = rig.driver();
  REQUIRE(new_driver->start(new_sink, 2).has_value());
  const auto first = new_driver->prepare(request(OperationKind::kLock, "one", 1, "HOLDER")).value();
  new_driver->execute(first);
  REQUIRE(wait(rig, [&] { return new_sink.last(first.id, OutcomeKind::kFinal).has_value(); }));
  new_driver->stop();
  REQUIRE(old_driver->start(old_sink, 1).has_value());
  const auto second = old_driver->prepare(request(OperationKind::kLock, "two", 1, "HOLDER")).value();
  old_driver->execute(second);
  REQUIRE(wait(rig, [&] { return old_sink.last(second.id, OutcomeKind::kRejected).has_value(); }));
  CHECK(old_sink.last(second.id, OutcomeKind::kRejected)->error.code == Code::fenced);
  old_driver->stop();
  CHECK(effects(rig.folder.at("store")) == 1);
}

TEST_CASE("prepare refuses what the CSD can never express, and keeps its file names in order") {
  CsdRig rig;
  auto driver = rig.driver();
  auto uneven = request(OperationKind::kLock, "op", 100, "HOLDER");
  uneven.base_units = 101;
  CHECK(driver->prepare(uneven).error().code == Code::inexact_ratio);
  CHECK(driver->prepare(request(OperationKind::kLock, "op", 100, std::string(36, 'A').c_str())).error().code == Code::too_long);
  CHECK(driver->prepare(request(OperationKind::kUnlock, "op", 100, "HOLDER")).error().code == Code::missing_field);
  const auto name = [](const ledger::Intent& intent) { return std::string(as_text(intent.octets).substr(0, 20)); };
  const auto one = driver->prepare(request(OperationKind::kLock, "a", 1, "HOLDER")).value();
  const auto two = driver->prepare(request(OperationKind::kLock, "b", 1, "HOLDER")).value();
  CHECK(name(one) < name(two));
  auto future = two;
  std::fill_n(future.octets.begin(), 1, '1');  // as if the clock had been far ahead before the restart
  driver->restore(future);
  CHECK(name(driver->prepare(request(OperationKind::kLock, "c", 1, "HOLDER")).value()) > name(future));
}

TEST_CASE("positions and supply come from semt.002") {
  CsdRig rig;
  rig.serve(true);
  Sink sink;
  auto driver = rig.driver();
  REQUIRE(driver->start(sink, 1).has_value());
  std::atomic<bool> over = false;
  Result<ledger::Supply> supply = Error{Code::internal, ""};
  Result<std::vector<token::Position>> positions = Error{Code::internal, ""};
  std::thread asker([&] {
    supply = driver->supply(InstrumentId::literal("US0378331005"));
    positions = driver->positions(InstrumentId::literal("US0378331005"));
    over = true;
  });
  CHECK(wait(rig, [&] { return over.load(); }));
  asker.join();
  REQUIRE(supply.has_value());
  CHECK(supply->outstanding == 1100);
  CHECK(supply->backing == 500);
  REQUIRE(positions.has_value());
  CHECK(positions->size() == 5);
}
