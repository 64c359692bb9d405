// SPDX-License-Identifier: BSD-3-Clause
// error() and error_at_line(): a message in GNU's form, then exit if asked to.

#include "compat.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned error_message_count;
int error_one_per_line;
void (*error_print_progname)(void);

static void begin(void)
{
    fflush(stdout);
    if (error_print_progname)
        error_print_progname();
    else
        fprintf(stderr, "%s:", program_invocation_name);
}

static void finish(int status, int error, const char *format, va_list args)
{
    vfprintf(stderr, format, args);
    error_message_count++;
    if (error)
        fprintf(stderr, ": %s", strerror(error));
    fputc('\n', stderr);
    fflush(stderr);
    if (status)
        exit(status);
}

void error(int status, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    begin();
    if (!error_print_progname)
        fputc(' ', stderr);
    finish(status, error, format, args);
    va_end(args);
}

void error_at_line(int status, int error, const char *file, unsigned line, const char *format, ...)
{
    static const char *last_file;
    static unsigned last_line;
    va_list args;

    if (error_one_per_line) {
        if (last_line == line && (file == last_file || (file && last_file && !strcmp(file, last_file))))
            return;
        last_file = file;
        last_line = line;
    }
    va_start(args, format);
    begin();
    if (file)
        fprintf(stderr, "%s:%u: ", file, line);
    else
        fputc(' ', stderr);
    finish(status, error, format, args);
    va_end(args);
}
