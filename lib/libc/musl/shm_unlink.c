// SPDX-License-Identifier: BSD-3-Clause
// shm_unlink over musl's: another user's name in the sticky directory gives EACCES, as POSIX has it.

#include <errno.h>
#include <features.h>
#include <sys/mman.h>

hidden int __musl_shm_unlink(const char *);

int shm_unlink(const char *name)
{
    int result = __musl_shm_unlink(name);

    if (result != 0 && errno == EPERM)
        errno = EACCES;
    return result;
}
