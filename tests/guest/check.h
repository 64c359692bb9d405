// SPDX-License-Identifier: BSD-3-Clause
// Checks of guest tests: count failures, say where, exit with 1 if there were any.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(cond)                                                                                                                 \
    do {                                                                                                                            \
        if (!(cond)) {                                                                                                              \
            printf("not ok - %s:%d %s (errno %d %s)\n", __func__, __LINE__, #cond, errno, strerror(errno));                         \
            failures++;                                                                                                             \
        }                                                                                                                           \
    } while (0)

#define CHECK_ERRNO(call, expected)                                                                                                 \
    do {                                                                                                                            \
        errno = 0;                                                                                                                  \
        long check_r = (long)(call);                                                                                                \
        if (check_r != -1 || errno != (expected)) {                                                                                 \
            printf("not ok - %s:%d %s gave %ld errno %d, not %d\n", __func__, __LINE__, #call, check_r, errno, expected);           \
            failures++;                                                                                                             \
        }                                                                                                                           \
    } while (0)

static inline int finish(void)
{
    printf(failures ? "%d checks failed\n" : "ok\n", failures);
    return failures != 0;
}
