// SPDX-License-Identifier: BSD-3-Clause
// Formatting of the last message and hand-over to the registered handler.

#include <base/format.h>
#include <base/panic.h>

static panic_handler_fn *current_handler;

void panic_set_handler(panic_handler_fn *handler)
{
    current_handler = handler;
}

void panic(const char *fmt, ...)
{
    char message[256];
    va_list args;

    va_start(args, fmt);
    format_string_v(message, sizeof(message), fmt, args);
    va_end(args);
    if (current_handler)
        current_handler(message);
    __builtin_trap();
}

void panic_assert(const char *expr, const char *file, int line)
{
    panic("assertion failed: %s (%s:%d)", expr, file, line);
}
