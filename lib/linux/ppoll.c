// SPDX-License-Identifier: BSD-3-Clause
// ppoll and pselect6: waiting with a temporary signal mask.
#include "abi/signal.h"
#include "deadline.h"
#include "linux/syscalls.h"
#include "poll_args.h"
#include "signal_mask_arg.h"

static void give_back_time(struct timespec *user, nsec_t deadline)
{
    struct timespec left;

    if (user == NULL || deadline == NSEC_FOREVER)
        return;
    deadline_left(deadline, &left);
    int ignored = copy_out(user, &left, sizeof left);
    (void)ignored; /* as Linux: a time-out in read-only memory is no error */
}

long sys_ppoll(struct pollfd *fds, unsigned nfds, struct timespec *timeout, const uint64_t *set, size_t setsize)
{
    nsec_t deadline;
    long r = deadline_from_user(timeout, &deadline);

    if (r != 0)
        return r;
    r = mask_enter(set, setsize);
    if (r != 0)
        return r;
    r = poll_user(fds, nfds, deadline);
    mask_leave(set, r);
    give_back_time(timeout, deadline);
    return r;
}

long sys_pselect6(int n, void *in, void *out, void *except, struct timespec *timeout, void *sig)
{
    struct kernel_sigset_argument arg = {0};
    nsec_t deadline;

    if (sig != NULL && copy_in(&arg, sig, sizeof arg) != 0)
        return -EFAULT;
    long r = deadline_from_user(timeout, &deadline);
    if (r != 0)
        return r;
    const uint64_t *set = (const uint64_t *)(uintptr_t)arg.set;
    r = mask_enter(set, arg.size);
    if (r != 0)
        return r;
    r = select_user(n, in, out, except, deadline);
    mask_leave(set, r);
    give_back_time(timeout, deadline);
    return r;
}
