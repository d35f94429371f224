#include "json.hpp"

#include <nlohmann/json.hpp>

namespace ustp::client {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 32;

Result<Json> parse(const std::string& body) {
  if (body.find('\0') != std::string::npos)
    return Error{Code::malformed_text, "zero octet"};  // nlohmann would stop there
  bool deep = false;
  const auto watch = [&](int depth, auto, auto&) { return !(deep |= depth > kMaxDepth); };
  auto out = Json::parse(body, watch, false);
  if (deep) return Error{Code::nesting_too_deep, "reply"};
  if (!out.is_object()) return Error{Code::malformed_text, "the reply is no JSON object"};
  return out;
}
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

// Reads members of one object; the first one of a wrong type is remembered.
class Reader {
 public:
  Reader(const Json& object, std::optional<Error>& error) : object_(object), error_(error) {
    if (!object_.is_object()) wrong("object");
  }
  // A text, or a whole number as text; absent and null are empty.
  std::string text(const char* name) {
    const Json* value = find(name);
    if (!value) return {};
    if (value->is_number_unsigned()) return std::to_string(value->get<std::uint64_t>());
    if (value->is_string()) return value->get<std::string>();
    wrong(name);
    return {};
  }
  bool flag(const char* name) {
    const Json* value = find(name);
    if (!value) return false;
    if (!value->is_boolean()) wrong(name);
    return value->is_boolean() && value->get<bool>();
  }
  std::uint64_t number(const char* name) {
    const Json* value = find(name);
    if (!value || !value->is_number_unsigned()) return wrong(name), 0;
    return value->get<std::uint64_t>();
  }
  template <class Inside>
  void object(const char* name, const Inside& inside) {
    if (const Json* value = find(name)) {
      Reader reader(*value, error_);
      inside(reader);
    }
  }
  template <class Each>
  void list(const char* name, const Each& each) {
    const Json* value = find(name);
    if (!value) return;
    if (!value->is_array()) return wrong(name);
    for (const auto& entry : *value) {
      if (error_) return;
      each(entry);
    }
  }
  void wrong(const char* name) {
    if (!error_) error_ = Error{Code::malformed_text, std::string("reply: ") + name};
  }

 private:
  const Json* find(const char* name) const {
    if (error_) return nullptr;
    const auto it = object_.find(name);
    return it == object_.end() || it->is_null() ? nullptr : &*it;
  }
  const Json& object_;
  std::optional<Error>& error_;
};

// How far it is, of a transfer or of an event.
template <class Seen>
void read_progress(Reader& r, Seen& out) {
  out.role = r.text("role");
  out.state = r.text("state");
  out.status = r.text("status");
  out.waiting_on = r.text("waiting_on");
  r.object("reason", [&](Reader& reason) {
    out.reason_code = reason.text("code");
    out.reason_detail = reason.text("detail");
  });
}

Transfer transfer_of(const Json& json, std::optional<Error>& error) {
  Transfer out;
  Reader r(json, error);
  const auto id = TransferId::from_hex(r.text("id"));
  id ? void(out.id = *id) : r.wrong("id");
  out.settlement = r.text("settlement");
  read_progress(r, out);
  r.object("terms", [&](Reader& terms) {
    out.instrument = terms.text("instrument");
    out.quantity = terms.text("quantity");
    out.source_ledger = terms.text("source_ledger");
    out.target_ledger = terms.text("target_ledger");
    out.originator = terms.text("originator");
    out.beneficiary = terms.text("beneficiary");
    out.reference = terms.text("reference");
  });
  r.list("timeline", [&](const Json& entry) {
    Reader step(entry, error);
    out.timeline.push_back({step.text("state"), step.text("at")});
  });
  out.json = dump(json);
  return out;
}

Json lot_json(const token::Lot& lot) {
  Json out = {{"quantity", lot.quantity.str()}};
  if (lot.acquired.year != 0) out["acquired"] = to_string(lot.acquired);
  if (!lot.origin.empty()) out["origin"] = lot.origin;
  if (lot.locked_until.ns != 0) out["locked_until"] = to_rfc3339(lot.locked_until);
  constexpr const char* kRestrictions[] = {"none", "lock_up", "private_placement", "insider", "regulatory"};
  out["restriction"] = kRestrictions[static_cast<std::size_t>(lot.restriction)];
  return out;
}

template <class T, class Read>
Result<T> read(const std::string& body, const Read& inside) {
  USTP_TRY(const auto json, parse(body));
  std::optional<Error> error;
  T out = inside(json, error);
  if (error) return std::move(*error);
  return out;
}

}  // namespace

