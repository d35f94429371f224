#pragma once
// The configuration, looked at together with what it names (private to app).

#include <iosfwd>

#include "gateway/app/app.hpp"

namespace ustp::gateway {

// load_config(), and the statements under the authority's key, this gateway's ledger in them, its signing key in them. With
// problems `config` may still be there.
ConfigOutcome checked_config(const AppOptions& options);
void tell_problems(const ConfigOutcome& outcome, std::ostream& out);

}  // namespace ustp::gateway
