// Statements as people write them. One description per struct (`fields`) serves reading and writing, so that no field
// can be read under a name it is not written under. What is accepted here is accepted by decode_statement too.
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "ustp/wire/statement.hpp"

namespace ustp::wire {
namespace {

using Json = nlohmann::ordered_json;
using namespace token;

constexpr std::size_t kMaxJsonOctets = 64u << 10, kMaxJsonDepth = 8, kMaxMembers = 64;

enum class Need { kOptional, kRequired };
using enum Need;
template <class Enum>
using Names = std::initializer_list<std::pair<Enum, std::string_view>>;

const Names<crypto::Algorithm> kAlgorithms = {{crypto::Algorithm::kEs256, "es256"},
                                              {crypto::Algorithm::kEd25519, "ed25519"}};
const Names<ledger::LedgerKind> kLedgerKinds = {{ledger::LedgerKind::kCsd, "csd"},
                                                {ledger::LedgerKind::kEthereum, "ethereum"},
                                                {ledger::LedgerKind::kCorda, "corda"}};
const Names<ledger::LedgerModel> kLedgerModels = {{ledger::LedgerModel::kBookEntry, "book_entry"},
                                                  {ledger::LedgerModel::kConsortium, "consortium"},
                                                  {ledger::LedgerModel::kPrivate, "private"},
                                                  {ledger::LedgerModel::kPublic, "public"}};
const Names<EvidenceKind> kEvidenceKinds = {{EvidenceKind::kCsdConfirmation, "csd_confirmation"},
                                            {EvidenceKind::kEthereumReceipt, "ethereum_receipt"},
                                            {EvidenceKind::kCordaTearOff, "corda_tear_off"}};
const Names<RepresentationKind> kRepresentationKinds = {{RepresentationKind::kNative, "native"},
                                                        {RepresentationKind::kBacked, "backed"},
                                                        {RepresentationKind::kDepositary, "depositary"}};
const Names<RightClass> kRightClasses = {{RightClass::kMembership, "membership"}, {RightClass::kEconomic, "economic"}};
const Names<ExercisableBy> kExercisableBy = {{ExercisableBy::kRegistered, "registered"},
                                             {ExercisableBy::kBeneficial, "beneficial"},
                                             {ExercisableBy::kPledgee, "pledgee"}};
const Names<OfferKind> kOffers = {
    {OfferKind::kPublic, "public"}, {OfferKind::kPrivate, "private"}, {OfferKind::kExempt, "exempt"}};
const Names<AdmissionKind> kAdmissionKinds = {{AdmissionKind::kListed, "listed"},
                                              {AdmissionKind::kQuoted, "quoted"},
                                              {AdmissionKind::kRegional, "regional"},
                                              {AdmissionKind::kNone, "none"}};
const Names<FinalityMoment> kFinalityMoments = {{FinalityMoment::kDecision, "decision"},
                                                {FinalityMoment::kIssuerBooking, "issuer_booking"},
                                                {FinalityMoment::kTargetBooking, "target_booking"}};
const Names<InstrumentStatus> kInstrumentStatus = {{InstrumentStatus::kActive, "active"},
                                                   {InstrumentStatus::kHalted, "halted"},
                                                   {InstrumentStatus::kTerminated, "terminated"}};
const Names<AssetKind> kAssets = {{AssetKind::kSecurities, "securities"}, {AssetKind::kCash, "cash"}};
const Names<Capacity> kCapacities = {{Capacity::kHouse, "house"},     {Capacity::kClient, "client"},
                                     {Capacity::kIssuer, "issuer"},   {Capacity::kBacking, "backing"},
                                     {Capacity::kTransit, "transit"}, {Capacity::kSuspense, "suspense"}};
const Names<Segregation> kSegregations = {{Segregation::kOmnibus, "omnibus"}, {Segregation::kIndividual, "individual"}};
const Names<AccountStatus> kAccountStatus = {
    {AccountStatus::kOpen, "open"}, {AccountStatus::kBlocked, "blocked"}, {AccountStatus::kClosed, "closed"}};

// A member's name inside a JSON pointer and an error text: escaped (RFC 6901), bounded, printable.
std::string pointer_part(std::string_view name) {
  std::string out;
  for (char c : name.substr(0, 64))
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, is_identifier_char(c) ? c : '?');
  return out;
}

// Reads one object; remembers the first error of the whole document and which members were asked for.
class Reader {
 public:
  Reader(const Json& object, std::string at, std::optional<Error>& error)
      : object_(object), at_(std::move(at)), error_(error) {
    if (!object_.is_object()) fail(Code::malformed_text, at_, "an object is expected");
  }

