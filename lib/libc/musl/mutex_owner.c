// SPDX-License-Identifier: BSD-3-Clause
// musl's own code for mutexes that have an owner; the entry points are in mutex.c.

#include "pthread_impl.h"
#undef weak_alias
#define weak_alias(old, new)
#define __pthread_mutex_trylock __osv_unused_mutex_trylock
#define __pthread_mutex_trylock_owner __osv_mutex_trylock_owner
#define __pthread_mutex_unlock __osv_mutex_unlock_owner
#include "../thread/pthread_mutex_trylock.c"
#include "../thread/pthread_mutex_unlock.c"
