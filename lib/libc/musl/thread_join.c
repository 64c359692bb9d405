// SPDX-License-Identifier: BSD-3-Clause
// pthread_join and its kin: a detached thread gives EINVAL, one that was joined ESRCH, where musl ends the program.

#define _GNU_SOURCE
#include "thread_stacks.h"
#include <sys/mman.h>

/* Without pthread_create.c nothing locks the list. */
static void no_sync(pthread_t t)
{
}
weak_alias(no_sync, __tl_sync);

static void no_bury(pthread_t t)
{
}
weak_alias(no_bury, __osv_thread_bury);

/* Waits for the end of @t. 0; ETIMEDOUT, EINVAL (a deadline that is no time; detached), ESRCH. */
static int wait_end(pthread_t t, const struct timespec *deadline)
{
    int state, r = 0;

    while ((state = t->detach_state) != DT_EXITED && r != ETIMEDOUT && r != EINVAL) {
        if (state == DT_DETACHED)
            return EINVAL;
        if (state == DT_JOINED)
            return ESRCH;
        r = __timedwait_cp(&t->detach_state, state, CLOCK_REALTIME, deadline, 1);
    }
    return r == ETIMEDOUT || r == EINVAL ? r : 0;
}

static int __pthread_timedjoin_np(pthread_t t, void **result, const struct timespec *deadline)
{
    int cancel;

    __pthread_testcancel();
    __pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    if (cancel == PTHREAD_CANCEL_ENABLE)
        __pthread_setcancelstate(cancel, 0);
    int r = wait_end(t, deadline);
    __pthread_setcancelstate(cancel, 0);
    if (r != 0)
        return r;
    __tl_sync(t);
    if (result != 0)
        *result = t->result;
    t->detach_state = DT_JOINED;
    if (t->map_base != 0)
        __osv_thread_bury(t);
    return 0;
}

int __pthread_join(pthread_t t, void **result)
{
    return __pthread_timedjoin_np(t, result, 0);
}

static int __pthread_tryjoin_np(pthread_t t, void **result)
{
    return t->detach_state == DT_JOINABLE ? EBUSY : __pthread_join(t, result);
}

weak_alias(__pthread_tryjoin_np, pthread_tryjoin_np);
weak_alias(__pthread_timedjoin_np, pthread_timedjoin_np);
weak_alias(__pthread_join, pthread_join);
