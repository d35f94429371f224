#include "gateway/config/reader.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

namespace ustp::gateway::config {
namespace {

constexpr std::size_t kLongestKey = 64;  // longer ones are like nothing

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

// What a file says may hold anything: a problem stays one readable line.
std::string shown(const std::string& key) {
  std::string out = "'";
  for (const char c : key.substr(0, kLongestKey)) out += c >= ' ' && c != 0x7f ? c : '?';
  return out + "'";
}

}  // namespace

std::optional<std::string> nearest(const std::string& word, const std::set<std::string>& known) {
  if (word.empty() || word.size() > kLongestKey) return std::nullopt;
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const auto d = distance(word, candidate);
    if (d >= least) continue;
    least = d;
    best = candidate;
  }
  return best;
}

const Section* Reader::find(const std::string& section) const {
  const auto it = std::find_if(sections_.begin(), sections_.end(), [&](const auto& s) { return s.name == section; });
  return it == sections_.end() ? nullptr : &*it;
}
std::vector<std::string> Reader::names(const std::string& prefix) const {
  std::vector<std::string> out;
  for (const auto& section : sections_)
    if (section.name.starts_with(prefix)) out.push_back(section.name.substr(prefix.size()));
  return out;
}
const Value* Reader::find(const std::string& section, const std::string& key) const {
  const auto* found = find(section);
  if (found == nullptr) return nullptr;
  const auto it =
      std::find_if(found->entries.begin(), found->entries.end(), [&](const auto& entry) { return entry.key == key; });
  return it == found->entries.end() ? nullptr : &it->value;
}

// A value from outside the file is a text; what it should be, only the one who asks for it knows.
void Reader::read_as(const std::string& section, const std::string& key, Value::Kind kind) {
  auto* value = const_cast<Value*>(std::as_const(*this).find(section, key));  // ours, and found through the const one
  if (value == nullptr || value->origin.empty() || value->kind != Value::Kind::kText) return;
  const auto& text = value->text;
  if (kind == Value::Kind::kInteger) {
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value->integer);
    if (bad == std::errc() && end == text.data() + text.size()) value->kind = kind;
    return;
  }
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    if (comma > at) value->list.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  value->kind = kind;
}

ConfigProblem Reader::placed(const std::string& section, const std::string& key, std::string text) const {
  const auto* value = find(section, key);
  const auto* found = find(section);
  if (value != nullptr && !value->origin.empty()) return {value->origin, 0, 0, std::move(text)};
  const Place place = value != nullptr ? value->place : found != nullptr ? found->place : Place{};
  return {file_, place.line, place.column, std::move(text)};
}

void Reader::problem(const std::string& section, const std::string& key, const std::string& what) {
  problems_.push_back(placed(section, key, section + "." + key + ": " + what));
}
void Reader::note(const std::string& section, const std::string& key, const std::string& what) {
  notes_.push_back(placed(section, key, section + "." + key + ": " + what));
}

std::map<std::string, ConfigProblem> Reader::places() const {
  std::map<std::string, ConfigProblem> out;
  for (const auto& section : sections_)
    for (const auto& entry : section.entries) out.emplace(section.name + "." + entry.key, placed(section.name, entry.key, {}));
  return out;
}
std::vector<std::string> Reader::keys() const {
  std::vector<std::string> out;
  for (const auto& [section, keys] : known_)
    for (const auto& key : keys) out.push_back(section + "." + key);
  return out;
}

const Value* Reader::take(const std::string& section, const std::string& key, bool required, Value::Kind kind,
                          const char* kind_name) {
  known_[section].insert(key);
  const auto* value = find(section, key);
  if (value == nullptr) {
    if (required) problem(section, key, "is missing");
    return nullptr;
  }
  if (value->kind == kind) return value;
  problem(section, key, std::string("must be ") + kind_name);
  return nullptr;
}

std::optional<std::string> Reader::text(const std::string& section, const std::string& key, bool required) {
  const auto* value = take(section, key, required, Value::Kind::kText, "a text");
  if (value == nullptr) return std::nullopt;
  if (value->text.empty() || value->text.size() > 4096 || value->text.find('\0') != std::string::npos) {
    problem(section, key, "must have 1 to 4096 characters, none of them zero");
    return std::nullopt;
  }
  return value->text;
}

std::optional<std::int64_t> Reader::integer(const std::string& section, const std::string& key, std::int64_t least,
                                            std::int64_t most) {
  read_as(section, key, Value::Kind::kInteger);
  const auto* value = take(section, key, false, Value::Kind::kInteger, "a whole number");
  if (value == nullptr) return std::nullopt;
  if (value->integer >= least && value->integer <= most) return value->integer;
  problem(section, key, "must be from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<std::vector<std::string>> Reader::list(const std::string& section, const std::string& key) {
  read_as(section, key, Value::Kind::kTextList);
  const auto* value = take(section, key, false, Value::Kind::kTextList, "a list of texts");
  if (value == nullptr) return std::nullopt;
  return value->list;
}

std::optional<std::string> Reader::choice(const std::string& section, const std::string& key, bool required,
                                          const std::vector<std::string>& allowed) {
  auto value = text(section, key, required);
  if (!value || std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return value;
  std::string what = "must be one of";
  for (const auto& one : allowed) what += " \"" + one + "\"";
  problem(section, key, what);
  return std::nullopt;
}

std::filesystem::path Reader::path(const std::string& section, const std::string& key, bool required) {
  const auto value = text(section, key, required);
  return value ? (folder_ / *value).lexically_normal() : std::filesystem::path{};
}

void Reader::refuse_unknown() {
  std::set<std::string> names;
  for (const auto& [name, keys] : known_) names.insert(name);
  const auto add = [&](const std::string& origin, Place place, const std::string& what, const std::string& word, const std::set<std::string>& known) {
    const auto meant = nearest(word, known);
    problems_.push_back(
        {origin.empty() ? file_ : origin, place.line, place.column, what + shown(word) + (meant ? "; did you mean '" + *meant + "'?" : "")});
  };
  for (const auto& section : sections_) {
    if (!names.contains(section.name)) {
      add(section.entries.empty() ? std::string() : section.entries.front().value.origin, section.place, "unknown section ", section.name, names);
      continue;
    }
    const auto& keys = known_[section.name];
    for (const auto& entry : section.entries)
      if (!keys.contains(entry.key)) add(entry.value.origin, entry.place, "unknown key in [" + section.name + "]: ", entry.key, keys);
  }
}

}  // namespace ustp::gateway::config
