// SPDX-License-Identifier: BSD-3-Clause
// The calls that libraries of other languages make through syscall(2): they are linked with it.

#define USUAL(X)                                                                                             \
    X(futex) X(getrandom) X(gettid) X(getpid) X(tgkill) X(sched_yield) X(sched_getaffinity) X(membarrier)    \
    X(clock_gettime) X(exit) X(exit_group)

#define X(name) extern long sys_##name();
USUAL(X)
#undef X

#define X(name) (void *)sys_##name,
void *const __osv_usual_syscalls[] = {USUAL(X)};