  template <class Id>
  void id(const char* name, Id& out, Need need = kOptional) {
    const auto* value = string(name, need);
    if (value && (need == kRequired || !value->empty())) accept(name, Id::parse(*value), out);
  }
  // A text or octet string that is required may not be empty either.
  void text(const char* name, std::string& out, std::size_t most, Need need = kOptional) {
    const auto* value = string(name, need);
    if (!value) return;
    if (need == kRequired && value->empty()) return fail(Code::missing_field, where(name), "empty");
    if (value->size() > most) return fail(Code::too_long, where(name), "at most " + std::to_string(most) + " octets");
    for (char c : *value)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        return fail(Code::invalid_character, where(name), "control character");
    out = *value;
  }
  template <class Unsigned>
  void number(const char* name, Unsigned& out, std::uint64_t most = std::numeric_limits<Unsigned>::max(),
              Need need = kOptional) {
    const Json* value = take(name, need);
    if (!value) return;
    if (!value->is_number_integer()) return fail(Code::malformed_text, where(name), "an integer is expected");
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() > most)
      return fail(Code::out_of_range, where(name), "0 to " + std::to_string(most));
    out = static_cast<Unsigned>(value->get<std::uint64_t>());
  }
  void flag(const char* name, bool& out) {
    const Json* value = take(name, kOptional);
    if (!value) return;
    if (!value->is_boolean()) return fail(Code::malformed_text, where(name), "true or false is expected");
    out = value->get<bool>();
  }
  template <class Enum>
  void tag(const char* name, Enum& out, const Names<Enum>& names, Need need = kOptional) {
    const auto* value = string(name, need);
    if (!value) return;
    for (const auto& [known, text] : names)
      if (text == *value) {
        out = known;
        return;
      }
    fail(Code::unknown_tag, where(name), {});
  }
  void octets(const char* name, Bytes& out, std::size_t most, Need need = kOptional) {
    const auto* value = string(name, need);
    if (!value) return;
    if (need == kRequired && value->empty()) return fail(Code::missing_field, where(name), "empty");
    if (value->size() > most * 2)
      return fail(Code::too_long, where(name), "at most " + std::to_string(most) + " octets");
    accept(name, from_base64(*value), out);
    if (out.size() > most) fail(Code::too_long, where(name), "at most " + std::to_string(most) + " octets");
  }
  void hash(const char* name, Hash256& out) {
    if (const auto* value = string(name, kOptional)) accept(name, Hash256::from_hex(*value), out);
  }
  void date(const char* name, Date& out) {
    if (const auto* value = string(name, kOptional)) accept(name, parse_date(*value), out);
  }
  void instant(const char* name, Instant& out) {
    if (const auto* value = string(name, kOptional)) accept(name, parse_rfc3339(*value), out);
  }
  void quantity(const char* name, Quantity& out, std::uint8_t scale, Need need = kOptional) {
    out = Quantity(0, scale);
    if (const auto* value = string(name, need)) accept(name, Quantity::parse(*value, scale), out);
  }
  void ratio(const char* name, UnitRatio& out) {
    std::uint64_t token = out.token_base_units(), security = out.security_units();
    std::uint32_t version = out.version();
    const auto inside = [&](Reader& r) {
      r.number("token_base_units", token, UINT64_MAX, kRequired);
      r.number("security_units", security, UINT64_MAX, kRequired);
      r.number("version", version);
    };
    if (object(name, inside)) accept(name, UnitRatio::make(token, security, version), out);
  }
  template <class Inside>
  bool object(const char* name, const Inside& inside, Need need = kOptional) {
    const Json* value = take(name, need);
    if (!value) return false;
    Reader reader(*value, where(name), error_);
    inside(reader);
    reader.finish();
    return !error_;
  }
  template <class T>
  void list(const char* name, std::vector<T>& out, std::size_t most) {
    const Json* value = take(name, kOptional);
    if (!value) return;
    if (!value->is_array()) return fail(Code::malformed_text, where(name), "an array is expected");
    if (value->size() > most) return fail(Code::too_long, where(name), "at most " + std::to_string(most) + " entries");
    for (std::size_t i = 0; i < value->size() && !error_; ++i) {
      Reader reader((*value)[i], where(name) + "/" + std::to_string(i), error_);
      fields(reader, out.emplace_back());
      reader.finish();
    }
  }
  // USTP-GOV: what is not understood is refused, never dropped.
  void finish() {
    if (error_) return;
    for (const auto& [name, value] : object_.items())
      if (!asked_.contains(name)) return fail(Code::unknown_field, at_ + "/" + pointer_part(name), {});
  }

