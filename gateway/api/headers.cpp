#include "gateway/api/headers.hpp"

#include <algorithm>

namespace ustp::gateway::api {
namespace {

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts the next item before `mark` off the front.
std::string_view next_item(std::string_view& rest, char mark) {
  const auto end = std::min(rest.find(mark), rest.size());
  const auto item = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return item;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

// 0: does not fit; 1: */*; 2: type/*; 3: the type itself.
int specificity(std::string_view range, std::string_view type) {
  if (same(range, type)) return 3;
  if (range == "*/*") return 1;
  const auto slash = type.find('/');
  return range.ends_with("/*") && same(range.substr(0, range.size() - 2), type.substr(0, slash)) ? 2 : 0;
}

bool is_zero_weight(std::string_view parameter) {
  if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=' || parameter[2] != '0') return false;
  return parameter.substr(3).find_first_not_of(".0") == std::string_view::npos;
}

constexpr int kMaxRanges = 32;

}  // namespace

bool accepts(const std::optional<std::string>& accept, std::string_view type) {
  if (!accept || trim(*accept).empty()) return true;
  int best = 0;
  bool admitted = false;
  std::string_view rest = *accept;
  for (int i = 0; i < kMaxRanges && !rest.empty(); ++i) {
    auto item = next_item(rest, ',');
    const int fits = specificity(next_item(item, ';'), type);
    if (fits <= best) continue;
    best = fits;
    admitted = true;
    while (!item.empty()) admitted = !is_zero_weight(next_item(item, ';')) && admitted;
  }
  return admitted;
}

bool is_media_type(const std::optional<std::string>& content_type, std::string_view type) {
  if (!content_type) return false;
  std::string_view rest = *content_type;
  if (!same(next_item(rest, ';'), type)) return false;
  while (!rest.empty()) {
    const auto item = next_item(rest, ';');
    if (item.size() > 8 && same(item.substr(0, 8), "charset=") && !same(item.substr(8), "utf-8") &&
        !same(item.substr(8), "\"utf-8\""))
      return false;
  }
  return true;
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

Result<IdempotencyKey> parse_idempotency_key(std::string_view field) {
  field = trim(field);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
  return IdempotencyKey::parse(field);
}

}  // namespace ustp::gateway::api
