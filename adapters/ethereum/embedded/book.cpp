#include "adapters/ethereum/embedded/book.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace ustp::ethereum::embedded {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kMaxBook = 16 * 1'048'576;
Error bad(const std::string& what) { return {Code::config_invalid, "book: " + what}; }

Result<std::string> text(const Json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_string()) return bad(std::string(name) + " is not a text");
  return it->get<std::string>();
}
Result<Address> address(const Json& object, const char* name) {
  USTP_TRY(const std::string from, text(object, name));
  const auto out = parse_address(from);
  if (!out || out->is_zero()) return bad(std::string(name) + " is not a 0x-address");
  return *out;
}

Result<BookAccount> account(const Json& object) {
  if (!object.is_object()) return bad("an account is not an object");
  BookAccount out;
  USTP_TRY(out.address, address(object, "id"));
  if (object.contains("capacity")) {
    USTP_TRY(out.capacity, text(object, "capacity"));
    if (out.capacity.empty() || out.capacity.size() > 16) return bad("capacity");
  }
  if (object.contains("units")) {
    USTP_TRY(const std::string units, text(object, "units"));
    const auto number = parse_uint128(units);
    if (!number) return bad("units");
    out.units = *number;
  }
  if (object.contains("blocked")) {
    if (!object["blocked"].is_boolean()) return bad("blocked");
    out.blocked = object["blocked"].get<bool>();
  }
  return out;
}

}  // namespace

Result<Book> parse_book(std::string_view json) {
  if (json.size() > kMaxBook) return bad("too long");
  const Json root = Json::parse(json, nullptr, false);
  if (!root.is_object()) return bad("not a JSON object");
  Book out;
  USTP_TRY(const std::string ledger, text(root, "ledger"));
  USTP_TRY(out.ledger, LedgerId::parse(ledger));
  USTP_TRY(const std::string instrument, text(root, "instrument"));
  USTP_TRY(out.instrument, InstrumentId::parse(instrument));
  if (root.contains("scale")) {
    if (!root["scale"].is_number_unsigned() || root["scale"].get<std::uint64_t>() > 30) return bad("scale");
    out.scale = root["scale"].get<std::uint8_t>();
  }
  USTP_TRY(out.custody, address(root, "custody"));
  USTP_TRY(out.suspense, address(root, "suspense"));
  if (out.custody == out.suspense) return bad("custody and suspense are one account");
  const auto accounts = root.find("accounts");
  if (accounts == root.end() || !accounts->is_array()) return bad("accounts");
  std::set<Address> seen;
  Uint128 total = 0;
  for (const Json& entry : *accounts) {
    USTP_TRY(BookAccount one, account(entry));
    if (!seen.insert(one.address).second) return bad("an account stands twice");
    const bool reserved = one.address == out.custody || one.address == out.suspense;
    if (reserved && (one.units != 0 || one.blocked)) return bad("custody and suspense start empty and open");
    const auto sum = checked_add(total, one.units);
    if (!sum) return bad("units do not fit 128 bits");
    total = *sum;
    out.accounts.push_back(std::move(one));
  }
  return out;
}

Result<Book> load_book(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Code::io_error, path};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_book(text.str());
}

}  // namespace ustp::ethereum::embedded
