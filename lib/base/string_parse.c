// SPDX-License-Identifier: BSD-3-Clause
// Numbers and sizes from text.

#include <base/overflow.h>
#include <base/string.h>
#include <errno.h>

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 10 : 99;
}

int string_parse_u64(const char *s, unsigned base, const char **end, uint64_t *value)
{
    uint64_t v = 0;
    const char *first;
    bool wrapped = false;

    if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 0x20) == 'x' && digit_value(s[2]) < 16) {
        s += 2;
        base = 16;
    }
    if (base == 0)
        base = s[0] == '0' ? 8 : 10;
    for (first = s; digit_value(*s) < base; s++)
        wrapped |= mul_overflow(v, base, &v) || add_overflow(v, digit_value(*s), &v);
    if (s == first || (!end && *s))
        return -EINVAL;
    if (wrapped)
        return -ERANGE;
    if (end)
        *end = s;
    *value = v;
    return 0;
}

int string_parse_size(const char *s, const char **end, uint64_t *value)
{
    static const char suffixes[] = "kmgt";
    uint64_t v;
    const char *stop, *suffix;
    int err = string_parse_u64(s, 0, &stop, &v);

    if (err)
        return err;
    suffix = *stop ? strchr(suffixes, *stop | 0x20) : NULL;
    if (suffix) {
        if (mul_overflow(v, UINT64_C(1) << (10 * (suffix - suffixes + 1)), &v))
            return -ERANGE;
        stop++;
    }
    if (!end && *stop)
        return -EINVAL;
    if (end)
        *end = stop;
    *value = v;
    return 0;
}
