#include "tests/vectors/maker.hpp"

#include <cstdio>

namespace ustp::vectors {

void Maker::add(std::string title, Value input, std::string code) {
  Vector v;
  char number[16];
  std::snprintf(number, sizeof number, "-%03zu", file_.vectors.size() + 1);
  v.id = file_.name + number;
  v.kind = kind_;
  v.title = std::move(title);
  v.requirements = requirements_;
  v.input = std::move(input);
  v.valid = code.empty();
  v.code = std::move(code);
  if (v.valid) {
    for (const auto judge : {judge_form, judge_proof, judge_wire, judge_record, judge_json})
      if (const auto found = judge(v.kind, v.input)) {
        if (*found) v.output = **found;
        break;
      }
  }
  if (const auto verdict = check(v); !verdict.as_stated)
    faults_.push_back(v.id + " (" + v.title + "): " + (v.valid ? "" : "not " + v.code + " but ") + verdict.why);
  file_.vectors.push_back(std::move(v));
}

std::vector<Maker> make_all() {
  std::vector<Maker> out;
  for (const auto make : {make_identifiers, make_amounts, make_proofs, make_messages, make_flawed_messages, make_frames,
                          make_statements, make_logs, make_bundles, make_json_messages,
                          make_flawed_json, make_json_signatures, make_json_bundles})
    out.push_back(make());
  return out;
}

}  // namespace ustp::vectors
