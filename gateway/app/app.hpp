#pragma once
// Putting a gateway together: configuration, statements, journal, core, engine, network, API, ledger. The one place that
// knows all parts; gateway/main.cpp calls it, and so do the test programs that break the disk or end the process.

#include <filesystem>

#include "gateway/config/config.hpp"
#include "gateway/engine/engine.hpp"
#include "gateway/journal/files.hpp"

namespace ustp::gateway {

struct AppOptions {
  std::filesystem::path config;
  std::vector<ConfigOverride> overrides;  // environment, then flags: the last wins (USTP-CFG-006)
  // For tests, untouched in production.
  std::string journal_vfs;                        // SQLite's, of the journal and of snapshots
  std::shared_ptr<journal::Files> journal_files;  // of segments
  bool journal_sync = true;
  BoundaryHook boundary;
  Duration clock_offset;       // this gateway's clock is wrong by so much
};

// Runs until SIGTERM or SIGINT. Exit status: 0 stopped cleanly; 1 the gateway failed, told in the log; 2 the
// configuration is not valid, every problem told on stderr.
int run_gateway(const AppOptions& options);

// Reads and checks the configuration and all that it names, statements and keys too; opens no socket, writes no file. Exit
// status: 0 no problem, 1 problems, every one told on stdout.
int check_config(const AppOptions& options);
// The configuration in force, on stdout; with `origin` where each value comes from. Exit status as check_config.
int show_config(const AppOptions& options, bool origin);
// Tries every channel once: signing, journal, sync, ledger, peers, the running gateway; on stdout, with what to do. Changes
// nothing. Exit status: 0 nothing is wrong, 1 something is.
int examine(const AppOptions& options);

// What an operator does with webhooks, also while the gateway runs.
struct WebhookAction {
  enum class What { kList, kDead, kReplay } what = What::kList;
  std::string name;   // empty: of all
  std::string after;  // a cursor of GET /v1/events; empty: from the oldest event that is kept
};
// Exit status: 0 done, 1 it could not be done, 2 wrong use or configuration.
int webhooks(const AppOptions& options, const WebhookAction& action);

}  // namespace ustp::gateway
