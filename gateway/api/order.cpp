#include "gateway/api/order.hpp"

#include <algorithm>

#include "gateway/api/names.hpp"

namespace ustp::gateway::api {
namespace {

using Kind = JsonValue::Kind;
using MaybeFault = std::optional<Fault>;

constexpr std::int64_t kMaxVoteMs = 7LL * 24 * 3600 * 1000;

Fault fault(const std::string& pointer, Code code, std::string detail = {}) {
  return Fault{{code, std::move(detail)}, pointer};
}

// Every reader takes the value and its pointer. This one is of all texts: bounded, without control characters
// (USTP-TOK-002).
MaybeFault read_text(const JsonValue& value, const std::string& at, std::string& out, std::size_t most = token::kMaxText) {
  if (value.kind != Kind::kText) return fault(at, Code::malformed_text, "must be a string");
  if (value.text.size() > most) return fault(at, Code::too_long, "at most " + std::to_string(most) + " octets");
  for (const char c : value.text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return fault(at, Code::invalid_character, "control character");
  out = value.text;
  return {};
}

// A type with a parse() of its own.
template <class Id>
MaybeFault read_id(const JsonValue& value, const std::string& at, Id& out) {
  std::string text;
  if (auto bad = read_text(value, at, text)) return bad;
  auto parsed = Id::parse(text);
  if (!parsed) return fault(at, parsed.error().code, parsed.error().detail);
  out = *std::move(parsed);
  return {};
}

template <class Names, class Enum>
MaybeFault read_name(const JsonValue& value, const std::string& at, const Names& names, Enum& out) {
  std::string text;
  if (auto bad = read_text(value, at, text)) return bad;
  const auto found = value_of(names, text);
  if (!found) return fault(at, Code::unknown_tag);
  out = *found;
  return {};
}

MaybeFault read_date(const JsonValue& value, const std::string& at, Date& out) {
  std::string text;
  if (auto bad = read_text(value, at, text)) return bad;
  const auto parsed = parse_date(text);
  if (!parsed) return fault(at, parsed.error().code, parsed.error().detail);
  out = *parsed;
  return {};
}

MaybeFault read_instant(const JsonValue& value, const std::string& at, Instant& out) {
  std::string text;
  if (auto bad = read_text(value, at, text)) return bad;
  const auto parsed = parse_rfc3339(text);
  if (!parsed) return fault(at, parsed.error().code, parsed.error().detail);
  out = *parsed;
  return {};
}

// A decimal string at the scale it is written with: "1.50" has scale 2.
MaybeFault read_quantity(const JsonValue& value, const std::string& at, Quantity& out) {
  if (value.kind == Kind::kInteger || value.kind == Kind::kNumber)
    return fault(at, Code::malformed_text, "a quantity is a decimal string, never a number");
  std::string text;
  if (auto bad = read_text(value, at, text)) return bad;
  const auto point = text.find('.');
  const auto places = point == std::string::npos ? 0 : text.size() - point - 1;
  if (places > Quantity::kMaxScale) return fault(at, Code::out_of_range, "decimal places");
  const auto parsed = Quantity::parse(text, static_cast<std::uint8_t>(places));
  if (!parsed) return fault(at, parsed.error().code, parsed.error().detail);
  out = *parsed;
  return {};
}

MaybeFault read_transaction_type(const JsonValue& value, const std::string& at, std::string& out) {
  if (auto bad = read_text(value, at, out)) return bad;
  const bool fits = out.size() == 4 && std::all_of(out.begin(), out.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return fits ? MaybeFault() : fault(at, Code::malformed_text, "four upper-case letters or digits (ISO 20022)");
}

MaybeFault read_vote_within(const JsonValue& value, const std::string& at, Duration& out) {
  if (value.kind != Kind::kInteger) return fault(at, Code::malformed_text, "must be a whole number");
  if (value.integer < 1 || value.integer > kMaxVoteMs) return fault(at, Code::out_of_range, "1 to 604800000");
  out = Duration::milliseconds(value.integer);
  return {};
}

// A field: its name, whether it must be there, how it is read into T.
template <class T>
struct Field {
  std::string_view name;
  bool required;
  MaybeFault (*read)(const JsonValue&, const std::string&, T&);
};

template <class T, std::size_t N>
MaybeFault read_object(const JsonValue& value, const std::string& at, const Field<T> (&fields)[N], T& out) {
  if (value.kind != Kind::kObject) return fault(at, Code::malformed_text, "must be an object");
  bool seen[N] = {};
  for (const auto& member : value.members) {
    const auto field = std::find_if(std::begin(fields), std::end(fields), [&](const auto& f) { return f.name == member.name; });
    const auto pointer = pointer_to(at, member.name);
    if (field == std::end(fields)) return fault(pointer, Code::unknown_field);
    seen[field - std::begin(fields)] = true;
    if (auto bad = field->read(member.value, pointer, out)) return bad;
  }
  for (std::size_t i = 0; i < N; ++i)
    if (fields[i].required && !seen[i]) return fault(pointer_to(at, fields[i].name), Code::missing_field);
  return {};
}

using Value = const JsonValue&;
using At = const std::string&;

constexpr Field<token::Lot> kLotFields[] = {
    {"quantity", true, [](Value v, At at, token::Lot& lot) { return read_quantity(v, at, lot.quantity); }},
    {"acquired", false, [](Value v, At at, token::Lot& lot) { return read_date(v, at, lot.acquired); }},
    {"origin", false, [](Value v, At at, token::Lot& lot) { return read_text(v, at, lot.origin); }},
    {"locked_until", false, [](Value v, At at, token::Lot& lot) { return read_instant(v, at, lot.locked_until); }},
    {"restriction", false,
     [](Value v, At at, token::Lot& lot) { return read_name(v, at, kRestrictions, lot.restriction); }},
};

MaybeFault read_lots(Value value, At at, std::vector<token::Lot>& out) {
  if (value.kind != Kind::kList) return fault(at, Code::malformed_text, "must be a list");
  if (value.items.size() > token::kMaxLots) return fault(at, Code::too_long, "at most 64 lots");
  for (std::size_t i = 0; i < value.items.size(); ++i)
    if (auto bad = read_object(value.items[i], at + "/" + std::to_string(i), kLotFields, out.emplace_back())) return bad;
  return {};
}

constexpr Field<TransferOrder> kOrderFields[] = {
    {"instrument", true, [](Value v, At at, TransferOrder& o) { return read_id(v, at, o.instrument); }},
    {"quantity", true,
     [](Value v, At at, TransferOrder& o) {
       Quantity form;
       if (auto bad = read_quantity(v, at, form)) return bad;
       o.quantity = v.text;
       return MaybeFault();
     }},
    {"originator", true, [](Value v, At at, TransferOrder& o) { return read_id(v, at, o.originator); }},
    {"beneficiary", true, [](Value v, At at, TransferOrder& o) { return read_id(v, at, o.beneficiary); }},
    {"target_ledger", true, [](Value v, At at, TransferOrder& o) { return read_id(v, at, o.target_ledger); }},
    {"lots", false, [](Value v, At at, TransferOrder& o) { return read_lots(v, at, o.lots); }},
    {"ownership_effect", false,
     [](Value v, At at, TransferOrder& o) { return read_name(v, at, kOwnershipEffects, o.ownership_effect); }},
    {"transaction_type", false,
     [](Value v, At at, TransferOrder& o) { return read_transaction_type(v, at, o.transaction_type); }},
    {"entitled_party", false,
     [](Value v, At at, TransferOrder& o) { return read_name(v, at, kEntitledParties, o.entitled_party); }},
    {"trade_date", false, [](Value v, At at, TransferOrder& o) { return read_date(v, at, o.trade_date); }},
    {"cum_ex", false, [](Value v, At at, TransferOrder& o) { return read_name(v, at, kCumEx, o.cum_ex); }},
    {"venue", false, [](Value v, At at, TransferOrder& o) { return read_id(v, at, o.venue); }},
    {"place_of_settlement", false,
     [](Value v, At at, TransferOrder& o) { return read_text(v, at, o.place_of_settlement); }},
    {"governing_law", false, [](Value v, At at, TransferOrder& o) { return read_text(v, at, o.governing_law); }},
    {"jurisdiction", false, [](Value v, At at, TransferOrder& o) { return read_text(v, at, o.jurisdiction); }},
    {"reference", false, [](Value v, At at, TransferOrder& o) { return read_text(v, at, o.reference, 35); }},
    {"beneficial_owner", false, [](Value v, At at, TransferOrder& o) { return read_text(v, at, o.beneficial_owner); }},
    {"not_before", false, [](Value v, At at, TransferOrder& o) { return read_instant(v, at, o.not_before); }},
    {"vote_within_ms", false, [](Value v, At at, TransferOrder& o) { return read_vote_within(v, at, o.vote_within); }},
};

}  // namespace

std::optional<Fault> read_order(std::string_view body, TransferOrder& order) {
  auto parsed = parse_json(body);
  if (auto* bad = std::get_if<Fault>(&parsed)) return std::move(*bad);
  return read_order(std::get<JsonValue>(parsed), {}, order);
}
std::optional<Fault> read_order(const JsonValue& value, const std::string& at, TransferOrder& order) {
  return read_object(value, at, kOrderFields, order);
}

std::string_view order_field_of(const Error& error) {
  switch (error.code) {
    case Code::unknown_instrument: case Code::instrument_halted: case Code::instrument_version:
      return "/instrument";
    case Code::quantity_zero: case Code::quantity_too_large: case Code::denomination: case Code::inexact:
    case Code::inexact_ratio: case Code::insufficient_available: case Code::encumbered:
      return "/quantity";
    case Code::lots_sum: case Code::lot_locked: case Code::lot_restricted:
      return "/lots";
    case Code::unknown_ledger: case Code::same_ledger: case Code::no_representation:
      return "/target_ledger";
    case Code::account_not_owned:
      return "/originator";
    case Code::unknown_account: case Code::account_blocked: case Code::wrong_asset_account:
    case Code::identity_expired: case Code::capacity_mismatch: case Code::not_eligible:
      // The rule names the side it looked at.
      if (error.detail.find("originator") != std::string::npos) return "/originator";
      if (error.detail.find("beneficiary") != std::string::npos) return "/beneficiary";
      return {};
    case Code::deadline_too_far:
      if (error.detail.starts_with("not_before")) return "/not_before";
      return "/vote_within_ms";
    default:
      return {};
  }
}

}  // namespace ustp::gateway::api
