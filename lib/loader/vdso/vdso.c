// SPDX-License-Identifier: BSD-3-Clause
// The code inside the vDSO. Built as a shared object of its own; runs as part of foreign programs, on their stacks.
typedef unsigned long word;

/* Patched by vdso_map() before the pages are mapped read-only; the magic finds it in the image. See struct vdso_calls. */
struct calls {
    word magic;
    long (*clock_gettime)(int, void *);
    long (*gettimeofday)(void *, void *);
    long (*time)(long *);
    long (*getcpu)(unsigned *, unsigned *, void *);
    long (*clock_getres)(int, void *);
};
__attribute__((section(".vdso_calls"), used)) static volatile const struct calls calls = {.magic = 0x6f73762d7664736ful};

enum { NR_gettimeofday = 96, NR_time = 201, NR_clock_gettime = 228, NR_clock_getres = 229, NR_getcpu = 309 };

static inline long trap3(long nr, word a, word b, word c)
{
    long ret;
    __asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return ret;
}

/* Clocks that are plain arithmetic on the time counter: REALTIME, MONOTONIC, *_RAW, *_COARSE, BOOTTIME, TAI. CPU-time clocks take locks. */
static inline int is_plain_clock(int clockid) { return clockid >= 0 && clockid <= 11 && ((1u << clockid) & 0x8f3u); }

int __vdso_clock_gettime(int clockid, void *ts);
int __vdso_clock_gettime(int clockid, void *ts)
{
    long (*fn)(int, void *) = calls.clock_gettime;
    if (fn != 0 && is_plain_clock(clockid))
        return (int)fn(clockid, ts);
    return (int)trap3(NR_clock_gettime, (word)clockid, (word)ts, 0);
}

int __vdso_clock_getres(int clockid, void *ts);
int __vdso_clock_getres(int clockid, void *ts)
{
    long (*fn)(int, void *) = calls.clock_getres;
    return fn != 0 ? (int)fn(clockid, ts) : (int)trap3(NR_clock_getres, (word)clockid, (word)ts, 0);
}

int __vdso_gettimeofday(void *tv, void *tz);
int __vdso_gettimeofday(void *tv, void *tz)
{
    long (*fn)(void *, void *) = calls.gettimeofday;
    return fn != 0 ? (int)fn(tv, tz) : (int)trap3(NR_gettimeofday, (word)tv, (word)tz, 0);
}

long __vdso_time(long *out);
long __vdso_time(long *out)
{
    long (*fn)(long *) = calls.time;
    return fn != 0 ? fn(out) : trap3(NR_time, (word)out, 0, 0);
}

long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused);
long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused)
{
    long (*fn)(unsigned *, unsigned *, void *) = calls.getcpu;
    return fn != 0 ? fn(cpu, node, unused) : trap3(NR_getcpu, (word)cpu, (word)node, 0);
}

int clock_gettime(int, void *) __attribute__((weak, alias("__vdso_clock_gettime")));
int clock_getres(int, void *) __attribute__((weak, alias("__vdso_clock_getres")));
int gettimeofday(void *, void *) __attribute__((weak, alias("__vdso_gettimeofday")));
long time(long *) __attribute__((weak, alias("__vdso_time")));
long getcpu(unsigned *, unsigned *, void *) __attribute__((weak, alias("__vdso_getcpu")));
