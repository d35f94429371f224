// Identifiers, times, counts, quantities, ratios.
#include "sdk/vectors/judge.hpp"

namespace ustp::vectors {
namespace {

template <class Id>
Result<Value> text_of(const std::string& text) {
  USTP_TRY(const auto id, Id::parse(text));
  return Value(Members{{"text", id.str()}});
}
template <class Id>
Result<Value> octets_of_hex(const std::string& text) {
  USTP_TRY(const auto id, Id::from_hex(text));
  return Value(Members{{"text", id.hex()}});
}

Result<Value> identifier(const std::string& scheme, const std::string& text) {
  if (scheme == "isin") return text_of<Isin>(text);
  if (scheme == "lei") return text_of<Lei>(text);
  if (scheme == "dti") return text_of<Dti>(text);
  if (scheme == "bic") return text_of<Bic>(text);
  if (scheme == "mic") return text_of<Mic>(text);
  if (scheme == "cfi") return text_of<Cfi>(text);
  if (scheme == "uti") return text_of<Uti>(text);
  if (scheme == "instrument") return text_of<InstrumentId>(text);
  if (scheme == "gateway") return text_of<GatewayId>(text);
  if (scheme == "account") return text_of<AccountId>(text);
  if (scheme == "transfer") return octets_of_hex<TransferId>(text);
  if (scheme == "hash") return octets_of_hex<Hash256>(text);
  return Error{Code::internal, "scheme " + scheme};
}

Result<Quantity> quantity_of(const Value& value) {
  USTP_TRY(const auto units, parse_uint128(value["units"].text()));
  return Quantity(units, static_cast<std::uint8_t>(value["scale"].number()));
}
Result<UnitRatio> ratio_of(const Value& value) {
  USTP_TRY(const auto token, parse_uint128(value["token"].text()));
  USTP_TRY(const auto security, parse_uint128(value["security"].text()));
  return UnitRatio::make(static_cast<std::uint64_t>(token), static_cast<std::uint64_t>(security),
                         static_cast<std::uint32_t>(value["version"].number()));
}
Value shown(const Quantity& q) {
  return Members{{"units", to_string(q.units())}, {"scale", small(q.scale())}, {"text", q.str()}};
}

Result<Value> quantity(const Value& in) {
  USTP_TRY(const auto q, Quantity::parse(in["text"].text(), static_cast<std::uint8_t>(in["scale"].number())));
  return shown(q);
}
Result<Value> sum(const Value& in, bool plus) {
  USTP_TRY(const auto a, quantity_of(in["a"]));
  USTP_TRY(const auto b, quantity_of(in["b"]));
  USTP_TRY(const auto q, plus ? a.plus(b) : a.minus(b));
  return shown(q);
}
Result<Value> to_base(const Value& in) {
  USTP_TRY(const auto ratio, ratio_of(in["ratio"]));
  USTP_TRY(const auto q, quantity_of(in["quantity"]));
  USTP_TRY(const auto base, ratio.to_base(q));
  return Value(Members{{"base_units", to_string(base)}});
}
Result<Value> from_base(const Value& in) {
  USTP_TRY(const auto ratio, ratio_of(in["ratio"]));
  USTP_TRY(const auto base, parse_uint128(in["base_units"].text()));
  USTP_TRY(const auto q, ratio.from_base(base, static_cast<std::uint8_t>(in["scale"].number())));
  return shown(q);
}
Result<Value> time(const std::string& text) {
  USTP_TRY(const auto t, parse_rfc3339(text));
  return Value(Members{{"ns", decimal(t)}, {"text", to_rfc3339(t)}});
}
Result<Value> date(const std::string& text) {
  USTP_TRY(const auto d, parse_date(text));
  return Value(Members{{"year", small(d.year)}, {"month", small(d.month)}, {"day", small(d.day)}});
}

}  // namespace

Judgement judge_form(const std::string& kind, const Value& in) {
  if (kind == "identifier") return identifier(in["scheme"].text(), in["text"].text());
  if (kind == "time") return time(in["text"].text());
  if (kind == "date") return date(in["text"].text());
  if (kind == "count") {
    const auto n = parse_uint128(in["text"].text());
    return n ? Result<Value>(Value(Members{{"text", to_string(*n)}})) : Result<Value>(n.error());
  }
  if (kind == "quantity") return quantity(in);
  if (kind == "sum") return sum(in, true);
  if (kind == "difference") return sum(in, false);
  if (kind == "ratio") {
    const auto ratio = ratio_of(in);
    return ratio ? Result<Value>(in) : Result<Value>(ratio.error());
  }
  if (kind == "to_base") return to_base(in);
  if (kind == "from_base") return from_base(in);
  return std::nullopt;
}

}  // namespace ustp::vectors
