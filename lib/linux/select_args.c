// SPDX-License-Identifier: BSD-3-Clause
// The body of select: bit sets to poll entries and back.
#include "abi/restart.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "file/poll.h"
#include "mem/kalloc.h"
#include "poll_args.h"
#include <errno.h>

#define IN_EVENTS (POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR)
#define OUT_EVENTS (POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR)
#define EXCEPT_EVENTS POLLPRI
#define N_SETS 3

static const short set_events[N_SETS] = {IN_EVENTS, OUT_EVENTS, EXCEPT_EVENTS};

struct select_sets {
    unsigned n_words;
    uint64_t *words[N_SETS]; /* NULL: the caller gave none */
};

static bool in_set(const struct select_sets *s, int which, int fd)
{
    return s->words[which] != NULL && (s->words[which][fd / 64] >> (fd % 64) & 1);
}

static unsigned fill(const struct select_sets *s, int n, struct pollfd *fds)
{
    unsigned used = 0;

    for (int fd = 0; fd < n; fd++) {
        short events = 0;
        for (int which = 0; which < N_SETS; which++)
            if (in_set(s, which, fd))
                events |= set_events[which];
        if (events != 0)
            fds[used++] = (struct pollfd){.fd = fd, .events = events};
    }
    return used;
}

static long harvest(struct select_sets *s, const struct pollfd *fds, unsigned n)
{
    long count = 0;

    for (unsigned i = 0; i < n; i++) {
        int fd = fds[i].fd;
        for (int which = 0; which < N_SETS; which++) {
            if (!in_set(s, which, fd))
                continue;
            if (fds[i].revents & set_events[which])
                count++;
            else
                s->words[which][fd / 64] &= ~(UINT64_C(1) << (fd % 64));
        }
    }
    return count;
}

static long run(struct select_sets *s, int n, nsec_t deadline_ns)
{
    struct pollfd *fds = kmalloc((size_t)n * sizeof *fds + 1);

    if (fds == NULL)
        return -ENOMEM;
    unsigned used = fill(s, n, fds);
    long r = 0;
    for (unsigned i = 0; i < used && r == 0; i++)
        if (fd_next(fd_table_current(), fds[i].fd) != fds[i].fd)
            r = -EBADF;
    if (r == 0)
        r = poll_files_exact(fds, used, deadline_ns);
    if (r >= 0)
        r = harvest(s, fds, used);
    else if (r == -EINTR)
        r = -ERESTARTNOHAND;
    kfree(fds);
    return r;
}

static long with_sets(struct select_sets *s, void *const user[N_SETS], int n, nsec_t deadline_ns)
{
    size_t bytes = s->n_words * 8;

    for (int which = 0; which < N_SETS; which++)
        if (user[which] != NULL && copy_in(s->words[which], user[which], bytes) != 0)
            return -EFAULT;
    long r = run(s, n, deadline_ns);
    for (int which = 0; r >= 0 && which < N_SETS; which++)
        if (user[which] != NULL && copy_out(user[which], s->words[which], bytes) != 0)
            return -EFAULT;
    return r;
}

long select_user(int n, void *in, void *out, void *except, nsec_t deadline_ns)
{
    void *const user[N_SETS] = {in, out, except};
    struct select_sets s;

    if (n < 0)
        return -EINVAL;
    if ((unsigned long)n > fd_table_limit(fd_table_current()))
        n = (int)fd_table_limit(fd_table_current());
    s.n_words = ((unsigned)n + 63) / 64;
    uint64_t *storage = kcalloc(N_SETS, s.n_words * 8 + 8);
    if (storage == NULL)
        return -ENOMEM;
    for (int which = 0; which < N_SETS; which++)
        s.words[which] = user[which] == NULL ? NULL : storage + (unsigned)which * s.n_words;
    long r = with_sets(&s, user, n, deadline_ns);
    kfree(storage);
    return r;
}
