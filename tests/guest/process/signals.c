// SPDX-License-Identifier: BSD-3-Clause
// Signals: handlers, masks, queues, alternate stacks, faults, restart of calls, registers across delivery.
#define _GNU_SOURCE
#include "../check.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t count, last_value, last_code, order[64], n_order;

static void counting(int sig)
{
    count++;
    if (n_order < 64)
        order[n_order++] = sig;
}

static void with_info(int sig, siginfo_t *info, void *ctx)
{
    count++;
    last_code = info->si_code;
    last_value = info->si_value.sival_int;
    if (n_order < 64)
        order[n_order++] = sig;
}

static void install(int sig, void (*fn)(int), int flags)
{
    struct sigaction sa = {.sa_handler = fn, .sa_flags = flags};
    CHECK(sigaction(sig, &sa, NULL) == 0);
}

static void install_info(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
    struct sigaction sa = {.sa_sigaction = fn, .sa_flags = flags | SA_SIGINFO};
    CHECK(sigaction(sig, &sa, NULL) == 0);
}

static void raise_runs_handler(void)
{
    count = 0;
    install(SIGUSR1, counting, 0);
    CHECK(raise(SIGUSR1) == 0 && count == 1);
    CHECK(kill(getpid(), SIGUSR1) == 0 && count == 2);
    struct sigaction old;
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == counting);
    install(SIGUSR1, counting, SA_RESETHAND);
    CHECK(raise(SIGUSR1) == 0 && count == 3);
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
}

static void blocked_signals_wait(void)
{
    sigset_t set, pending;

    count = n_order = 0;
    install(SIGUSR1, counting, 0);
    install_info(SIGRTMIN, with_info, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    for (int i = 0; i < 3; i++)
        CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 40 + i}) == 0);
    CHECK(count == 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) && sigismember(&pending, SIGRTMIN));
    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
    CHECK(count == 4);
    CHECK(last_code == SI_QUEUE);
}

static void sigwait_takes(void)
{
    sigset_t set;
    siginfo_t info;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    CHECK_ERRNO(sigtimedwait(&set, &info, &(struct timespec){0, 1000000}), EAGAIN);
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 7});
    CHECK(sigtimedwait(&set, &info, &(struct timespec){1, 0}) == SIGRTMIN + 1);
    CHECK(info.si_value.sival_int == 7 && info.si_code == SI_QUEUE && info.si_pid == getpid());
    CHECK_ERRNO(sigtimedwait(&set, &info, &(struct timespec){0, -1}), EINVAL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    struct signalfd_siginfo record;
    CHECK(fd >= 0);
    CHECK_ERRNO(read(fd, &record, sizeof(record)), EAGAIN);
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 9});
    CHECK(read(fd, &record, sizeof(record)) == sizeof(record));
    CHECK(record.ssi_signo == (unsigned)SIGRTMIN + 1 && record.ssi_int == 9);
    close(fd);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static sigjmp_buf env;
static volatile uintptr_t fault_addr;
static volatile int fault_code, fault_sig;

static void on_fault(int sig, siginfo_t *info, void *ctx)
{
    fault_sig = sig;
    fault_addr = (uintptr_t)info->si_addr;
    fault_code = info->si_code;
    siglongjmp(env, 1);
}

static void faults_are_signals(void)
{
    volatile int zero = 0;
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    install_info(SIGSEGV, on_fault, 0);
    install_info(SIGFPE, on_fault, 0);
    install_info(SIGILL, on_fault, 0);
    install_info(SIGTRAP, on_fault, 0);
    if (sigsetjmp(env, 1) == 0)
        *(volatile char *)0x1230 = 1;
    CHECK(fault_sig == SIGSEGV && fault_addr == 0x1230 && fault_code == SEGV_MAPERR);
    if (sigsetjmp(env, 1) == 0)
        page[5] = 1;
    CHECK(fault_sig == SIGSEGV && fault_addr == (uintptr_t)page + 5 && fault_code == SEGV_ACCERR);
    if (sigsetjmp(env, 1) == 0)
        __asm__ volatile("xorl %%edx, %%edx; idivl %0" ::"m"(zero) : "eax", "edx");
    CHECK(fault_sig == SIGFPE && fault_code == FPE_INTDIV);
    if (sigsetjmp(env, 1) == 0)
        __asm__ volatile("ud2");
    CHECK(fault_sig == SIGILL && fault_code == ILL_ILLOPN);
    if (sigsetjmp(env, 1) == 0)
        __asm__ volatile("int3");
    CHECK(fault_sig == SIGTRAP && fault_code == SI_KERNEL);
    if (sigsetjmp(env, 1) == 0)
        *(volatile char *)0x8000000000000000 = 1;
    CHECK(fault_sig == SIGSEGV && fault_code == SI_KERNEL && fault_addr == 0);
    munmap(page, 4096);
}

