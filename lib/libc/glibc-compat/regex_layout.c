// SPDX-License-Identifier: BSD-3-Clause
// regexec as glibc declares it, with 32-bit offsets: what C++ and foreign programs call.

#include "compat.h"
#include <regex.h>
#include <stdlib.h>

struct glibc_regmatch {
    int start, end;
};

#define ON_STACK 16
#define REG_STARTEND 4

int __glibc_regexec(const regex_t *regex, const char *text, size_t n, struct glibc_regmatch *matches, int flags)
{
    regmatch_t buffer[ON_STACK], *wide = buffer;

    if (n > ON_STACK && !(wide = malloc(n * sizeof *wide)))
        return REG_ESPACE;
    int result = regexec(regex, text, n, wide, flags & ~REG_STARTEND);
    if (result == 0)
        for (size_t i = 0; matches && i < n; i++)
            matches[i] = (struct glibc_regmatch){(int)wide[i].rm_so, (int)wide[i].rm_eo};
    if (wide != buffer)
        free(wide);
    return result;
}
