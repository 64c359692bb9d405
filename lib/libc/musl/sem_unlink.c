// SPDX-License-Identifier: BSD-3-Clause
// sem_unlink: a name that no semaphore can have is the name of none.

#include <errno.h>
#include <semaphore.h>
#include <sys/mman.h>

int sem_unlink(const char *name)
{
    int result = shm_unlink(name);

    if (result != 0 && errno == EINVAL)
        errno = ENOENT;
    return result;
}
