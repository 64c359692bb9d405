// SPDX-License-Identifier: BSD-3-Clause
// arc4random and its family: straight from the kernel's generator, which is as fast and never repeats.

#include "compat.h"
#include <sys/types.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

void arc4random_buf(void *buf, size_t n)
{
    char *p = buf;

    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got <= 0)
            continue; /* EINTR only */
        p += got;
        n -= (size_t)got;
    }
}

uint32_t arc4random(void)
{
    uint32_t value;

    arc4random_buf(&value, sizeof value);
    return value;
}

/* Without bias: draw again below the part of the range that does not divide evenly. */
uint32_t arc4random_uniform(uint32_t bound)
{
    uint32_t value;

    if (bound < 2)
        return 0;
    uint32_t min = -bound % bound;
    do
        value = arc4random();
    while (value < min);
    return value % bound;
}
