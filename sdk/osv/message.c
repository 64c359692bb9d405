// SPDX-License-Identifier: BSD-3-Clause
// How the command speaks when something is wrong: one line, cause and fix.
#include "message.h"

#include <stdio.h>
#include <stdlib.h>

static const char *command_name = "osv";

void message_begin(const char *command)
{
    command_name = command;
}

static void print_line(const char *format, va_list args)
{
    struct text text = {0};
    text_vprintf(&text, format, args);
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] == '\n')
            text.data[i] = ' ';
    fflush(stdout);
    fprintf(stderr, "%s: %s\n", command_name, text_string(&text));
    text_fini(&text);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(format, args);
    va_end(args);
}

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(format, args);
    va_end(args);
    exit(STATUS_FAILED);
}
