// SPDX-License-Identifier: BSD-3-Clause
// Where the memory of a small program goes on the smallest machine: a table, and a check that it leaves nothing unexplained.
#include "check.h"
#include <osv/memory.h>

static unsigned long shown;

static void show(const char *what, unsigned long bytes)
{
    printf("| %-34s | %5lu |\n", what, bytes >> 10);
    shown += bytes;
}

int main(void)
{
    struct osv_memory_stats s;
    unsigned long parts;

    printf("| %-34s | %5s |\n|%s|%s|\n", "of a machine's memory", "KiB", "------------------------------------", "------:"); /* stdout's buffer too */
    CHECK(osv_memory_get_stats(&s, sizeof(s)) == 0);
    parts = s.image_constants + s.image_code + s.image_data;
    show("image: constants", s.image_constants);
    show("image: code", s.image_code);
    show("image: data, stacks of start-up", s.image_data);
    show("below 1 MiB, tables of the image", s.image > parts ? s.image - parts : 0);
    show("page records", s.metadata);
    show("page tables of the kernel", s.kernel_tables);
    show("kernel stacks and the like", s.kernel_mapped);
    show("kernel objects", s.kernel_objects);
    show("page cache", s.page_cache);
    show("program: heap, stack, mappings", s.resident);
    show("program: page tables", s.program_tables);
    show("free", s.free);
    printf("| %-34s | %5lu |\n", "in all", (unsigned long)(s.total >> 10));
    CHECK(shown <= s.total + 65536 && shown + 65536 >= s.total); /* per-CPU stocks of frames are in neither row */
    return finish();
}
