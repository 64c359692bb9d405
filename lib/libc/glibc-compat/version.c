// SPDX-License-Identifier: BSD-3-Clause
// The libc that stock binaries think they run on, by its version.

#include "compat.h"

const char *gnu_get_libc_version(void)
{
    return "2.36";
}

const char *gnu_get_libc_release(void)
{
    return "stable";
}
