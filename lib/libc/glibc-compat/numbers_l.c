// SPDX-License-Identifier: BSD-3-Clause
// Number parsing with a locale argument: the locale's numbers are the C locale's.

#include "compat.h"
#include <locale.h>
#include <stdlib.h>

long long strtoll_l(const char *s, char **end, int base, locale_t locale)
{
    return strtoll(s, end, base);
}

unsigned long long strtoull_l(const char *s, char **end, int base, locale_t locale)
{
    return strtoull(s, end, base);
}

long strtol_l(const char *s, char **end, int base, locale_t locale)
{
    return strtol(s, end, base);
}

unsigned long strtoul_l(const char *s, char **end, int base, locale_t locale)
{
    return strtoul(s, end, base);
}
