#pragma once
// Writes vectors. What a valid one gives is computed here and looked at by a second reader; what is wrong with a flawed
// one, and the code it must give, is said by whoever makes it.

#include "sdk/vectors/judge.hpp"

namespace ustp::vectors {

class Maker {
 public:
  Maker(std::string name, std::string about) {
    file_.name = std::move(name);
    file_.about = std::move(about);
  }
  // What follows belongs to these requirements.
  Maker& about(std::string kind, std::vector<std::string> requirements) {
    kind_ = std::move(kind);
    requirements_ = std::move(requirements);
    return *this;
  }
  void valid(std::string title, Value input) { add(std::move(title), std::move(input), {}); }
  void flawed(std::string flaw, Value input, std::string code) { add(std::move(flaw), std::move(input), std::move(code)); }

  const File& file() const { return file_; }
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void add(std::string title, Value input, std::string code);

  File file_;
  std::string kind_;
  std::vector<std::string> requirements_, faults_;
};

Maker make_identifiers();
Maker make_amounts();
Maker make_proofs();
Maker make_messages();
Maker make_flawed_messages();
Maker make_frames();
Maker make_statements();
Maker make_logs();
Maker make_bundles();
Maker make_json_messages();
Maker make_flawed_json();
Maker make_json_signatures();
Maker make_json_bundles();
std::vector<Maker> make_all();

}  // namespace ustp::vectors
