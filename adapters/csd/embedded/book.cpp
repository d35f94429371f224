// The first book, from JSON.
#include <nlohmann/json.hpp>

#include "adapters/csd/embedded/store.hpp"

namespace ustp::csd::embedded {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kMaxBook = 16U << 20;

Error bad(std::string_view field) { return {Code::config_invalid, "book: " + std::string(field)}; }

Result<std::string> text(const Json& object, const char* field) {
  const auto it = object.find(field);
  if (it == object.end() || !it->is_string()) return bad(field);
  return it->get<std::string>();
}

bool is_capacity(std::string_view name) {
  for (const char* known : {"house", "client", "issuer", "backing", "transit", "suspense"})
    if (name == known) return true;
  return false;
}

Result<Account> read_account(const Json& row) {
  if (!row.is_object()) return bad("accounts");
  Account out;
  USTP_TRY(const auto id, text(row, "id"));
  USTP_TRY(out.id, AccountId::parse(id));
  if (id.size() > 35) return Error{Code::too_long, "book: account " + id};
  USTP_TRY(out.capacity, text(row, "capacity"));
  if (!is_capacity(out.capacity)) return bad("capacity");
  USTP_TRY(const auto units, text(row, "units"));
  USTP_TRY(out.units, parse_uint128(units));
  if (const auto blocked = row.find("blocked"); blocked != row.end()) {
    if (!blocked->is_boolean()) return bad("blocked");
    out.blocked = blocked->get<bool>();
  }
  return out;
}

bool has_account(const Book& book, const AccountId& id) {
  for (const Account& account : book.accounts)
    if (account.id == id) return true;
  return false;
}

}  // namespace

Result<Book> parse_book(std::string_view json) {
  if (json.size() > kMaxBook) return bad("too large");
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded() || !root.is_object()) return bad("not a JSON object");
  Book out;
  USTP_TRY(const auto ledger, text(root, "ledger"));
  USTP_TRY(out.ledger, LedgerId::parse(ledger));
  USTP_TRY(const auto instrument, text(root, "instrument"));
  USTP_TRY(out.instrument, InstrumentId::parse(instrument));
  USTP_TRY(const auto custody, text(root, "custody"));
  USTP_TRY(out.custody, AccountId::parse(custody));
  USTP_TRY(const auto suspense, text(root, "suspense"));
  USTP_TRY(out.suspense, AccountId::parse(suspense));
  const auto scale = root.find("scale");
  if (scale == root.end() || !scale->is_number_unsigned() || scale->get<std::uint64_t>() > 17) return bad("scale");
  out.scale = scale->get<std::uint8_t>();
  const auto accounts = root.find("accounts");
  if (accounts == root.end() || !accounts->is_array()) return bad("accounts");
  for (const Json& row : *accounts) {
    USTP_TRY(auto account, read_account(row));
    if (has_account(out, account.id)) return bad("account " + account.id.str() + " is repeated");
    out.accounts.push_back(std::move(account));
  }
  // The two accounts of the gateway exist from the start.
  if (!has_account(out, out.custody)) out.accounts.push_back({out.custody, "backing", 0, 0, 0, false});
  if (!has_account(out, out.suspense)) out.accounts.push_back({out.suspense, "suspense", 0, 0, 0, false});
  return out;
}

}  // namespace ustp::csd::embedded
