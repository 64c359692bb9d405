// SPDX-License-Identifier: BSD-3-Clause
// Fortified stdio. The flag that forbids %n from writable memory is ignored.

#include "compat.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

int __vfprintf_chk(FILE *f, int flag, const char *format, va_list args)
{
    return vfprintf(f, format, args);
}

int __vprintf_chk(int flag, const char *format, va_list args)
{
    return vfprintf(stdout, format, args);
}

int __vdprintf_chk(int fd, int flag, const char *format, va_list args)
{
    return vdprintf(fd, format, args);
}

int __vsnprintf_chk(char *to, size_t n, int flag, size_t room, const char *format, va_list args)
{
    check_room(n, room);
    return vsnprintf(to, n, format, args);
}

int __vsprintf_chk(char *to, int flag, size_t room, const char *format, va_list args)
{
    size_t limit = room > INT_MAX ? INT_MAX : room;
    int n = vsnprintf(to, limit, format, args);

    if (n >= 0)
        check_room((size_t)n + 1, room);
    return n;
}

int __vasprintf_chk(char **out, int flag, const char *format, va_list args)
{
    return vasprintf(out, format, args);
}

int __printf_chk(int flag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vfprintf(stdout, format, args);
    va_end(args);
    return n;
}

int __fprintf_chk(FILE *f, int flag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vfprintf(f, format, args);
    va_end(args);
    return n;
}

int __dprintf_chk(int fd, int flag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vdprintf(fd, format, args);
    va_end(args);
    return n;
}

int __snprintf_chk(char *to, size_t n, int flag, size_t room, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int done = __vsnprintf_chk(to, n, flag, room, format, args);
    va_end(args);
    return done;
}

int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = __vsprintf_chk(to, flag, room, format, args);
    va_end(args);
    return n;
}

int __asprintf_chk(char **out, int flag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vasprintf(out, format, args);
    va_end(args);
    return n;
}

int __asprintf(char **out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vasprintf(out, format, args);
    va_end(args);
    return n;
}

char *__fgets_chk(char *to, size_t room, int n, FILE *f)
{
    if (n > 0)
        check_room((size_t)n, room);
    return fgets(to, n, f);
}

char *__fgets_unlocked_chk(char *to, size_t room, int n, FILE *f)
{
    return __fgets_chk(to, room, n, f);
}

/* Past the end of the buffer there is no way back, so read with its size. */
char *__gets_chk(char *to, size_t room)
{
    size_t n = 0;
    int c;

    while ((c = getchar()) != EOF && c != '\n') {
        check_room(n + 2, room);
        to[n++] = (char)c;
    }
    if (c == EOF && (n == 0 || ferror(stdin)))
        return NULL;
    to[n] = '\0';
    return to;
}

size_t __fread_chk(void *to, size_t room, size_t size, size_t n, FILE *f)
{
    size_t bytes;

    if (__builtin_mul_overflow(size, n, &bytes))
        __chk_fail();
    check_room(bytes, room);
    return fread(to, size, n, f);
}

size_t __fread_unlocked_chk(void *to, size_t room, size_t size, size_t n, FILE *f)
{
    return __fread_chk(to, room, size, n, f);
}
