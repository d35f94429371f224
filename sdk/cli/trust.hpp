#pragma once
// What the commands share that judge by an authority's statements: whose they are, the key that is trusted, the log.

#include <memory>
#include <string>

#include "ustp/protocol/registry.hpp"

namespace CLI {
class App;
}

namespace ustp::cli {

struct Trust {
  std::string authority, key, log;
};
// --authority, --authority-key and --log; `required` or all three absent.
std::shared_ptr<Trust> add_trust(CLI::App& command, bool required);

// What is in force at the log's end. Every statement is checked; io_error for files and folders that cannot be read.
Result<protocol::Registry> registry_of(const Trust& trust);

}  // namespace ustp::cli
