// SPDX-License-Identifier: BSD-3-Clause
// C23 number parsing: like before, but a prefix 0b or 0B is read in base 2 and 0.

#include "compat.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

/* Where the digits of a binary number start, or NULL if @s has no such prefix. */
static const char *binary_digits(const char *s, int base, int *negative)
{
    if (base != 0 && base != 2)
        return NULL;
    while (isspace((unsigned char)*s))
        s++;
    *negative = *s == '-';
    if (*s == '-' || *s == '+')
        s++;
    if (s[0] != '0' || (s[1] != 'b' && s[1] != 'B') || (s[2] != '0' && s[2] != '1'))
        return NULL;
    return s + 2;
}

unsigned long long __isoc23_strtoull(const char *s, char **end, int base)
{
    int negative;
    const char *digits = binary_digits(s, base, &negative);

    if (!digits)
        return strtoull(s, end, base);
    unsigned long long value = strtoull(digits, end, 2);
    return negative ? -value : value;
}

long long __isoc23_strtoll(const char *s, char **end, int base)
{
    int negative;
    const char *digits = binary_digits(s, base, &negative);

    if (!digits)
        return strtoll(s, end, base);
    long long value = strtoll(digits, end, 2);
    return negative ? -value : value;
}

long __isoc23_strtol(const char *s, char **end, int base)
{
    return (long)__isoc23_strtoll(s, end, base);
}

unsigned long __isoc23_strtoul(const char *s, char **end, int base)
{
    return (unsigned long)__isoc23_strtoull(s, end, base);
}

intmax_t __isoc23_strtoimax(const char *s, char **end, int base)
{
    return __isoc23_strtoll(s, end, base);
}

uintmax_t __isoc23_strtoumax(const char *s, char **end, int base)
{
    return __isoc23_strtoull(s, end, base);
}
