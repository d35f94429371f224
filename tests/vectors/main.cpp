// ustp-vectors: writes the vectors of spec/vectors, or reads any and says what this implementation makes of them.
//   ustp-vectors write DIR          writes the files; nothing when a vector is not as its maker says
//   ustp-vectors check PATH…        files or folders of files; exit status 1 and a line for each that is not as stated
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/vectors/maker.hpp"

namespace {

namespace fs = std::filesystem;
using namespace ustp::vectors;

int write(const fs::path& folder) {
  std::size_t faults = 0, valid = 0, flawed = 0;
  std::vector<File> files;
  for (const auto& maker : make_all()) {
    for (const auto& fault : maker.faults()) std::fprintf(stderr, "%s\n", fault.c_str());
    faults += maker.faults().size();
    for (const auto& v : maker.file().vectors) ++(v.valid ? valid : flawed);
    files.push_back(maker.file());
  }
  std::printf("%zu valid, %zu flawed, %zu faults\n", valid, flawed, faults);
  if (faults != 0) return 1;
  fs::create_directories(folder);
  for (const auto& file : files) std::ofstream(folder / (file.name + ".json"), std::ios::binary) << to_json(file);
  return 0;
}

int check_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const auto file = from_json(text.str());
  if (!file) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), ustp::to_string(file.error()).c_str());
    return 1;
  }
  std::size_t faults = 0;
  for (const auto& vector : file->vectors)
    if (const auto verdict = check(vector); !verdict.as_stated) {
      ++faults;
      std::printf("%s (%s): %s\n", vector.id.c_str(), vector.title.c_str(), verdict.why.c_str());
    }
  std::printf("%s: %zu vectors, %zu not as stated\n", path.filename().c_str(), file->vectors.size(), faults);
  return faults == 0 && !file->vectors.empty() ? 0 : 1;
}

int check_all(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    if (!fs::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  int status = files.empty() ? 1 : 0;
  for (const auto& file : files) status |= check_file(file);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "write") return write(words[1]);
  if (words.size() >= 2 && words[0] == "check") return check_all({words.begin() + 1, words.end()});
  std::fprintf(stderr, "ustp-vectors write DIR | check PATH…\n");
  return 2;
}
