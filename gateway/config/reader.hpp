#pragma once
// Takes typed values out of sections and collects what is wrong. A key that nobody took is unknown.

#include <map>
#include <set>

#include "gateway/config/document.hpp"

namespace ustp::gateway::config {

class Reader {
 public:
  Reader(std::vector<Section> sections, std::string file, std::filesystem::path folder,
         std::vector<ConfigProblem>& problems)
      : sections_(std::move(sections)), file_(std::move(file)), folder_(std::move(folder)), problems_(problems) {}

  // Each notes the key as known, and answers nothing when it is absent or wrong (then with a problem).
  std::optional<std::string> text(const std::string& section, const std::string& key, bool required);
  std::optional<std::int64_t> integer(const std::string& section, const std::string& key, std::int64_t least,
                                      std::int64_t most);
  std::optional<std::vector<std::string>> list(const std::string& section, const std::string& key);
  std::optional<std::string> choice(const std::string& section, const std::string& key, bool required,
                                    const std::vector<std::string>& allowed);
  std::filesystem::path path(const std::string& section, const std::string& key, bool required);
  template <class Id>
  Id id(const std::string& section, const std::string& key) {
    const auto value = text(section, key, true);
    if (!value) return {};
    auto parsed = Id::parse(*value);
    if (!parsed) problem(section, key, parsed.error().detail);
    return parsed.value_or(Id{});
  }
  // Of the sections that begin with this, the rest of their names, in the order of the file.
  std::vector<std::string> names(const std::string& prefix) const;
  bool has(const std::string& section, const std::string& key) const { return find(section, key) != nullptr; }

  void problem(const std::string& section, const std::string& key, const std::string& what);
  void note(const std::string& section, const std::string& key, const std::string& what);
  // Where the values stand that are given, and every key that was asked for.
  std::map<std::string, ConfigProblem> places() const;
  std::vector<std::string> keys() const;
  const std::vector<ConfigProblem>& notes() const { return notes_; }
  void refuse_unknown();  // last: sections and keys that were not asked for

 private:
  const Section* find(const std::string& section) const;
  const Value* find(const std::string& section, const std::string& key) const;
  void read_as(const std::string& section, const std::string& key, Value::Kind kind);
  ConfigProblem placed(const std::string& section, const std::string& key, std::string text) const;
  const Value* take(const std::string& section, const std::string& key, bool required, Value::Kind kind,
                    const char* kind_name);

  std::vector<Section> sections_;
  std::string file_;
  std::filesystem::path folder_;
  std::vector<ConfigProblem>& problems_;
  std::vector<ConfigProblem> notes_;
  std::map<std::string, std::set<std::string>> known_;
};

// The known word that differs in the fewest letters (Levenshtein), if it is near enough to have been meant.
std::optional<std::string> nearest(const std::string& word, const std::set<std::string>& known);

}  // namespace ustp::gateway::config
