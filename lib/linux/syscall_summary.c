// SPDX-License-Identifier: BSD-3-Clause
// --syscall-summary: for each system call how often, how many errors, how long; printed when the machine ends.

#include "syscall_trace.h"

#include <abi/restart.h>
#include <arch/frame.h>
#include <base/atomic.h>
#include <base/format.h>
#include <base/log.h>
#include <device/console.h>
#include <linux/strace.h>
#include <mem/kalloc.h>

#define LINE_MAX 128u

struct tally {
    uint64_t calls, errors, ns;
};
static struct tally *tallies; /* by number; the last one stands for unknown numbers */

/* A call that will be restarted did not fail. */
static bool is_error(long result)
{
    return result < 0 && result >= -4095 && result != -ERESTARTSYS && result != -ERESTARTNOINTR && result != -ERESTARTNOHAND &&
           result != -ERESTART_RESTARTBLOCK;
}

static void count(struct arch_frame *f)
{
    long nr = arch_frame_nr(f);
    if (!arch_frame_is_syscall(f) || nr < 0)
        return;
    struct tally *t = &tallies[syscall_name(nr) ? (unsigned)nr : syscall_name_count()];
    atomic_add_relaxed(&t->calls, 1);
    atomic_add_relaxed(&t->ns, (uint64_t)syscall_trace_duration());
    if (is_error(arch_frame_ret(f)))
        atomic_add_relaxed(&t->errors, 1);
}

void syscall_summary_start(void)
{
    tallies = kcalloc(syscall_name_count() + 1, sizeof(*tallies));
    if (tallies)
        syscall_trace_start(count);
    else
        log_warn("--syscall-summary: not enough memory");
}

static void print_line(const struct tally *t, uint64_t total_ns, const char *name)
{
    char line[LINE_MAX];
    size_t used = 0;
    uint64_t hundredths = total_ns ? t->ns / (total_ns / 10000 + 1) : 0;
    format_append(line, LINE_MAX, &used, "%3lu.%02lu %6lu.%06lu %10lu %9lu ", hundredths / 100, hundredths % 100, t->ns / 1000000000,
                  t->ns / 1000 % 1000000, t->calls ? t->ns / 1000 / t->calls : 0, t->calls);
    format_append(line, LINE_MAX, &used, t->errors ? "%9lu %s\r\n" : "%9.0lu %s\r\n", t->errors, name);
    console_write(line, used < LINE_MAX ? used : LINE_MAX - 1);
}

/* The busiest call not printed yet, or -1. */
static int busiest(unsigned n)
{
    int best = -1;
    for (unsigned i = 0; i < n; i++)
        if (tallies[i].calls && (best < 0 || tallies[i].ns > tallies[best].ns))
            best = (int)i;
    return best;
}

void syscall_summary_print(void)
{
    static const char head[] = "% time     seconds  usecs/call     calls    errors syscall\r\n"
                               "------ ------------- ---------- --------- --------- ----------------\r\n";
    unsigned n = syscall_name_count() + 1;
    struct tally total = {0};
    if (!tallies)
        return;
    for (unsigned i = 0; i < n; i++)
        total = (struct tally){total.calls + tallies[i].calls, total.errors + tallies[i].errors, total.ns + tallies[i].ns};
    console_write(head, sizeof(head) - 1);
    for (int i; (i = busiest(n)) >= 0; tallies[i].calls = 0)
        print_line(&tallies[i], total.ns, syscall_name(i) ? syscall_name(i)->name : "(unknown)");
    print_line(&total, total.ns, "total");
}
