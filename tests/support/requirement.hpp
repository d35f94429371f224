#pragma once
// The run-time log of requirements (decision 27): a test case that names an id, by covers() or in its own name, and passes
// has executed it. With USTP_REQ_LOG=FILE in the environment the ids go there, one line each: id, tab, test case.
// `tools/requirements` reads the log and knows the ids of the specification.

#include <initializer_list>

namespace ustp::test {

// Call it inside a test case, where the case reaches what the requirement demands.
void covers(std::initializer_list<const char*> ids);
inline void covers(const char* id) { covers({id}); }

}  // namespace ustp::test
