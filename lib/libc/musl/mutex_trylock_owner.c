// SPDX-License-Identifier: BSD-3-Clause
// musl's own trylock for mutexes with an owner; its entry points are in mutex.c.

#include "pthread_impl.h"
#undef weak_alias
#define weak_alias(old, new)
#define __pthread_mutex_trylock __osv_unused_mutex_trylock
#include "../thread/pthread_mutex_trylock.c"