 private:
  std::string where(const char* name) const { return at_ + "/" + name; }
  void fail(Code code, const std::string& at, std::string_view why) {
    if (!error_) error_ = Error{code, (at.empty() ? "document" : at) + (why.empty() ? "" : ": ") + std::string(why)};
  }
  const Json* take(const char* name, Need need) {
    asked_.insert(name);
    if (error_) return nullptr;
    const auto it = object_.find(name);
    if (it != object_.end()) return &*it;
    if (need == kRequired) fail(Code::missing_field, where(name), {});
    return nullptr;
  }
  const std::string* string(const char* name, Need need) {
    const Json* value = take(name, need);
    if (value && !value->is_string()) fail(Code::malformed_text, where(name), "a string is expected");
    return value && value->is_string() ? value->get_ptr<const std::string*>() : nullptr;
  }
  template <class T>
  void accept(const char* name, Result<T> result, T& out) {
    if (!result) return fail(result.error().code, where(name), result.error().detail);
    out = std::move(result).value();
  }

  const Json& object_;
  const std::string at_;
  std::optional<Error>& error_;
  std::set<std::string, std::less<>> asked_;
};

// Writes what the Reader reads; members that say nothing are left out.
class Writer {
 public:
  explicit Writer(Json& object) : object_(object) { object_ = Json::object(); }

  template <class Id>
  void id(const char* name, const Id& value, Need = kOptional) {
    if (!value.empty()) object_[name] = value.str();
  }
  void text(const char* name, const std::string& value, std::size_t, Need = kOptional) {
    if (!value.empty()) object_[name] = value;
  }
  template <class Unsigned>
  void number(const char* name, Unsigned value, std::uint64_t = 0, Need = kOptional) {
    object_[name] = static_cast<std::uint64_t>(value);
  }
  void flag(const char* name, bool value) { object_[name] = value; }
  template <class Enum>
  void tag(const char* name, Enum value, const Names<Enum>& names, Need = kOptional) {
    for (const auto& [known, text] : names)
      if (known == value) object_[name] = text;
  }
  void octets(const char* name, const Bytes& value, std::size_t, Need = kOptional) {
    if (!value.empty()) object_[name] = to_base64(value);
  }
  void hash(const char* name, const Hash256& value) {
    if (!value.is_zero()) object_[name] = value.hex();
  }
  void date(const char* name, Date value) {
    if (value != Date{}) object_[name] = to_string(value);
  }
  void instant(const char* name, Instant value) {
    if (value.ns != 0) object_[name] = to_rfc3339(value);
  }
  void quantity(const char* name, const Quantity& value, std::uint8_t, Need = kOptional) {
    object_[name] = value.str();
  }
  void ratio(const char* name, const UnitRatio& value) {
    object_[name] = Json{{"token_base_units", value.token_base_units()},
                         {"security_units", value.security_units()},
                         {"version", value.version()}};
  }
  template <class Inside>
  bool object(const char* name, const Inside& inside, Need = kOptional) {
    Json member;
    Writer writer(member);
    inside(writer);
    if (!member.empty()) object_[name] = std::move(member);
    return true;
  }
  template <class T>
  void list(const char* name, std::vector<T>& values, std::size_t) {
    if (values.empty()) return;
    Json& array = object_[name] = Json::array();
    for (T& value : values) {
      Json entry;
      Writer writer(entry);
      fields(writer, value);
      array.push_back(std::move(entry));
    }
  }

 private:
  Json& object_;
};