std::string order_to_json(const TransferOrder& o) {
  Json out = {{"instrument", o.instrument.str()},
              {"quantity", o.quantity},
              {"originator", o.originator.str()},
              {"beneficiary", o.beneficiary.str()},
              {"target_ledger", o.target_ledger.str()}};
  for (const auto& lot : o.lots) out["lots"].push_back(lot_json(lot));
  out["ownership_effect"] = o.ownership_effect == token::OwnershipEffect::kNone ? "none" : "change";
  out["transaction_type"] = o.transaction_type;
  out["entitled_party"] = o.entitled_party == token::EntitledParty::kTransferor ? "transferor" : "transferee";
  if (o.trade_date.year != 0) out["trade_date"] = to_string(o.trade_date);
  if (o.cum_ex != token::CumEx::kUnspecified) out["cum_ex"] = o.cum_ex == token::CumEx::kCum ? "cum" : "ex";
  const auto stated = [&](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  stated("venue", o.venue.str());
  stated("place_of_settlement", o.place_of_settlement);
  stated("governing_law", o.governing_law);
  stated("jurisdiction", o.jurisdiction);
  stated("reference", o.reference);
  stated("beneficial_owner", o.beneficial_owner);
  if (o.not_before.ns > 0) out["not_before"] = to_rfc3339(o.not_before);
  if (o.vote_within.ns > 0) out["vote_within_ms"] = o.vote_within.ns / 1'000'000;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string batch_item(const BatchOrder& order) {  // a key has nothing that JSON would escape
  return "{\"idempotency_key\":\"" + order.key.str() + "\",\"order\":" +
         (order.json.empty() ? order_to_json(order.order) : order.json) + "}";
}

Result<Transfer> transfer_from_json(const std::string& body) {
  return read<Transfer>(body, [](const Json& json, auto& error) { return transfer_of(json, error); });
}

Result<TransferPage> page_from_json(const std::string& body) {
  return read<TransferPage>(body, [](const Json& json, auto& error) {
    TransferPage out;
    Reader r(json, error);
    out.next = r.text("next");
    r.list("transfers", [&](const Json& entry) { out.transfers.push_back(transfer_of(entry, error)); });
    out.json = dump(json);
    return out;
  });
}

Result<Positions> positions_from_json(const std::string& body) {
  return read<Positions>(body, [](const Json& json, auto& error) {
    Positions out;
    Reader r(json, error);
    out.ledger = r.text("ledger");
    out.instrument = r.text("instrument");
    out.outstanding_base_units = r.text("outstanding_base_units");
    out.provisional_base_units = r.text("provisional_base_units");
    out.backing_base_units = r.text("backing_base_units");
    r.list("positions", [&](const Json& entry) {
      Reader row(entry, error);
      const auto amount = [&](const char* units, const char* base) {
        auto text = row.text(units);
        return text.empty() ? row.text(base) + " base units" : text;
      };
      out.rows.push_back({row.text("account"), row.text("capacity"), amount("quantity", "base_units"),
                          amount("locked", "locked_base_units"), amount("blocked", "blocked_base_units")});
    });
    r.list("outstanding_elsewhere", [&](const Json& entry) {
      Reader row(entry, error);
      out.elsewhere.push_back({row.text("ledger"), row.text("quantity")});
    });
    out.json = dump(json);
    return out;
  });
}

Result<InstrumentList> instruments_from_json(const std::string& body) {
  return read<InstrumentList>(body, [](const Json& json, auto& error) {
    InstrumentList out;
    Reader r(json, error);
    r.list("instruments", [&](const Json& entry) {
      Reader row(entry, error);
      InstrumentList::Row one{row.text("id"),
                              row.text("name"),
                              row.text("version"),
                              row.text("issued"),
                              row.text("issuer_ledger"),
                              row.text("home_gateway"),
                              row.text("status"),
                              {}};
      row.list("representations", [&](const Json& representation) {
        one.ledgers.push_back(Reader(representation, error).text("ledger"));
      });
      out.rows.push_back(std::move(one));
    });
    out.json = dump(json);
    return out;
  });
}

Result<EventPage> events_from_json(const std::string& body) {
  return read<EventPage>(body, [](const Json& json, auto& error) {
    EventPage out;
    Reader r(json, error);
    out.next = r.text("next");
    out.more = r.flag("more");
    r.list("events", [&](const Json& entry) {
      Reader e(entry, error);
      auto& event = out.events.emplace_back();
      event.cursor = e.text("cursor");
      event.sequence = e.number("sequence");
      event.type = e.text("type");
      if (const auto id = e.text("transfer"); !id.empty()) {
        const auto parsed = TransferId::from_hex(id);
        parsed ? void(event.transfer = *parsed) : e.wrong("transfer");
      }
      read_progress(e, event);
      event.at = e.text("at");
      event.json = entry.dump(-1, ' ', false, Json::error_handler_t::replace);
    });
    if (out.next.empty()) r.wrong("next");
    out.json = dump(json);
    return out;
  });
}

Result<std::uint64_t> sequence_from_json(const std::string& body) {
  USTP_TRY(const auto json, parse(body));
  const auto it = json.find("sequence");
  if (it == json.end() || !it->is_number_unsigned()) return Error{Code::malformed_text, "reply: sequence"};
  return it->template get<std::uint64_t>();
}

Result<std::vector<Outcome<Transfer>>> batch_from_json(const std::string& body) {
  return read<std::vector<Outcome<Transfer>>>(body, [](const Json& json, auto& error) {
    std::vector<Outcome<Transfer>> out;
    Reader r(json, error);
    r.list("answers", [&](const Json& one) {
      Reader answer(one, error);
      const auto status = answer.number("status");
      if (const auto problem = one.find("problem"); problem != one.end()) {
        out.push_back(failure_from_reply({static_cast<int>(status), "application/problem+json", dump(*problem), {}, {}}));
      } else if (const auto transfer = one.find("transfer"); transfer != one.end()) {
        out.push_back(transfer_of(*transfer, error));
      } else {
        answer.wrong("answers");
      }
    });
    return out;
  });
}

Failure failure_from_reply(const HttpReply& reply) {
  Failure out;
  out.status = reply.status;
  out.request_id = reply.request_id;
  out.error = {Code::internal, "HTTP status " + std::to_string(reply.status)};
  const auto json =
      reply.content_type.starts_with("application/problem+json") ? parse(reply.body) : Error{Code::malformed_text, {}};
  if (!json) {
    out.kind = Failure::Kind::kReply;
    out.code = info(out.error.code).name;
    return out;
  }
  std::optional<Error> wrong;  // a problem is read for what it gives
  Reader r(*json, wrong);
  out.code = r.text("code");
  out.error.detail = r.text("detail");
  out.pointer = r.text("pointer");
  out.restart_after = r.text("restart_after");
  if (auto id = r.text("request_id"); !id.empty()) out.request_id = std::move(id);
  const auto retryable = json->find("retryable");
  out.retryable = retryable != json->end() && retryable->is_boolean() && retryable->template get<bool>();
  for (const auto& known : all_codes())
    if (known.name == out.code) out.error.code = known.code;
  if (out.error.detail.empty()) out.error.detail = r.text("title");
  return out;
}

}  // namespace ustp::client