/* The handler changes the context: the faulting instruction is skipped and a register set. */
static void skip_two(int sig, siginfo_t *info, void *ctx)
{
    ucontext_t *uc = ctx;
    uc->uc_mcontext.gregs[REG_RIP] += 2;
    uc->uc_mcontext.gregs[REG_RAX] = 77;
}

static void handler_may_change_context(void)
{
    long rax = 0;

    install_info(SIGILL, skip_two, 0);
    __asm__ volatile("ud2" : "+a"(rax));
    CHECK(rax == 77);
}

static char alt[65536] __attribute__((aligned(16)));
static volatile int on_alt;

static void check_stack(int sig)
{
    char here;
    stack_t now;
    on_alt = &here >= alt && &here < alt + sizeof(alt);
    sigaltstack(NULL, &now);
    CHECK(on_alt == !!(now.ss_flags & SS_ONSTACK));
}

static void alternate_stack(void)
{
    stack_t ss = {.ss_sp = alt, .ss_size = sizeof(alt)}, old;

    CHECK(sigaltstack(&ss, &old) == 0 && old.ss_flags == SS_DISABLE);
    install(SIGUSR2, check_stack, SA_ONSTACK);
    raise(SIGUSR2);
    CHECK(on_alt);
    install(SIGUSR2, check_stack, 0);
    raise(SIGUSR2);
    CHECK(!on_alt);
    ss.ss_size = 100;
    CHECK_ERRNO(sigaltstack(&ss, NULL), ENOMEM);
    ss.ss_size = sizeof(alt);
    ss.ss_flags = 0x1234;
    CHECK_ERRNO(sigaltstack(&ss, NULL), EINVAL);
    ss.ss_flags = SS_DISABLE;
    CHECK(sigaltstack(&ss, NULL) == 0);
}

static void clobber(int sig)
{
    count++;
    __asm__ volatile("pcmpeqd %%xmm0,%%xmm0; pcmpeqd %%xmm7,%%xmm7; pcmpeqd %%xmm15,%%xmm15" ::: "xmm0", "xmm7", "xmm15");
}

/* An asynchronous signal in a loop that keeps everything in registers: nothing may change. */
static void registers_survive(void)
{
    struct itimerval it = {{0, 1000}, {0, 1000}}, off = {{0, 0}, {0, 0}};
    unsigned long bad = 0, in = 0x123456789abcdef, out;

    count = 0;
    install(SIGALRM, clobber, 0);
    CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
    for (int round = 0; round < 20000000 && count < 20; round++) {
        __asm__ volatile("movq %1, %%xmm7\n movq %1, -64(%%rsp)\n mov $2000, %%ecx\n1: dec %%ecx\n jnz 1b\n movq %%xmm7, %0\n xorq -64(%%rsp), %1\n"
                         : "=r"(out), "+r"(in)::"xmm7", "ecx", "memory", "cc");
        bad |= in | (out ^ 0x123456789abcdef);
        in = 0x123456789abcdef;
    }
    setitimer(ITIMER_REAL, &off, NULL);
    CHECK(count >= 20);
    CHECK(bad == 0);
}