template <class A>
void fields(A& a, ParticipantStatement& s) {
  a.id("participant", s.participant, kRequired);
  a.id("lei", s.lei);
  a.text("name", s.name, kMaxText);
  a.id("gateway", s.gateway);
  a.text("endpoint", s.endpoint, 255);
  a.flag("admitted", s.admitted);
}
template <class A>
void fields(A& a, KeyStatement& s) {
  a.id("gateway", s.gateway, kRequired);
  a.tag("algorithm", s.algorithm, kAlgorithms);
  a.octets("spki", s.spki, 1024, kRequired);
  a.flag("revoked", s.revoked);
}
template <class A>
void fields(A& a, ledger::LedgerProfile& p) {
  a.id("id", p.id, kRequired);
  a.tag("kind", p.kind, kLedgerKinds, kRequired);
  a.tag("model", p.model, kLedgerModels);
  a.id("gateway", p.gateway, kRequired);
  a.id("liable_operator", p.liable_operator);
  a.text("finality_rule", p.finality_rule, 35);
  a.number("finality_depth", p.finality_depth);
  a.tag("evidence", p.evidence, kEvidenceKinds, kRequired);
  a.number("rewriters", p.rewriters);
  a.flag("carries_lots", p.carries_lots);
  a.flag("releases_itself", p.releases_itself);
  a.id("custody_account", p.custody_account);
  a.id("suspense_account", p.suspense_account);
  p.anchor.ledger = p.id;  // the anchor is always that of the ledger itself
  a.object("anchor", [&](auto& inner) {
    inner.octets("key", p.anchor.key, 1024);
    inner.octets("contract", p.anchor.contract, 20);
    inner.number("chain_id", p.anchor.chain_id);
  });
}
template <class A>
void fields(A& a, LedgerStatement& s) {
  a.object(
      "profile", [&](auto& inner) { fields(inner, s.profile); }, kRequired);
  a.flag("halted", s.halted);
}
template <class A>
void fields(A& a, Representation& r) {
  a.id("ledger", r.ledger, kRequired);
  a.tag("kind", r.kind, kRepresentationKinds);
  a.text("reference", r.reference, 140);
  a.id("backing_account", r.backing_account);
  a.number("scale", r.scale, Quantity::kMaxScale);
  a.ratio("ratio", r.ratio);
}
template <class A>
void fields(A& a, Right& r) {
  a.text("code", r.code, 35, kRequired);
  a.tag("class", r.cls, kRightClasses, kRequired);
  a.number("weight_per_unit", r.weight_per_unit);
  a.tag("exercisable_by", r.exercisable_by, kExercisableBy);
  a.text("record_rule", r.record_rule, 140);
}
template <class A>
void fields(A& a, Admission& admission) {
  a.id("mic", admission.mic);
  a.tag("kind", admission.kind, kAdmissionKinds);
  a.date("from", admission.from);
  a.date("to", admission.to);
}
template <class A>
void fields(A& a, Instrument& i) {
  a.id("id", i.id, kRequired);
  a.number("version", i.version);
  a.text("name", i.name, kMaxText);
  a.id("cfi", i.cfi);
  a.id("issuer", i.issuer);
  a.number("scale", i.scale, Quantity::kMaxScale);
  a.quantity("authorised", i.authorised, i.scale, kRequired);
  a.quantity("approved", i.approved, i.scale, kRequired);
  a.quantity("issued", i.issued, i.scale, kRequired);
  a.quantity("treasury", i.treasury, i.scale);
  a.quantity("denomination", i.denomination, i.scale);
  a.id("issuer_ledger", i.issuer_ledger, kRequired);
  a.id("home_gateway", i.home_gateway, kRequired);
  a.list("representations", i.representations, kMaxRepresentations);
  a.list("rights", i.rights, kMaxRights);
  a.tag("offer", i.offer, kOffers);
  a.list("admissions", i.admissions, kMaxAdmissions);
  a.number("holder_cap", i.holder_cap);
  a.text("investor_class", i.investor_class, 35);
  a.tag("finality_moment", i.finality_moment, kFinalityMoments);
  a.text("governing_law", i.governing_law, 35);
  a.text("system_designation", i.system_designation, 140);
  a.object("contract", [&](auto& inner) {
    inner.hash("code_hash", i.contract.code_hash);
    inner.hash("prose_hash", i.contract.prose_hash);
    inner.text("language", i.contract.language, 35);
    inner.id("liable_party", i.contract.liable_party);
    inner.text("filing", i.contract.filing, 140);
  });
  a.tag("status", i.status, kInstrumentStatus);
}
template <class A>
void fields(A& a, InstrumentStatement& s) {
  a.object(
      "instrument", [&](auto& inner) { fields(inner, s.instrument); }, kRequired);
}
template <class A>
void fields(A& a, AccountStatement& s) {
  const auto account = [&](auto& inner) {
    inner.id("ledger", s.account.ledger, kRequired);
    inner.id("id", s.account.id, kRequired);
    inner.id("participant", s.account.participant, kRequired);
    inner.tag("asset", s.account.asset, kAssets);
    inner.tag("capacity", s.account.capacity, kCapacities);
    inner.tag("segregation", s.account.segregation, kSegregations);
    inner.tag("status", s.account.status, kAccountStatus);
    inner.text("investor_class", s.account.investor_class, 35);
    inner.text("jurisdiction", s.account.jurisdiction, 35);
    inner.instant("identity_expires", s.account.identity_expires);
  };
  a.object("account", account, kRequired);
}

