#pragma once
// How a command of `ustp` looks: a function that declares its options on its parent and, when the command line named
// it, leaves what is to be done in `run`. Everything a command says to programs goes to stdout, to people to stderr.

#include <functional>
#include <string>
#include <vector>

#include "ustp/base/result.hpp"

namespace CLI {
class App;
}

namespace ustp::cli {

// Exit codes, the same for every command and part of its interface.
enum Exit : int {
  kOk = 0,
  kFailed = 1,       // a check failed, or the other side refused
  kUsage = 2,        // the command line or a file named on it cannot be used
  kUnreachable = 3,  // the gateway does not answer
};
using Run = std::function<int()>;

void add_keys(CLI::App& root, Run& run);
void add_id(CLI::App& root, Run& run);
void add_statement(CLI::App& root, Run& run);
void add_journal(CLI::App& root, Run& run);
void add_verify(CLI::App& root, Run& run);
void add_crypto(CLI::App& root, Run& run);
void add_msg(CLI::App& root, Run& run);
void add_token(CLI::App& root, Run& run);
void add_vectors(CLI::App& root, Run& run);
void add_config(CLI::App& root, Run& run);
void add_evidence(CLI::App& root, Run& run);
void add_verify_options(CLI::App& command, Run& run);  // of `verify` and `evidence verify`, which are one command
void add_transfer(CLI::App& root, Run& run);           // these speak to a gateway's API
void add_positions(CLI::App& root, Run& run);
void add_instruments(CLI::App& root, Run& run);
void add_events(CLI::App& root, Run& run);
void add_evidence_get(CLI::App& evidence, Run& run);
void add_statement_apply(CLI::App& statement, Run& run);

// Prints "ustp: …" to stderr; gives kUsage for what the caller named wrongly, kFailed for everything else.
int complain(const Error& error);
int usage_error(const Error& error);
// To stdout, as it is. A reader that went away ends the program quietly.
void print(const std::string& text);

}  // namespace ustp::cli
