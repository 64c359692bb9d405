// SPDX-License-Identifier: BSD-3-Clause
// --strace: one line a system call, with names and decoded arguments, after it returned.

/*
 * The trace bit in each thread's work word sends every system call through user_return(), which calls the hook with the frame: number,
 * arguments and result are all there. Names and formats come from syscalls.tbl; the functions are not referred to, so tracing links none.
 */

#include <abi/restart.h>
#include <arch/frame.h>
#include <arch/thread.h>
#include <arch/uaccess.h>
#include <base/format.h>
#include <base/string.h>
#include <errno.h>
#include <device/console.h>
#include <linux/strace.h>
#include "syscall_trace.h"
#include <process/process.h>
#include <sched/thread.h>
#include <sched/time.h>

#define TEXT_MAX 32u
#define LINE_MAX 400u

/* Set to name the tracer from a link line: -u osv_strace. */
const char osv_strace = 1;

static void put_bytes(char *line, size_t *used, const char *s, size_t n, bool cut)
{
    format_append(line, LINE_MAX, used, "\"");
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\n')
            format_append(line, LINE_MAX, used, "\\n");
        else if (c == '"' || c == '\\')
            format_append(line, LINE_MAX, used, "\\%c", c);
        else if (c < 32 || c > 126)
            format_append(line, LINE_MAX, used, "\\%o", c);
        else
            format_append(line, LINE_MAX, used, "%c", c);
    }
    format_append(line, LINE_MAX, used, cut ? "\"..." : "\"");
}

static void put_string(char *line, size_t *used, uint64_t address)
{
    char text[TEXT_MAX + 1];
    long n = address ? copy_in_string(text, (const char *)address, sizeof(text)) : -1;
    if (n == -ENAMETOOLONG)
        put_bytes(line, used, text, TEXT_MAX, true);
    else if (n < 0)
        format_append(line, LINE_MAX, used, address ? "%#lx" : "NULL", address);
    else
        put_bytes(line, used, text, (size_t)n, false);
}

static void put_data(char *line, size_t *used, uint64_t address, uint64_t length)
{
    char text[TEXT_MAX];
    size_t n = min(length, (uint64_t)TEXT_MAX);
    if (copy_in(text, (const void *)address, n))
        format_append(line, LINE_MAX, used, "%#lx", address);
    else
        put_bytes(line, used, text, n, length > n);
}

static void put_timespec(char *line, size_t *used, uint64_t address)
{
    int64_t t[2];
    if (!address || copy_in(t, (const void *)address, sizeof(t)))
        format_append(line, LINE_MAX, used, address ? "%#lx" : "NULL", address);
    else
        format_append(line, LINE_MAX, used, "{%ld, %ld}", t[0], t[1]);
}

static void put_argument(char *line, size_t *used, const struct arch_frame *f, const char *format, unsigned i)
{
    uint64_t v = arch_frame_arg(f, i);
    switch (format[i]) {
    case 'd':
    case 'f':
        format_append(line, LINE_MAX, used, "%d", (int)v);
        break;
    case 'D':
        format_append(line, LINE_MAX, used, (int)v == -100 ? "AT_FDCWD" : "%d", (int)v);
        break;
    case 'u':
        format_append(line, LINE_MAX, used, "%lu", v);
        break;
    case 'o':
        format_append(line, LINE_MAX, used, "%#lo", v);
        break;
    case 'S':
        format_append(line, LINE_MAX, used, "SIG%d", (int)v);
        break;
    case 's':
        put_string(line, used, v);
        break;
    case 'b':
        put_data(line, used, v, i < 5 ? arch_frame_arg(f, i + 1) : 0);
        break;
    case 't':
        put_timespec(line, used, v);
        break;
    default:
        format_append(line, LINE_MAX, used, v ? "%#lx" : "NULL", v);
        break;
    }
}

static void put_result(char *line, size_t *used, long result)
{
    if (result < 0 && result >= -4095)
        format_append(line, LINE_MAX, used, ") = -1 (errno %ld)", -result);
    else if (result > 0xffff)
        format_append(line, LINE_MAX, used, ") = %#lx", result);
    else
        format_append(line, LINE_MAX, used, ") = %ld", result);
    nsec_t us = syscall_trace_duration() / 1000;
    format_append(line, LINE_MAX, used, " <%ld.%06ld>\r\n", us / 1000000, us % 1000000);
}

static void trace(struct arch_frame *f)
{
    char line[LINE_MAX];
    size_t used = 0;
    long nr = arch_frame_nr(f);
    if (!arch_frame_is_syscall(f) || nr < 0)
        return;
    const struct syscall_name *c = syscall_name(nr);
    format_append(line, LINE_MAX, &used, "[%u] ", thread_current()->tid);
    if (c)
        format_append(line, LINE_MAX, &used, "%s(", c->name);
    else
        format_append(line, LINE_MAX, &used, "syscall_%ld(", nr);
    const char *format = c ? c->format : "xxxxxx";
    for (unsigned i = 0; format[i] && format[i] != '-'; i++) {
        if (i)
            format_append(line, LINE_MAX, &used, ", ");
        put_argument(line, &used, f, format, i);
    }
    put_result(line, &used, arch_frame_ret(f));
    console_write(line, min(used, (size_t)LINE_MAX - 1));
}

void strace_start(void)
{
    syscall_trace_start(trace);
}

/* Whoever links one tracer gets all three. */
void (*const strace_relatives[])(void) __used = {syscall_summary_start, missing_files_start};
