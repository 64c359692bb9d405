// SPDX-License-Identifier: BSD-3-Clause
// Bounded string copies, prefixes and patterns.

#include <base/string.h>

size_t strlcpy(char *dst, const char *src, size_t n)
{
    size_t length = strlen(src);

    if (n) {
        size_t fit = min(length, n - 1);

        memcpy(dst, src, fit);
        dst[fit] = '\0';
    }
    return length;
}

size_t strlcat(char *dst, const char *src, size_t n)
{
    size_t used = strnlen(dst, n);

    return used + strlcpy(dst + used, src, n - used);
}

bool string_starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool string_match(const char *pattern, const char *s)
{
    const char *star = NULL, *resume = NULL;

    while (*s) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = s;
        } else if (*pattern == '?' || *pattern == *s) {
            pattern++, s++;
        } else if (star) {
            pattern = star;
            s = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