// The kinds in the order of StatementBody's alternatives.
constexpr std::string_view kKinds[] = {"participant", "key", "ledger", "instrument", "account"};
static_assert(std::size(kKinds) == std::variant_size_v<StatementBody>);

StatementBody empty_body(std::size_t kind) {
  switch (kind) {
    case 0:
      return ParticipantStatement{};
    case 1:
      return KeyStatement{};
    case 2:
      return LedgerStatement{};
    case 3:
      return InstrumentStatement{};
    default:
      return AccountStatement{};
  }
}

// Bounded in octets, depth and members before anything else looks at it; a member that appears twice is refused,
// because two readers could each believe another one.
Result<Json> parse(std::string_view json) {
  if (json.size() > kMaxJsonOctets) return Error{Code::too_long, "JSON document"};
  // nlohmann takes a zero octet for the end of the text and would not look at what follows.
  if (json.find('\0') != std::string_view::npos) return Error{Code::malformed_text, "zero octet"};
  bool deep = false, wide = false, twice = false;
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > static_cast<int>(kMaxJsonDepth)) deep = true;
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end && !names.empty()) names.pop_back();
    if (event == Json::parse_event_t::key && !names.empty()) {
      twice |= !names.back().insert(value.get<std::string>()).second;
      wide |= names.back().size() > kMaxMembers;
    }
    return !deep && !wide;
  };
  auto document = Json::parse(json.begin(), json.end(), watch, false);
  if (deep) return Error{Code::nesting_too_deep, "JSON document"};
  if (wide) return Error{Code::too_long, "more than " + std::to_string(kMaxMembers) + " members in one object"};
  if (document.is_discarded()) return Error{Code::malformed_text, "not a JSON document"};
  if (twice) return Error{Code::duplicate_field, "JSON document"};
  return document;
}

}  // namespace

Result<StatementBody> statement_body_from_json(std::string_view json) {
  USTP_TRY(const auto document, parse(json));
  std::optional<Error> error;
  Reader reader(document, "", error);
  std::string kind;
  reader.text("kind", kind, 35, kRequired);
  if (error) return std::move(*error);
  const auto known = std::find(std::begin(kKinds), std::end(kKinds), kind);
  if (known == std::end(kKinds)) return Error{Code::unknown_tag, "/kind"};
  StatementBody body = empty_body(static_cast<std::size_t>(known - std::begin(kKinds)));
  std::visit([&](auto& alternative) { fields(reader, alternative); }, body);
  reader.finish();
  if (error) return std::move(*error);
  if (const auto* s = std::get_if<InstrumentStatement>(&body))
    if (auto valid = validate(s->instrument); !valid)
      return Error{valid.error().code, "/instrument: " + valid.error().detail};
  return body;
}

std::string statement_to_json(const Statement& statement) {
  Json out;
  Writer writer(out);
  out["authority"] = statement.authority.str();
  out["sequence"] = statement.sequence;
  out["previous"] = statement.previous.hex();
  out["effective_from"] = to_rfc3339(statement.effective_from);
  out["kind"] = kKinds[statement.body.index()];
  auto body = statement.body;
  std::visit([&](auto& alternative) { fields(writer, alternative); }, body);
  return out.dump(2);
}

}  // namespace ustp::wire
