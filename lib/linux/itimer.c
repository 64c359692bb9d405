// SPDX-License-Identifier: BSD-3-Clause
// setitimer, getitimer and alarm.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "linux/user_time.h"
#include "process/itimer.h"
#include <errno.h>
#include <sys/time.h>

static int put(struct itimerval *user, const struct itimer_setting *s)
{
    int err = user_timeval_put(&user->it_interval, s->interval_ns);

    return err != 0 ? err : user_timeval_put(&user->it_value, s->value_ns);
}

long sys_getitimer(int which, struct itimerval *value)
{
    struct itimer_setting now;

    if (which < ITIMER_REAL || which > ITIMER_PROF)
        return -EINVAL;
    itimer_get(which, &now);
    return put(value, &now);
}

long sys_setitimer(int which, const struct itimerval *value, struct itimerval *old)
{
    struct itimer_setting wanted = {0, 0}, before;
    int err = 0;

    if (value != NULL) {
        err = user_timeval_get(&wanted.interval_ns, &value->it_interval);
        if (err == 0)
            err = user_timeval_get(&wanted.value_ns, &value->it_value);
    }
    if (err != 0)
        return err;
    if (which < ITIMER_REAL || which > ITIMER_PROF)
        return -EINVAL;
    err = itimer_set(which, &wanted, &before);
    if (err != 0 || old == NULL)
        return err;
    return put(old, &before);
}

long sys_alarm(unsigned seconds)
{
    struct itimer_setting wanted = {seconds * NSEC_PER_SEC, 0}, before;

    if (itimer_set(ITIMER_REAL, &wanted, &before) != 0)
        return 0;
    long left = before.value_ns / NSEC_PER_SEC, rest = before.value_ns % NSEC_PER_SEC;
    if ((left == 0 && rest != 0) || rest >= NSEC_PER_SEC / 2)
        left++;
    return left;
}
