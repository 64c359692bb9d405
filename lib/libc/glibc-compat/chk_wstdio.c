// SPDX-License-Identifier: BSD-3-Clause
// Fortified wide stdio.

#include "compat.h"
#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

int __vfwprintf_chk(FILE *f, int flag, const wchar_t *format, va_list args)
{
    return vfwprintf(f, format, args);
}

int __vwprintf_chk(int flag, const wchar_t *format, va_list args)
{
    return vfwprintf(stdout, format, args);
}

int __vswprintf_chk(wchar_t *to, size_t n, int flag, size_t room, const wchar_t *format, va_list args)
{
    check_room(n, room);
    return vswprintf(to, n, format, args);
}

int __fwprintf_chk(FILE *f, int flag, const wchar_t *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vfwprintf(f, format, args);
    va_end(args);
    return n;
}

int __wprintf_chk(int flag, const wchar_t *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vfwprintf(stdout, format, args);
    va_end(args);
    return n;
}

int __swprintf_chk(wchar_t *to, size_t n, int flag, size_t room, const wchar_t *format, ...)
{
    va_list args;
    va_start(args, format);
    int done = __vswprintf_chk(to, n, flag, room, format, args);
    va_end(args);
    return done;
}

wchar_t *__fgetws_chk(wchar_t *to, size_t room, int n, FILE *f)
{
    if (n > 0)
        check_room((size_t)n, room);
    return fgetws(to, n, f);
}

wchar_t *__fgetws_unlocked_chk(wchar_t *to, size_t room, int n, FILE *f)
{
    return __fgetws_chk(to, room, n, f);
}
