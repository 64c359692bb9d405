// SPDX-License-Identifier: BSD-3-Clause
// Formatting and filtering of kernel messages.

#include <base/format.h>
#include <base/log.h>

enum { LINE_BYTES = 256 };

static log_sink_fn *current_sink;
static enum log_level current_level = LOG_LEVEL_WARN;

void log_set_sink(log_sink_fn *sink)
{
    __atomic_store_n(&current_sink, sink, __ATOMIC_RELEASE);
}

void log_set_level(enum log_level level)
{
    current_level = level;
}

enum log_level log_get_level(void)
{
    return current_level;
}

void log_write(enum log_level level, const char *fmt, ...)
{
    log_sink_fn *sink = __atomic_load_n(&current_sink, __ATOMIC_ACQUIRE);
    char line[LINE_BYTES];
    va_list args;
    size_t n;

    if (!sink || level > current_level)
        return;
    va_start(args, fmt);
    n = (size_t)format_string_v(line, sizeof(line), fmt, args);
    va_end(args);
    sink(level, line, min(n, sizeof(line) - 1));
}
