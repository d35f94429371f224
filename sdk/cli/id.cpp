// ustp id check: the identifiers' own checks, one line per value.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "sdk/cli/command.hpp"
#include "ustp/domain/identifiers.hpp"

namespace ustp::cli {
namespace {

using Check = Error (*)(const std::string&);  // ok: an empty detail and no code

template <class Id>
Error check(const std::string& value) {
  const auto parsed = Id::parse(value);
  return parsed ? Error{} : parsed.error();
}
const std::map<std::string, Check>& checks() {
  static const std::map<std::string, Check> kinds = {{"isin", check<Isin>}, {"lei", check<Lei>}, {"dti", check<Dti>},
                                                     {"bic", check<Bic>},   {"mic", check<Mic>}, {"cfi", check<Cfi>},
                                                     {"uti", check<Uti>}};
  return kinds;
}

}  // namespace

void add_id(CLI::App& root, Run& run) {
  struct Options {
    std::string kind;
    std::vector<std::string> values;
    bool json = false;
  };
  auto* app = root.add_subcommand("id", "Identifiers of the securities industry");
  app->require_subcommand(1);
  const auto o = std::make_shared<Options>();
  auto* sub = app->add_subcommand("check", "Check values of one kind: isin lei dti bic mic cfi uti");
  sub->add_option("KIND", o->kind, "isin, lei, dti, bic, mic, cfi or uti")->required()->check(CLI::IsMember(checks()));
  sub->add_option("VALUE", o->values, "What to check")->required();
  sub->add_flag("--json", o->json, "Print a list of {value, ok, error} as JSON");
  sub->footer("Exit code 1 when one value fails.\nExample: ustp id check isin US0378331005 DE0007164600");
  sub->callback([o, &run] {
    run = [o] {
      bool all = true;
      auto list = nlohmann::ordered_json::array();
      for (const auto& value : o->values) {
        const Error error = checks().at(o->kind)(value);
        all &= error == Error{};
        if (o->json)
          list.push_back({{"value", value}, {"ok", error == Error{}}, {"error", error == Error{} ? "" : to_string(error)}});
        else
          print((error == Error{} ? "ok " + value : "FAILED " + value + " " + to_string(error)) + "\n");
      }
      if (o->json) print(list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
      return static_cast<int>(all ? kOk : kFailed);
    };
  });
}

}  // namespace ustp::cli
