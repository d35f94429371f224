#pragma once
// Where third-party vectors lie when they are at hand. They are never copied into the tree.

#include <doctest/doctest.h>

#include <filesystem>
#include <optional>

namespace ustp::test {

inline std::optional<std::filesystem::path> vectors(const char* name) {
  const auto path = std::filesystem::path(USTP_SOURCE_DIR "/../shared/data/ethereum") / name;
  if (std::filesystem::exists(path)) return path;
  MESSAGE("SKIPPED " << std::string(name) << ": no vectors at hand");
  return std::nullopt;
}

}  // namespace ustp::test
