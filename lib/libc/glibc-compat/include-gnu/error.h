// SPDX-License-Identifier: BSD-3-Clause
// error(3): messages with the program's name and the text of an errno, as GNU programs print them.
#pragma once

#include <features.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * error - flush stdout, print "program: " and the message, ": " and strerror(@error) if @error isn't 0, to stderr;
 * then exit(@status) if @status isn't 0.
 */
void error(int status, int error, const char *format, ...) __attribute__((__format__(__printf__, 3, 4)));
/* error_at_line - the same with "file:line: " before the message; once a line if error_one_per_line is set. */
void error_at_line(int status, int error, const char *file, unsigned line, const char *format, ...)
    __attribute__((__format__(__printf__, 5, 6)));

extern unsigned error_message_count;
extern int error_one_per_line;
extern void (*error_print_progname)(void);

#ifdef __cplusplus
}
#endif
