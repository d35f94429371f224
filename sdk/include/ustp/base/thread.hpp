#pragma once
// A name that `top -H`, a debugger and a profiler show for a thread: at most 15 characters.

#include <pthread.h>

namespace ustp {

inline void name_this_thread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

}  // namespace ustp
