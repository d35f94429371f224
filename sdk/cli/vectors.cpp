// ustp vectors run: what this implementation makes of somebody's test vectors (spec/vectors/README.md).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sdk/cli/command.hpp"
#include "sdk/cli/files.hpp"
#include "sdk/vectors/judge.hpp"

namespace ustp::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMaxVectors = 64u << 20;

struct Options {
  std::vector<std::string> paths;
  bool json = false;
};
struct Fault {
  std::string id, title, why;
};
struct Read {
  std::string file;
  std::size_t vectors = 0;
  std::vector<Fault> faults;
};

// Folders give their *.json, sorted.
Result<std::vector<std::string>> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const auto& path : paths) {
    std::error_code failed;
    if (!fs::is_directory(path, failed)) {
      out.push_back(path);
      continue;
    }
    const auto first = out.size();
    for (fs::directory_iterator it(path, failed), end; !failed && it != end; it.increment(failed))
      if (it->path().extension() == ".json") out.push_back(it->path().string());
    if (failed) return Error{Code::io_error, path + ": " + failed.message()};
    if (out.size() == first) return Error{Code::io_error, path + ": no *.json in this folder"};
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
  }
  return out;
}

Result<Read> run_file(const std::string& path) {
  USTP_TRY(const auto octets, read_file(path, kMaxVectors));
  Read out{fs::path(path).filename().string(), 0, {}};
  try {
    auto file = vectors::from_json(as_text(octets));
    if (!file) return Error{file.error().code, path + ": " + file.error().detail};
    out.vectors = file->vectors.size();
    for (const auto& vector : file->vectors)
      if (auto verdict = vectors::check(vector); !verdict.as_stated)
        out.faults.push_back({vector.id, vector.title, std::move(verdict.why)});
  } catch (const nlohmann::json::exception& error) {  // members of other types than a vector's
    return Error{Code::malformed_text, path + ": " + error.what()};
  }
  if (out.vectors == 0) return Error{Code::malformed_text, path + ": holds no vector"};
  return out;
}

std::string as_json(const std::vector<Read>& all) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& one : all) {
    auto faults = nlohmann::ordered_json::array();
    for (const auto& fault : one.faults) faults.push_back({{"id", fault.id}, {"title", fault.title}, {"why", fault.why}});
    out.push_back({{"file", one.file}, {"vectors", one.vectors}, {"faults", std::move(faults)}});
  }
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int run_all(const Options& o) {
  const auto files = files_of(o.paths);
  if (!files) return usage_error(files.error());
  std::vector<Read> all;
  std::size_t vectors = 0, faults = 0;
  for (const auto& path : *files) {
    auto read = run_file(path);
    if (!read) return usage_error(read.error());
    vectors += read->vectors;
    faults += read->faults.size();
    for (const auto& fault : read->faults)
      if (!o.json) print("FAILED  " + fault.id + " (" + fault.title + "): " + fault.why + "\n");
    if (!o.json) print(read->file + ": " + std::to_string(read->vectors) + " vectors, " + std::to_string(read->faults.size()) + " not as stated\n");
    all.push_back(*std::move(read));
  }
  print(o.json ? as_json(all) : std::to_string(vectors) + " vectors, " + std::to_string(faults) + " not as stated\n");
  return faults == 0 ? kOk : kFailed;
}

}  // namespace

void add_vectors(CLI::App& root, Run& run) {
  auto* parent = root.add_subcommand("vectors", "Test vectors of the specification");
  parent->require_subcommand(1);
  const auto o = std::make_shared<Options>();
  auto* app = parent->add_subcommand("run", "Read every vector and say which are not as they state");
  app->add_option("PATH", o->paths, "Files of vectors, or folders of them")->required();
  app->add_flag("--json", o->json, "Print the result as JSON");
  app->footer("Exit codes: 0 all as stated, 1 some are not, 2 a file cannot be read.\nExample: ustp vectors run spec/vectors");
  app->callback([o, &run] { run = [o] { return run_all(*o); }; });
}

}  // namespace ustp::cli
