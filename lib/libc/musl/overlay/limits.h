// SPDX-License-Identifier: BSD-3-Clause
// The C library's <limits.h>, with the smallest stack that holds a signal frame: a multiple of the page size, as glibc's.
#include_next <limits.h>
#if defined(PTHREAD_STACK_MIN)
#undef PTHREAD_STACK_MIN
#define PTHREAD_STACK_MIN 16384
#endif
