#include "adapters/corda/frames.hpp"

#include <cstring>

#include "adapters/corda/octets.hpp"
#include "adapters/corda/request.hpp"
#include "ustp/base/big_endian.hpp"

namespace ustp::corda {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxEvidence = 16 * 1024, kMaxDetail = 256, kMaxPositionLots = 10'000;

void append_block32(Bytes& out, BytesView octets) {
  append_be(out, static_cast<std::uint32_t>(octets.size()));
  append(out, octets);
}
Result<BytesView> read_block32(Reader& in, std::size_t at_most) {
  USTP_TRY(const auto size, in.integer<std::uint32_t>());
  if (size > at_most) return Error{Code::too_long, "block"};
  return in.octets(size);
}
Result<AccountId> read_optional_account(Reader& in) {
  USTP_TRY(const auto text, in.text16(AccountId::kMaxLength));
  if (text.empty()) return AccountId{};
  return AccountId::parse(text);
}
Result<InstrumentId> read_instrument(Reader& in) {
  USTP_TRY(const auto text, in.text16(12));
  return InstrumentId::parse(text);
}
Code code_of(std::uint16_t number) {  // one that this build does not know is still a refusal
  const auto code = static_cast<Code>(number);
  return number == 0 || info(code).code == code ? code : Code::ledger_rejected;
}

struct Encoder {
  Bytes& out;
  void operator()(const Hello& m) const {
    append_be(out, static_cast<std::uint8_t>(m.role));
    append_be(out, m.epoch);
  }
  void operator()(const Welcome& m) const {
    append_be(out, static_cast<std::uint16_t>(m.refused));
    append_text16(out, m.ledger.str());
  }
  void operator()(const Questions& m) const {
    append_be(out, static_cast<std::uint16_t>(m.items.size()));
    for (const auto& item : m.items) {
      append(out, item.id.view());
      append_be(out, static_cast<std::uint8_t>(item.execute ? 1 : 0));
      if (item.execute) append_block32(out, item.request);
    }
  }
  void operator()(const Answers& m) const {
    append_be(out, static_cast<std::uint16_t>(m.items.size()));
    for (const auto& item : m.items) {
      append(out, item.id.view());
      append_be(out, static_cast<std::uint8_t>(item.kind));
      if (item.kind == ledger::OutcomeKind::kRejected) {
        append_be(out, static_cast<std::uint16_t>(item.error.code));
        append_text16(out, std::string_view(item.error.detail).substr(0, kMaxDetail));
      }
      if (item.kind != ledger::OutcomeKind::kFinal) continue;
      const auto& finality = item.evidence.finality;
      append_be(out, finality.height);
      append(out, finality.block.view());
      append_be(out, static_cast<std::uint64_t>(finality.at.ns));
      append_block32(out, item.evidence.octets);
    }
  }
  void operator()(const AskSnapshot& m) const {
    append_text16(out, m.instrument.str());
    append_text16(out, m.after.str());
    append_be(out, m.limit);
  }
  void operator()(const Snapshot& m) const {
    append_text16(out, m.supply.instrument.str());
    append_be(out, m.supply.outstanding);
    append_be(out, m.supply.provisional);
    append_be(out, m.supply.backing);
    append_be(out, static_cast<std::uint8_t>(m.more ? 1 : 0));
    append_be(out, static_cast<std::uint16_t>(m.positions.size()));
    for (const auto& position : m.positions) {
      append_text16(out, position.account.str());
      append_be(out, position.base_units);
      append_be(out, position.locked);
      append_be(out, position.blocked);
      append_be(out, static_cast<std::uint8_t>(position.capacity));
      append_be(out, static_cast<std::uint32_t>(position.lots.size()));
      for (const auto& lot : position.lots) {
        append_be(out, lot.quantity.units());
        append_be(out, lot.quantity.scale());
        append_be(out, static_cast<std::uint16_t>(lot.acquired.year));
        append_be(out, lot.acquired.month);
        append_be(out, lot.acquired.day);
        append_text16(out, lot.origin);
        append_be(out, static_cast<std::uint64_t>(lot.locked_until.ns));
        append_be(out, static_cast<std::uint8_t>(lot.restriction));
      }
    }
  }
};

Result<Message> read_hello(Reader& in) {
  Hello out;
  USTP_TRY(const auto role, in.integer<std::uint8_t>());
  if (role < 1 || role > 2) return Error{Code::unknown_tag, "role"};
  out.role = static_cast<Role>(role);
  USTP_TRY(out.epoch, in.integer<std::uint64_t>());
  return Message(out);
}

Result<Message> read_welcome(Reader& in) {
  Welcome out;
  USTP_TRY(const auto code, in.integer<std::uint16_t>());
  out.refused = code_of(code);
  USTP_TRY(out.ledger, in.id16<LedgerId>());
  return Message(std::move(out));
}

Result<std::uint16_t> read_count(Reader& in, std::size_t at_most) {
  USTP_TRY(const auto count, in.integer<std::uint16_t>());
  if (count > at_most) return Error{Code::too_many_messages, "list"};
  return count;
}

Result<Message> read_questions(Reader& in) {
  Questions out;
  USTP_TRY(const auto count, read_count(in, kMaxBatch));
  for (unsigned i = 0; i < count; ++i) {
    Question item;
    USTP_TRY(item.id, in.fixed<OperationId>());
    USTP_TRY(const auto execute, in.integer<std::uint8_t>());
    if (execute > 1) return Error{Code::unknown_tag, "question"};
    item.execute = execute == 1;
    if (item.execute) {
      USTP_TRY(const auto request, read_block32(in, kMaxRequest));
      item.request.assign(request.begin(), request.end());
    }
    out.items.push_back(std::move(item));
  }
  return Message(std::move(out));
}

Result<Answer> read_answer(Reader& in) {
  Answer out;
  USTP_TRY(out.id, in.fixed<OperationId>());
  USTP_TRY(const auto kind, in.integer<std::uint8_t>());
  if (kind < 1 || kind > static_cast<std::uint8_t>(ledger::OutcomeKind::kNever)) return Error{Code::unknown_tag, "answer"};
  out.kind = static_cast<ledger::OutcomeKind>(kind);
  if (out.kind == ledger::OutcomeKind::kRejected) {
    USTP_TRY(const auto code, in.integer<std::uint16_t>());
    USTP_TRY(const auto detail, in.text16(kMaxDetail));
    if (code == 0) return Error{Code::unknown_tag, "reason of a refusal"};
    out.error = {code_of(code), std::string(detail)};
  }
  if (out.kind != ledger::OutcomeKind::kFinal) return out;
  auto& finality = out.evidence.finality;
  USTP_TRY(finality.height, in.integer<std::uint64_t>());
  USTP_TRY(finality.block, in.fixed<Hash256>());
  USTP_TRY(const auto at, in.integer<std::uint64_t>());
  finality.at.ns = static_cast<std::int64_t>(at);
  USTP_TRY(const auto octets, read_block32(in, kMaxEvidence));
  out.evidence.kind = EvidenceKind::kCordaTearOff;
  out.evidence.octets.assign(octets.begin(), octets.end());
  return out;
}

Result<Message> read_answers(Reader& in) {
  Answers out;
  USTP_TRY(const auto count, read_count(in, kMaxBatch));
  for (unsigned i = 0; i < count; ++i) {
    USTP_TRY(out.items.emplace_back(), read_answer(in));
  }
  return Message(std::move(out));
}

Result<Message> read_ask(Reader& in) {
  AskSnapshot out;
  USTP_TRY(out.instrument, read_instrument(in));
  USTP_TRY(out.after, read_optional_account(in));
  USTP_TRY(out.limit, in.integer<std::uint16_t>());
  if (out.limit == 0 || out.limit > kMaxPage) return Error{Code::out_of_range, "page"};
  return Message(std::move(out));
}

Result<token::Lot> read_lot(Reader& in) {
  token::Lot out;
  USTP_TRY(const auto units, in.integer<Uint128>());
  USTP_TRY(const auto scale, in.integer<std::uint8_t>());
  if (scale > Quantity::kMaxScale) return Error{Code::out_of_range, "scale"};
  out.quantity = Quantity(units, scale);
  USTP_TRY(const auto year, in.integer<std::uint16_t>());
  out.acquired.year = static_cast<std::int16_t>(year);
  USTP_TRY(out.acquired.month, in.integer<std::uint8_t>());
  USTP_TRY(out.acquired.day, in.integer<std::uint8_t>());
  USTP_TRY(const auto origin, in.text16(token::kMaxText));
  out.origin = origin;
  USTP_TRY(const auto locked_until, in.integer<std::uint64_t>());
  out.locked_until.ns = static_cast<std::int64_t>(locked_until);
  USTP_TRY(const auto restriction, in.integer<std::uint8_t>());
  if (restriction > static_cast<std::uint8_t>(token::Restriction::kRegulatory))
    return Error{Code::unknown_tag, "restriction"};
  out.restriction = static_cast<token::Restriction>(restriction);
  return out;
}

Result<token::Position> read_position(Reader& in, const InstrumentId& instrument) {
  token::Position out;
  out.instrument = instrument;
  USTP_TRY(out.account, in.id16<AccountId>());
  USTP_TRY(out.base_units, in.integer<Uint128>());
  USTP_TRY(out.locked, in.integer<Uint128>());
  USTP_TRY(out.blocked, in.integer<Uint128>());
  USTP_TRY(const auto capacity, in.integer<std::uint8_t>());
  if (capacity < 1 || capacity > static_cast<std::uint8_t>(token::Capacity::kSuspense))
    return Error{Code::unknown_tag, "capacity"};
  out.capacity = static_cast<token::Capacity>(capacity);
  USTP_TRY(const auto lots, in.integer<std::uint32_t>());
  if (lots > kMaxPositionLots) return Error{Code::too_long, "lots"};
  for (std::uint32_t i = 0; i < lots; ++i) {
    USTP_TRY(out.lots.emplace_back(), read_lot(in));
  }
  return out;
}

Result<Message> read_snapshot(Reader& in) {
  Snapshot out;
  USTP_TRY(out.supply.instrument, read_instrument(in));
  USTP_TRY(out.supply.outstanding, in.integer<Uint128>());
  USTP_TRY(out.supply.provisional, in.integer<Uint128>());
  USTP_TRY(out.supply.backing, in.integer<Uint128>());
  USTP_TRY(const auto more, in.integer<std::uint8_t>());
  if (more > 1) return Error{Code::unknown_tag, "snapshot"};
  out.more = more == 1;
  USTP_TRY(const auto count, read_count(in, kMaxPage));
  for (unsigned i = 0; i < count; ++i) {
    USTP_TRY(out.positions.emplace_back(), read_position(in, out.supply.instrument));
  }
  return Message(std::move(out));
}

}  // namespace