static long futex(int *word, int op, int value, const struct timespec *timeout)
{
    return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

static void calls_are_interrupted(void)
{
    struct itimerval it = {{0, 0}, {0, 20000}};
    struct timespec left = {0, 0};
    int word = 0;

    count = 0;
    install(SIGALRM, counting, 0);
    setitimer(ITIMER_REAL, &it, NULL);
    CHECK_ERRNO(futex(&word, 0, 0, NULL), EINTR);
    setitimer(ITIMER_REAL, &it, NULL);
    CHECK_ERRNO(pause(), EINTR);
    setitimer(ITIMER_REAL, &it, NULL);
    CHECK_ERRNO(nanosleep(&(struct timespec){5, 0}, &left), EINTR);
    CHECK(left.tv_sec == 4);
    install(SIGALRM, counting, SA_RESTART); /* with a deadline a handler ends it all the same */
    setitimer(ITIMER_REAL, &it, NULL);
    CHECK_ERRNO(futex(&word, 0, 0, &(struct timespec){5, 0}), EINTR);
    CHECK(count == 4);
}

static int restart_word;

static void *wakes_later(void *arg)
{
    usleep(100000);
    CHECK(futex(&restart_word, 1, 1, NULL) == 1);
    return NULL;
}

static void calls_are_restarted(void)
{
    struct itimerval it = {{0, 0}, {0, 20000}};
    pthread_t t;
    sigset_t set;

    count = 0;
    install(SIGALRM, counting, SA_RESTART);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    for (int by_instruction = 0; by_instruction < 2; by_instruction++) {
        CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
        CHECK(pthread_create(&t, NULL, wakes_later, NULL) == 0);
        CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
        setitimer(ITIMER_REAL, &it, NULL);
        if (by_instruction) {
            long n, nr = SYS_futex;
            register long timeout __asm__("r10") = 0;
            __asm__ volatile("syscall" : "=a"(n) : "a"(nr), "D"(&restart_word), "S"(0l), "d"(0l), "r"(timeout) : "rcx", "r11", "memory");
            CHECK(n == 0);
        } else {
            CHECK(futex(&restart_word, 0, 0, NULL) == 0);
        }
        CHECK(count == 1 + by_instruction);
        pthread_join(t, NULL);
    }
}

static void *target(void *arg)
{
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigwait(&set, &sig);
    return (void *)(long)sig;
}

static void signals_for_threads(void)
{
    sigset_t set;
    pthread_t t;
    void *r;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    CHECK(pthread_create(&t, NULL, target, NULL) == 0);
    usleep(10000);
    CHECK(pthread_kill(t, SIGUSR2) == 0);
    CHECK(pthread_join(t, &r) == 0 && (long)r == SIGUSR2);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void sigsuspend_and_masks(void)
{
    sigset_t block, none;

    count = 0;
    install(SIGUSR1, counting, 0);
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGUSR1);
    CHECK(count == 0);
    CHECK_ERRNO(sigsuspend(&none), EINTR);
    CHECK(count == 1);
    sigset_t now;
    sigprocmask(SIG_UNBLOCK, &block, &now);
    CHECK(sigismember(&now, SIGUSR1));
}

static void wrong_arguments(void)
{
    struct sigaction sa = {.sa_handler = counting};

    CHECK_ERRNO(sigaction(SIGKILL, &sa, NULL), EINVAL);
    CHECK_ERRNO(sigaction(65, &sa, NULL), EINVAL);
    CHECK_ERRNO(kill(getpid(), 65), EINVAL);
    CHECK_ERRNO(kill(99999, 0), ESRCH);
    CHECK(kill(getpid(), 0) == 0);
    CHECK_ERRNO(syscall(SYS_tgkill, getpid(), 99999, SIGUSR1), ESRCH);
    CHECK_ERRNO(syscall(SYS_tgkill, getpid(), -1, SIGUSR1), EINVAL);
    CHECK_ERRNO(syscall(SYS_rt_sigprocmask, 77, &sa.sa_mask, NULL, 8), EINVAL);
    CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, (void *)1, NULL, 8), EFAULT);
    CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 7), EINVAL);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
#define RUN(t) (printf("# " #t "\n"), t())
    RUN(raise_runs_handler);
    RUN(blocked_signals_wait);
    RUN(sigwait_takes);
    RUN(faults_are_signals);
    RUN(handler_may_change_context);
    RUN(alternate_stack);
    RUN(sigsuspend_and_masks);
    RUN(wrong_arguments);
    RUN(registers_survive);
    RUN(calls_are_interrupted);
    RUN(signals_for_threads);
    RUN(calls_are_restarted);
    return finish();
}
