#include "adapters/corda/embedded/book.hpp"

#include <nlohmann/json.hpp>
#include <set>

namespace ustp::corda {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kMaxBook = 64 * 1024 * 1024, kMaxAccounts = 1'000'000;

Result<std::string> text(const Json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_string()) return Error{Code::config_invalid, std::string("book: ") + name};
  return it->get<std::string>();
}

Result<token::Capacity> capacity_of(std::string_view name) {
  constexpr std::string_view kNames[] = {"house", "client", "issuer", "backing", "transit", "suspense"};
  for (std::size_t i = 0; i < std::size(kNames); ++i)
    if (kNames[i] == name) return static_cast<token::Capacity>(i + 1);
  return Error{Code::config_invalid, "book: capacity"};
}

Result<void> only(const Json& object, const std::set<std::string>& names) {
  if (!object.is_object()) return Error{Code::config_invalid, "book: not an object"};
  for (const auto& [name, value] : object.items())
    if (!names.contains(name)) return Error{Code::unknown_field, "book: " + name};
  return {};
}

Result<Book::Entry> entry_of(const Json& json) {
  USTP_CHECK(only(json, {"id", "capacity", "units", "blocked"}));
  Book::Entry out;
  USTP_TRY(const auto id, text(json, "id"));
  USTP_TRY(out.account, AccountId::parse(id));
  if (json.contains("capacity")) {
    USTP_TRY(const auto capacity, text(json, "capacity"));
    USTP_TRY(out.capacity, capacity_of(capacity));
  }
  if (json.contains("units")) {
    USTP_TRY(const auto units, text(json, "units"));
    USTP_TRY(out.units, parse_uint128(units));
  }
  if (const auto it = json.find("blocked"); it != json.end()) {
    if (!it->is_boolean()) return Error{Code::config_invalid, "book: blocked"};
    out.blocked = it->get<bool>();
  }
  return out;
}

Result<std::uint64_t> number(const Json& json, std::uint64_t most) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most) return Error{Code::config_invalid, "book: number"};
  return json.get<std::uint64_t>();
}

}  // namespace

Result<Book> parse_book(std::string_view json) {
  if (json.size() > kMaxBook) return Error{Code::too_long, "book"};
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded()) return Error{Code::config_invalid, "book: not JSON"};
  USTP_CHECK(only(root, {"ledger", "instrument", "scale", "custody", "suspense", "accounts", "ratio"}));
  Book out;
  USTP_TRY(const auto ledger, text(root, "ledger"));
  USTP_TRY(out.ledger, LedgerId::parse(ledger));
  USTP_TRY(const auto instrument, text(root, "instrument"));
  USTP_TRY(out.instrument, InstrumentId::parse(instrument));
  USTP_TRY(const auto custody, text(root, "custody"));
  USTP_TRY(out.custody, AccountId::parse(custody));
  USTP_TRY(const auto suspense, text(root, "suspense"));
  USTP_TRY(out.suspense, AccountId::parse(suspense));
  if (const auto it = root.find("scale"); it != root.end()) {
    USTP_TRY(const auto scale, number(*it, Quantity::kMaxScale));
    out.scale = static_cast<std::uint8_t>(scale);
  }
  if (const auto it = root.find("ratio"); it != root.end()) {
    if (!it->is_array() || it->size() != 2) return Error{Code::config_invalid, "book: ratio"};
    USTP_TRY(const auto token, number((*it)[0], UINT64_MAX));
    USTP_TRY(const auto security, number((*it)[1], UINT64_MAX));
    USTP_TRY(out.ratio, UnitRatio::make(token, security, 1));
  }
  const auto accounts = root.find("accounts");
  if (accounts == root.end()) return out;
  if (!accounts->is_array() || accounts->size() > kMaxAccounts) return Error{Code::config_invalid, "book: accounts"};
  std::set<AccountId> ids;
  for (const auto& account : *accounts) {
    USTP_TRY(out.accounts.emplace_back(), entry_of(account));
    if (!ids.insert(out.accounts.back().account).second) return Error{Code::config_invalid, "book: account twice"};
  }
  return out;
}

}  // namespace ustp::corda
