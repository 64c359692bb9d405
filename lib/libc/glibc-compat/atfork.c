// SPDX-License-Identifier: BSD-3-Clause
// __register_atfork: pthread_atfork of one shared object.

#include "compat.h"
#include <pthread.h>

int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *dso)
{
    return pthread_atfork(prepare, parent, child);
}
