// SPDX-License-Identifier: BSD-3-Clause
// One epoll_wait names a descriptor once, however often it becomes ready meanwhile.
#include "../check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { FDS = 8, ROUNDS = 4000 };

static int fds[FDS];
static atomic_int done;

static void *ring(void *arg)
{
    while (!done)
        for (int i = 0; i < FDS; i++)
            eventfd_write(fds[i], 1);
    return arg;
}

int main(void)
{
    int epoll = epoll_create1(0), twice = 0, lost = 0;
    struct epoll_event events[4 * FDS];
    pthread_t thread;
    for (int i = 0; i < FDS; i++) {
        fds[i] = eventfd(1, EFD_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event) == 0);
    }
    CHECK(pthread_create(&thread, NULL, ring, NULL) == 0);
    for (int round = 0; round < ROUNDS; round++) {
        unsigned seen = 0;
        int n = epoll_wait(epoll, events, 4 * FDS, -1);
        for (int i = 0; i < n; i++) {
            twice += seen >> events[i].data.u32 & 1;
            seen |= 1u << events[i].data.u32;
        }
        lost += seen != (1u << FDS) - 1; /* nobody reads: all are always ready */
    }
    done = 1;
    pthread_join(thread, NULL);
    CHECK(twice == 0);
    CHECK(lost == 0);
    return finish();
}
