// SPDX-License-Identifier: BSD-3-Clause
// Memory, yielding, randomness and ends, from the host's libc.

#include "host_private.h"
#include <arch/crash.h>
#include <arch/power.h>
#include <base/string.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

void *host_memory_map(size_t bytes, size_t align)
{
    char *p = mmap(NULL, bytes + align, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *start;

    if (p == MAP_FAILED)
        abort();
    start = (char *)ALIGN_UP((uintptr_t)p, align);
    if (start != p)
        munmap(p, (size_t)(start - p));
    munmap(start + bytes, (size_t)(p + align - start));
    return start;
}

void host_memory_unmap(void *p, size_t bytes)
{
    munmap(p, bytes);
}

void host_yield(void)
{
    sched_yield();
}

bool host_random(uint64_t *out)
{
    return getrandom(out, sizeof(*out), 0) == sizeof(*out);
}

static void (*crash_output)(const char *s, unsigned long n);

void crash_set_output(void (*fn)(const char *s, unsigned long n))
{
    crash_output = fn;
}

void crash_write(const char *s, unsigned long n)
{
    if (crash_output)
        crash_output(s, n);
    else if (write(2, s, n) < 0)
        return;
}

void arch_crash(const char *cause, const struct arch_frame *f)
{
    crash_write(cause, strlen(cause));
    crash_write("\n", 1);
    abort();
}

unsigned arch_backtrace(uintptr_t fp, uintptr_t *out, unsigned n)
{
    return 0;
}

void arch_print_backtrace(uintptr_t ip, uintptr_t fp) {}

void arch_print_frame_backtrace(const struct arch_frame *f) {}

void arch_power_set_off(void (*fn)(void)) {}
void arch_power_set_reset(void (*fn)(void)) {}

void arch_exit_status(int status)
{
    exit(status);
}

void arch_power_off(void)
{
    exit(0);
}

void arch_reset(void)
{
    exit(3);
}
