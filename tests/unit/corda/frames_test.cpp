#include "adapters/corda/frames.hpp"

#include "adapters/corda/request.hpp"
#include "tests/contract/corda/fixture.hpp"

using namespace ustp;
using namespace ustp::corda;

namespace {

std::vector<Message> samples() {
  std::vector<Message> out;
  out.push_back(Hello{Role::kGateway, 7});
  out.push_back(Welcome{Code::fenced, LedgerId::literal("corda-1")});
  const auto request = test::corda_request(OperationKind::kLock, 1, 5, AccountId::literal("alice"));
  out.push_back(Questions{{{request.id, true, ledger::request_octets(request)}, {request.id, false, {}}}});
  Answer final{request.id, ledger::OutcomeKind::kFinal, {}, {}};
  final.evidence.kind = EvidenceKind::kCordaTearOff;
  final.evidence.finality = {"", 3, 0, crypto::sha256(as_bytes("tx")), Instant{5}};
  final.evidence.octets = {1, 2, 3};
  out.push_back(Answers{{final, {request.id, ledger::OutcomeKind::kRejected, {}, {Code::lock_missing, "why"}},
                         {request.id, ledger::OutcomeKind::kNever, {}, {}}}});
  out.push_back(AskSnapshot{test::kIsin, AccountId::literal("alice"), 10});
  Snapshot snapshot;
  snapshot.supply = {test::kIsin, 10, 20, 0};
  snapshot.more = true;
  token::Position position;
  position.account = AccountId::literal("alice");
  position.instrument = test::kIsin;
  position.base_units = 10;
  position.lots.push_back({Quantity(1, 2), {2026, 1, 2}, "issue", Instant{9}, token::Restriction::kLockUp});
  snapshot.positions.push_back(position);
  out.push_back(snapshot);
  return out;
}

BytesView content(const Bytes& frame) { return BytesView(frame).subspan(4); }

}  // namespace

TEST_CASE("every frame is read back as it was written, and not when it is cut, longer or of another version") {
  for (const auto& message : samples()) {
    const auto frame = encode_frame(message);
    const auto read = decode_frame(content(frame));
    REQUIRE(read.has_value());
    CHECK(read->index() == message.index());
    CHECK(encode_frame(*read) == frame);
    for (std::size_t size = 0; size < frame.size() - 4; ++size) CHECK(!decode_frame(content(frame).first(size)));
    auto longer = frame;
    longer.push_back(0);
    CHECK(decode_frame(content(longer)).error().code == Code::frame_trailing);
    auto version = frame;
    version[4] = 2;
    CHECK(decode_frame(content(version)).error().code == Code::frame_version);
    auto type = frame;
    type[5] = 99;
    CHECK(decode_frame(content(type)).error().code == Code::unknown_tag);
  }
}

TEST_CASE("a stream is cut into frames however it arrives; an oversized one ends it") {
  Bytes stream;
  for (const auto& message : samples()) append(stream, encode_frame(message));
  FrameBuffer buffer;
  std::size_t frames = 0;
  for (const auto octet : stream) {
    buffer.room()[0] = octet;
    buffer.grow(1);
    while (true) {
      const auto frame = buffer.next();
      REQUIRE(frame.has_value());
      if (frame->empty()) break;
      CHECK(decode_frame(*frame).has_value());
      ++frames;
    }
  }
  CHECK(frames == samples().size());
  const Bytes huge{0x7f, 0, 0, 0};
  std::copy(huge.begin(), huge.end(), buffer.room().begin());
  buffer.grow(4);
  CHECK(buffer.next().error().code == Code::frame_too_large);
}

TEST_CASE("a request is read back exactly, lots included") {
  auto request = test::corda_request(OperationKind::kAssign, 1, 5, AccountId::literal("bob"), OperationId{});
  request.lots.push_back({Quantity(5, 0), {2026, 2, 3}, "issue", Instant{77}, token::Restriction::kInsider});
  const auto octets = ledger::request_octets(request);
  const auto read = decode_request(octets);
  REQUIRE(read.has_value());
  CHECK(ledger::request_octets(*read) == octets);
  CHECK(read->lots == request.lots);
  for (std::size_t size = 0; size < octets.size(); ++size) CHECK(!decode_request(BytesView(octets).first(size)));
  auto longer = octets;
  longer.push_back(0);
  CHECK(!decode_request(longer));
}

TEST_CASE("faults are read from the command line") {
  const auto faults = parse_faults("late=10,twice=5,unknown=1");
  REQUIRE(faults.has_value());
  CHECK(faults->late_percent == 10);
  CHECK(faults->twice_percent == 5);
  CHECK(faults->unknown_percent == 1);
  CHECK(!parse_faults("late=101").has_value());
  CHECK(!parse_faults("early=1").has_value());
  CHECK(!parse_faults("late").has_value());
  CHECK(parse_faults("").has_value());
}
