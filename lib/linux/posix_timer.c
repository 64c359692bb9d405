// SPDX-License-Identifier: BSD-3-Clause
// timer_create and its family.
#include "process/posix_timer.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/syscalls.h"
#include "linux/user_time.h"
#include "process/process.h"
#include <abi/signal.h>
#include <abi/time.h>
#include <errno.h>
#include <time.h>

/* The kernel's sigevent: 64 bytes, of which these matter. */
struct kernel_sigevent {
    uint64_t value;
    int32_t signo;
    int32_t notify;
    int32_t thread_id;
    int32_t pad[11];
};
_Static_assert(sizeof(struct kernel_sigevent) == 64, "sigevent ABI");

#define NOTIFY_THREAD_ID 4

/* Who is told and how; on success r->thread holds a reference if it is set. */
static int decode_event(const struct sigevent *user, struct posix_timer_request *r)
{
    struct kernel_sigevent e;

    if (user == NULL) {
        r->signo = SIGALRM;
        r->value_is_id = true;
        return 0;
    }
    if (copy_in(&e, user, sizeof(e)) != 0)
        return -EFAULT;
    r->value = e.value;
    if (e.notify == SIGEV_NONE)
        return 0;
    if (e.notify != SIGEV_SIGNAL && e.notify != SIGEV_THREAD && e.notify != NOTIFY_THREAD_ID)
        return -EINVAL;
    if (e.signo < 1 || e.signo > KERNEL_NSIG)
        return -EINVAL;
    r->signo = e.signo;
    if (e.notify != NOTIFY_THREAD_ID)
        return 0;
    r->thread = process_thread_find(e.thread_id);
    if (r->thread == NULL)
        return -EINVAL;
    if (r->thread->process != process_current()) {
        process_thread_put(r->thread);
        return -EINVAL;
    }
    return 0;
}

long sys_timer_create(clockid_t clock, struct sigevent *event, int *id)
{
    struct posix_timer_request r = {.clock_id = clock};

    int err = posix_timer_clock_check(clock);
    if (err == 0)
        err = decode_event(event, &r);
    if (err != 0)
        return err;
    int made = posix_timer_create(&r);
    if (made < 0) {
        if (r.thread != NULL)
            process_thread_put(r.thread);
        return made;
    }
    if (put_user_u32(id, (uint32_t)made) != 0) {
        (void)!posix_timer_delete(made);
        return -EFAULT;
    }
    return 0;
}

static int get_setting(struct posix_timer_setting *out, const struct itimerspec *user)
{
    struct kernel_itimerspec s;

    if (copy_in(&s, user, sizeof(s)) != 0)
        return -EFAULT;
    int err = nsec_from_parts(&out->interval_ns, s.it_interval.tv_sec, s.it_interval.tv_nsec);
    return err != 0 ? err : nsec_from_parts(&out->value_ns, s.it_value.tv_sec, s.it_value.tv_nsec);
}

static int put_setting(struct itimerspec *user, const struct posix_timer_setting *s)
{
    struct kernel_itimerspec out = {{s->interval_ns / NSEC_PER_SEC, s->interval_ns % NSEC_PER_SEC},
                                    {s->value_ns / NSEC_PER_SEC, s->value_ns % NSEC_PER_SEC}};

    return copy_out(user, &out, sizeof(out));
}

long sys_timer_settime(int id, int flags, const struct itimerspec *value, struct itimerspec *old)
{
    struct posix_timer_setting wanted, before;

    if (value == NULL)
        return -EINVAL;
    int err = get_setting(&wanted, value);
    if (err == 0)
        err = posix_timer_set(id, flags & TIMER_ABSTIME, &wanted, &before);
    if (err != 0 || old == NULL)
        return err;
    return put_setting(old, &before);
}

long sys_timer_gettime(int id, struct itimerspec *value)
{
    struct posix_timer_setting now;
    int err = posix_timer_get(id, &now);

    return err != 0 ? err : put_setting(value, &now);
}

long sys_timer_getoverrun(int id)
{
    return posix_timer_overrun(id);
}

long sys_timer_delete(int id)
{
    return posix_timer_delete(id);
}
