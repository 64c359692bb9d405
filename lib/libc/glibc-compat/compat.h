// SPDX-License-Identifier: BSD-3-Clause
// What files of the glibc-compatible names share. Their prototypes stand in glibc's headers, which are not used here.
#pragma once

#include <features.h>
#include <stddef.h>

#pragma clang diagnostic ignored "-Wmissing-prototypes"

/* __chk_fail - a fortified call would have overflowed its buffer: say so and abort. */
_Noreturn void __chk_fail(void);
/* __fortify_fail - the same with another @reason. */
_Noreturn void __fortify_fail(const char *reason);

/* A fortified call knows the size of its destination: it must hold @need. */
static inline void check_room(size_t need, size_t room)
{
    if (__builtin_expect(need > room, 0))
        __chk_fail();
}
