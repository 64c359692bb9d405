// SPDX-License-Identifier: BSD-3-Clause
// Fortified memory and string functions.

#include "compat.h"
#include <string.h>

void *__memcpy_chk(void *to, const void *from, size_t n, size_t room)
{
    check_room(n, room);
    return memcpy(to, from, n);
}

void *__memmove_chk(void *to, const void *from, size_t n, size_t room)
{
    check_room(n, room);
    return memmove(to, from, n);
}

void *__mempcpy_chk(void *to, const void *from, size_t n, size_t room)
{
    check_room(n, room);
    return mempcpy(to, from, n);
}

void *__memset_chk(void *to, int byte, size_t n, size_t room)
{
    check_room(n, room);
    return memset(to, byte, n);
}

void __explicit_bzero_chk(void *to, size_t n, size_t room)
{
    check_room(n, room);
    explicit_bzero(to, n);
}

char *__strcpy_chk(char *to, const char *from, size_t room)
{
    size_t n = strlen(from) + 1;
    check_room(n, room);
    return memcpy(to, from, n);
}

char *__stpcpy_chk(char *to, const char *from, size_t room)
{
    size_t n = strlen(from);
    check_room(n + 1, room);
    return (char *)memcpy(to, from, n + 1) + n;
}

char *__strncpy_chk(char *to, const char *from, size_t n, size_t room)
{
    check_room(n, room);
    return strncpy(to, from, n);
}

char *__stpncpy_chk(char *to, const char *from, size_t n, size_t room)
{
    check_room(n, room);
    return stpncpy(to, from, n);
}

char *__strcat_chk(char *to, const char *from, size_t room)
{
    size_t have = strlen(to), n = strlen(from) + 1;
    check_room(have + n, room);
    memcpy(to + have, from, n);
    return to;
}

char *__strncat_chk(char *to, const char *from, size_t limit, size_t room)
{
    check_room(strlen(to) + strnlen(from, limit) + 1, room);
    return strncat(to, from, limit);
}

size_t __strlcpy_chk(char *to, const char *from, size_t n, size_t room)
{
    check_room(n, room);
    return strlcpy(to, from, n);
}

size_t __strlcat_chk(char *to, const char *from, size_t n, size_t room)
{
    check_room(n, room);
    return strlcat(to, from, n);
}
