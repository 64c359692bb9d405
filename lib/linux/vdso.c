// SPDX-License-Identifier: BSD-3-Clause
// Connects the vDSO of foreign programs with the clock calls.
#include "linux/syscalls.h"
#include "loader/vdso.h"
#include "vdso_calls.h"

static long call_clock_gettime(int clockid, void *ts) { return sys_clock_gettime(clockid, ts); }
static long call_gettimeofday(void *tv, void *tz) { return sys_gettimeofday(tv, tz); }
static long call_time(long *out) { return sys_time(out); }
static long call_getcpu(unsigned *cpu, unsigned *node, void *unused) { return sys_getcpu(cpu, node, unused); }
static long call_clock_getres(int clockid, void *ts) { return sys_clock_getres(clockid, ts); }

void vdso_calls_register(void)
{
    static const struct vdso_calls calls = {
        .clock_gettime = call_clock_gettime,
        .gettimeofday = call_gettimeofday,
        .time = call_time,
        .getcpu = call_getcpu,
        .clock_getres = call_clock_getres,
    };
    vdso_set_calls(&calls);
}
