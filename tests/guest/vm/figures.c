// SPDX-License-Identifier: BSD-3-Clause
// <osv/memory.h>: figures that add up, no page both writable and executable, memory that comes back, pressure that is heard.
#include <errno.h>
#include <osv/memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHECK(x)                                                                                             \
    do {                                                                                                     \
        if (!(x)) {                                                                                          \
            printf("line %d: %s (errno %d)\n", __LINE__, #x, errno);                                         \
            return 1;                                                                                        \
        }                                                                                                    \
    } while (0)

int main(void)
{
    struct osv_memory_stats a, b;
    char *p;

    CHECK(osv_memory_get_stats(&a, sizeof(a)) == 0);
    CHECK(osv_memory_get_stats((void *)8, sizeof(a)) == -1 && errno == EFAULT);
    printf("RAM %lu KiB: image %lu, page records %lu, kernel tables %lu, kernel objects %lu, program %lu, free %lu\n",
           (unsigned long)(a.total >> 10), (unsigned long)(a.image >> 10), (unsigned long)(a.metadata >> 10),
           (unsigned long)(a.kernel_tables >> 10), (unsigned long)(a.kernel_objects >> 10), (unsigned long)(a.resident >> 10),
           (unsigned long)(a.free >> 10));
    CHECK(a.image + a.metadata + a.kernel_tables + a.kernel_objects + a.resident + a.free <= a.total);
    CHECK(a.writable_executable_pages == 0);
    CHECK(a.writable_code_aliases == 0); /* nor through the kernel's own map of memory */

    p = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
    memset(p, 1, 16 << 20);
    CHECK(osv_memory_get_stats(&b, sizeof(b)) == 0);
    CHECK(b.resident >= a.resident + (16 << 20) && b.free <= a.free - (16 << 20));
    CHECK(munmap(p, 16 << 20) == 0);
    CHECK(osv_memory_get_stats(&b, sizeof(b)) == 0);
    CHECK(b.free + (1 << 20) >= a.free && b.peak_resident >= a.resident + (16 << 20));

    p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
    p[0] = 1;
    CHECK(osv_memory_get_stats(&b, sizeof(b)) == 0 && b.writable_executable_pages == 1);
    CHECK(osv_memory_wait_pressure(0) == 0);
    CHECK(osv_memory_wait_pressure(5) == 0);
    return 0;
}
