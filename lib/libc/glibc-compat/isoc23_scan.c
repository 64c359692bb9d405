// SPDX-License-Identifier: BSD-3-Clause
// C23 scanf: the names; binary prefixes in %i are not read.

#include "compat.h"
#include <stdarg.h>
#include <stdio.h>

int __isoc23_vfscanf(FILE *f, const char *format, va_list args)
{
    return vfscanf(f, format, args);
}

int __isoc23_vscanf(const char *format, va_list args)
{
    return vfscanf(stdin, format, args);
}

int __isoc23_vsscanf(const char *s, const char *format, va_list args)
{
    return vsscanf(s, format, args);
}

int __isoc23_fscanf(FILE *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vfscanf(f, format, args);
    va_end(args);
    return n;
}

int __isoc23_scanf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vfscanf(stdin, format, args);
    va_end(args);
    return n;
}

int __isoc23_sscanf(const char *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsscanf(s, format, args);
    va_end(args);
    return n;
}