Bytes encode_frame(const Message& message) {
  Bytes out;
  out.reserve(1024);
  append_be(out, std::uint32_t{0});
  append_be(out, kVersion);
  append_be(out, static_cast<std::uint8_t>(message.index() + 1));
  std::visit(Encoder{out}, message);
  const auto size = static_cast<std::uint32_t>(out.size() - 4);
  for (unsigned i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
  return out;
}

Result<Message> decode_frame(BytesView content) {
  if (content.size() > kMaxFrame) return Error{Code::frame_too_large, "frame"};
  Reader in(content);
  USTP_TRY(const auto version, in.integer<std::uint8_t>());
  if (version != kVersion) return Error{Code::frame_version, "version " + std::to_string(version)};
  USTP_TRY(const auto type, in.integer<std::uint8_t>());
  constexpr Result<Message> (*kReaders[])(Reader&) = {read_hello, read_welcome, read_questions,
                                                      read_answers, read_ask, read_snapshot};
  if (type < 1 || type > std::size(kReaders)) return Error{Code::unknown_tag, "frame type"};
  USTP_TRY(auto message, kReaders[type - 1](in));
  USTP_CHECK(in.end());
  return message;
}

std::span<std::uint8_t> FrameBuffer::room() {
  constexpr std::size_t kRead = 64 * 1024;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < filled_ + kRead) buffer_.resize(filled_ + kRead);
  return std::span(buffer_).subspan(filled_);
}

Result<BytesView> FrameBuffer::next() {
  const BytesView have(buffer_.data() + begin_, filled_ - begin_);
  if (have.size() < 4) return BytesView{};
  const std::size_t size = std::size_t{have[0]} << 24 | std::size_t{have[1]} << 16 | std::size_t{have[2]} << 8 | have[3];
  if (size > kMaxFrame) return Error{Code::frame_too_large, std::to_string(size)};
  if (size == 0) return Error{Code::frame_truncated, "empty frame"};
  if (have.size() < 4 + size) return BytesView{};
  begin_ += 4 + size;
  return have.subspan(4, size);
}

}  // namespace ustp::corda
