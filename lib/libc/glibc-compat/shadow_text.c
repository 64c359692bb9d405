// SPDX-License-Identifier: BSD-3-Clause
// sgetspent(3): a line of the shadow file, taken apart.

#include "compat.h"
#include <errno.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>

/* musl's: takes @line apart in place. -1: not such a line. */
int __parsespent(char *line, struct spwd *out);

int sgetspent_r(const char *line, struct spwd *out, char *buffer, size_t size, struct spwd **result)
{
    size_t length = strcspn(line, "\n");

    *result = NULL;
    if (size < length + 2)
        return ERANGE;
    memcpy(buffer, line, length);
    memcpy(buffer + length, "\n", 2); /* which the parser wants */
    if (__parsespent(buffer, out) < 0)
        return EINVAL;
    *result = out;
    return 0;
}

struct spwd *sgetspent(const char *line)
{
    static struct spwd entry;
    static char *buffer;
    struct spwd *result;
    size_t size = strlen(line) + 2;
    char *more = realloc(buffer, size);

    if (!more)
        return NULL;
    buffer = more;
    int error = sgetspent_r(line, &entry, buffer, size, &result);
    if (error)
        errno = error;
    return result;
}
