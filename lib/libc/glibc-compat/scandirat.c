// SPDX-License-Identifier: BSD-3-Clause
// scandirat(3): scandir() of a path below a directory descriptor.

#include "compat.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int scandirat(int dirfd, const char *path, struct dirent ***out, int (*select)(const struct dirent *),
              int (*compare)(const struct dirent **, const struct dirent **))
{
    int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), saved = errno;
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct dirent **list = NULL, *item;
    size_t n = 0, room = 0;

    if (!d) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    while (errno = 0, (item = readdir(d))) {
        if (select && !select(item))
            continue;
        if (n == room) {
            room = room ? 2 * room : 32;
            struct dirent **more = reallocarray(list, room, sizeof(*list));
            if (!more)
                break;
            list = more;
        }
        if (!(list[n] = malloc(item->d_reclen)))
            break;
        memcpy(list[n++], item, item->d_reclen);
    }
    int error = errno;
    closedir(d);
    if (error) {
        while (n)
            free(list[--n]);
        free(list);
        errno = error;
        return -1;
    }
    errno = saved;
    if (n && compare)
        qsort(list, n, sizeof(*list), (int (*)(const void *, const void *))(void *)compare);
    *out = list;
    return (int)n;
}
__attribute__((alias("scandirat"))) int scandirat64(int, const char *, struct dirent ***, int (*)(const struct dirent *),
                                                    int (*)(const struct dirent **, const struct dirent **));
