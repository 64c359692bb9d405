// SPDX-License-Identifier: BSD-3-Clause
// Included before sources of musl's that know the smallest stack of a thread: a signal frame with vector state does not fit into 2 KiB.
#pragma once

#include <limits.h>
#undef PTHREAD_STACK_MIN
#define PTHREAD_STACK_MIN 16384
