// SPDX-License-Identifier: BSD-3-Clause
// A file system as large as memory, filled: ENOSPC, and nothing that was written is lost.
#define _GNU_SOURCE
#include "../check.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

static uint32_t block[1024];

static void stamp(uint32_t file, uint32_t page)
{
    for (uint32_t k = 0; k < 1024; k++)
        block[k] = file * 2654435761u + page * 40503u + k;
}

/* Return: full pages that the file took. */
static uint32_t write_file(uint32_t file, uint32_t limit)
{
    char name[32];
    snprintf(name, sizeof name, "/tmp/f%u", file);
    int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    uint32_t n = 0;

    if (fd < 0) {
        CHECK(errno == ENOSPC || errno == ENOMEM);
        return 0;
    }
    for (; n < limit; n++) {
        stamp(file, n);
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block)
            break;
    }
    CHECK(n == limit || errno == ENOSPC);
    close(fd);
    return n;
}

static void verify(uint32_t file, uint32_t n)
{
    static uint32_t got[1024];
    char name[32];
    snprintf(name, sizeof name, "/tmp/f%u", file);
    int fd = open(name, O_RDONLY);
    uint32_t page = 0;

    for (; page < n; page++) {
        stamp(file, page);
        if (read(fd, got, sizeof got) != (ssize_t)sizeof got || memcmp(got, block, sizeof got) != 0)
            break;
    }
    CHECK(page == n && close(fd) == 0);
}

int main(void)
{
    enum { FILES = 64, PAGES = 512 };
    uint32_t pages[FILES] = {0}, n = 0, total = 0;

    for (; n < FILES; n++) {
        pages[n] = write_file(n, PAGES);
        total += pages[n];
        if (pages[n] < PAGES)
            break;
    }
    CHECK(n < FILES && total > 0); /* the machine is smaller than 128 MiB: it must have filled */
    for (uint32_t k = 0; k <= n && k < FILES; k++)
        verify(k, pages[k]);
    CHECK(write_file(FILES, 1) == 0);
    CHECK(unlink("/tmp/f0") == 0);
    CHECK(write_file(FILES + 1, pages[0] / 2) == pages[0] / 2); /* what one gives back another may take */
    verify(FILES + 1, pages[0] / 2);
    for (uint32_t k = 1; k <= n && k < FILES; k++)
        verify(k, pages[k]);
    return finish();
}
