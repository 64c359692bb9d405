// SPDX-License-Identifier: BSD-3-Clause
// Memory of threads that ended, kept for a while.
#pragma once

#include "pthread_impl.h"

/* After the states of musl's list: somebody joined the thread. */
#define DT_JOINED (DT_DETACHED + 1)

/** __osv_thread_bury - @t ended and its memory may go; its identity stays readable until some more threads have ended. */
hidden void __osv_thread_bury(pthread_t t);
