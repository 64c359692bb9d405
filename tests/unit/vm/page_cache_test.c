// SPDX-License-Identifier: BSD-3-Clause
// The page cache over a pager that counts, fails and remembers: one copy, write-back, reclaim, truncation.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../mem/machine.h"
#include "soft_mmu.h"
#include <mem/shrinker.h>
#include <vm/object.h>

#undef assert
enum { DISK_PAGES = 256 };
#define PAGE 4096ul

static char disk[DISK_PAGES * PAGE];
static unsigned pages_read, pages_written, announced;
static int fail_reads, fail_writes;
static struct address_space *space;

static int disk_read(struct vm_object *o, uint64_t first, struct frame **pages, unsigned n)
{
    if (fail_reads)
        return -EIO;
    for (unsigned i = 0; i < n; i++)
        memcpy(frame_to_virt(pages[i]), disk + (first + i) * PAGE, PAGE);
    pages_read += n;
    return 0;
}

static int disk_write(struct vm_object *o, uint64_t first, struct frame **pages, unsigned n)
{
    if (fail_writes)
        return -EIO;
    for (unsigned i = 0; i < n; i++)
        memcpy(disk + (first + i) * PAGE, frame_to_virt(pages[i]), PAGE);
    pages_written += n;
    return 0;
}

static int disk_mkwrite(struct vm_object *o, uint64_t index)
{
    announced++;
    return 0;
}

static const struct pager_ops ops = {
    .name = "disk", .read_pages = disk_read, .write_pages = disk_write, .page_mkwrite = disk_mkwrite};
static struct vm_object file;

static int fresh(void **state)
{
    for (size_t i = 0; i < sizeof(disk); i++)
        disk[i] = (char)(i / PAGE + i);
    pages_read = pages_written = announced = 0;
    fail_reads = fail_writes = 0;
    vm_object_init(&file, &ops, sizeof(disk), NULL);
    return 0;
}

static int gone(void **state)
{
    vm_object_destroy_pages(&file);
    return 0;
}

static long out(void *cursor, void *bytes, size_t n)
{
    char **p = cursor;

    memcpy(*p, bytes, n);
    *p += n;
    return (long)n;
}

static long in(void *cursor, void *bytes, size_t n)
{
    char **p = cursor;

    memcpy(bytes, *p, n);
    *p += n;
    return (long)n;
}

static void reading_reads_ahead_and_only_once(void **state)
{
    char buf[3 * PAGE], *p = buf;

    assert_int_equal(page_cache_read(&file, 100, sizeof(buf), out, &p), sizeof(buf));
    assert_memory_equal(buf, disk + 100, sizeof(buf));
    assert_in_range(pages_read, 4, 16);
    unsigned before = pages_read;

    p = buf;
    assert_int_equal(page_cache_read(&file, 100, sizeof(buf), out, &p), sizeof(buf));
    assert_int_equal(pages_read, before);
}

static void a_failed_read_is_reported_and_tried_again(void **state)
{
    char c, *p = &c;

    fail_reads = 1;
    assert_int_equal(page_cache_read(&file, 5000, 1, out, &p), -EIO);
    assert_int_equal(file.n_pages, 0);
    fail_reads = 0;
    assert_int_equal(page_cache_read(&file, 5000, 1, out, &p), 1);
    assert_int_equal(c, disk[5000]);
}

static void written_pages_reach_the_disk_in_order(void **state)
{
    char buf[5 * PAGE], *p = buf;

    memset(buf, 0x5a, sizeof(buf));
    assert_int_equal(page_cache_write(&file, 10 * PAGE + 7, sizeof(buf), in, &p), sizeof(buf));
    assert_int_equal(pages_written, 0);
    assert_int_equal(file.n_dirty, 6);
    assert_int_equal(page_cache_sync(&file, 0, UINT64_MAX), 0);
    assert_int_equal(pages_written, 6);
    assert_int_equal(file.n_dirty, 0);
    assert_memory_equal(disk + 10 * PAGE + 7, buf, sizeof(buf));
    assert_int_equal(disk[10 * PAGE + 6], (char)(10 + 10 * PAGE + 6)); /* around it nothing changed */
    assert_int_equal(disk[15 * PAGE + 7], (char)(15 + 15 * PAGE + 7));
}

static void a_failed_write_stays_dirty(void **state)
{
    char c = 1, *p = &c;

    assert_int_equal(page_cache_write(&file, 77, 1, in, &p), 1);
    fail_writes = 1;
    assert_int_equal(page_cache_sync(&file, 0, UINT64_MAX), -EIO);
    assert_int_equal(file.n_dirty, 1);
    fail_writes = 0;
    assert_int_equal(page_cache_sync(&file, 0, UINT64_MAX), 0);
    assert_int_equal(disk[77], 1);
}

static vaddr_t map_file(int flags)
{
    const struct vm_map_request r = {.length = sizeof(disk),
                                     .prot = PROT_READ | PROT_WRITE,
                                     .flags = flags,
                                     .object = &file,
                                     .may_write = true};
    long at = vm_map(space, &r);

    assert_true(at > 0);
    return (vaddr_t)at;
}

static void a_shared_mapping_is_the_same_copy_and_tracks_dirt(void **state)
{
    vaddr_t at = map_file(MAP_SHARED);
    char c = 9, *p = &c;
    char seen;

    assert_true(soft_read(space, at + 3 * PAGE + 1, &seen, 1));
    assert_int_equal(seen, disk[3 * PAGE + 1]);
    assert_int_equal(page_cache_write(&file, 3 * PAGE + 1, 1, in, &p), 1);
    assert_true(soft_read(space, at + 3 * PAGE + 1, &seen, 1));
    assert_int_equal(seen, 9);
    assert_int_equal(page_cache_sync(&file, 0, UINT64_MAX), 0);
    c = 11;
    assert_true(soft_write(space, at + 3 * PAGE + 2, &c, 1));
    assert_int_equal(announced, 1);
    assert_int_equal(file.n_dirty, 1);
    assert_int_equal(vm_sync(space, at, sizeof(disk), MS_SYNC), 0);
    assert_int_equal(disk[3 * PAGE + 2], 11);
    assert_int_equal(file.n_dirty, 0);
    c = 12; /* clean again, so the next write is seen again */
    assert_true(soft_write(space, at + 3 * PAGE + 2, &c, 1));
    assert_int_equal(announced, 2);
    assert_int_equal(file.n_dirty, 1);
    assert_int_equal(vm_unmap(space, at, sizeof(disk)), 0);
}

static void a_private_mapping_keeps_its_writes(void **state)
{
    vaddr_t at = map_file(MAP_PRIVATE);
    char c = 42, seen;

    assert_true(soft_write(space, at + PAGE, &c, 1));
    assert_true(soft_read(space, at + PAGE, &seen, 1));
    assert_int_equal(seen, 42);
    assert_int_equal(file.n_dirty, 0);
    assert_int_equal(announced, 0);
    assert_int_equal(vm_unmap(space, at, sizeof(disk)), 0);
}

static void behind_the_end_there_is_sigbus(void **state)
{
    vaddr_t at = map_file(MAP_SHARED);
    struct vm_fault_result why;
    char c;

    assert_true(soft_read(space, at + 20 * PAGE, &c, 1));
    page_cache_truncate(&file, 5 * PAGE + 100);
    assert_false(vm_fault(space, at + 20 * PAGE, VM_READ, &why));
    assert_int_equal(why.signo, SIGBUS);
    assert_true(soft_read(space, at + 5 * PAGE + 200, &c, 1));
    assert_int_equal(c, 0);
    assert_int_equal(vm_unmap(space, at, sizeof(disk)), 0);
}

static void reading_errors_are_sigbus(void **state)
{
    vaddr_t at = map_file(MAP_SHARED);
    struct vm_fault_result why;

    fail_reads = 1;
    assert_false(vm_fault(space, at, VM_READ, &why));
    assert_int_equal(why.signo, SIGBUS);
    assert_int_equal(vm_unmap(space, at, sizeof(disk)), 0);
}

static void reclaim_takes_clean_pages_and_cleans_dirty_ones(void **state)
{
    char buf[PAGE], *p;

    for (unsigned i = 0; i < DISK_PAGES; i++) {
        p = buf;
        assert_int_equal(page_cache_read(&file, i * PAGE, PAGE, out, &p), PAGE);
    }
    buf[0] = 99;
    p = buf;
    assert_int_equal(page_cache_write(&file, 0, 1, in, &p), 1);
    assert_int_equal(file.n_pages, DISK_PAGES);
    assert_true(shrink_memory(DISK_PAGES) >= DISK_PAGES - 1);
    assert_in_range(file.n_pages, 0, 1);
    assert_int_equal(disk[0], 99);
    p = buf;
    assert_int_equal(page_cache_read(&file, 100 * PAGE, PAGE, out, &p), PAGE);
    assert_memory_equal(buf, disk + 100 * PAGE, PAGE);
}

static void reclaim_unmaps_what_is_mapped_but_not_locked(void **state)
{
    vaddr_t at = map_file(MAP_SHARED);
    char c;

    for (unsigned i = 0; i < DISK_PAGES; i++)
        assert_true(soft_read(space, at + i * PAGE, &c, 1));
    c = 77;
    assert_true(soft_write(space, at + 5 * PAGE, &c, 1));
    assert_int_equal(vm_lock(space, at + 8 * PAGE, 4 * PAGE, 0), 0);
    assert_int_equal(file.n_pages, DISK_PAGES);
    assert_true(shrink_memory(DISK_PAGES) >= DISK_PAGES - 8);
    assert_in_range(file.n_pages, 4, 8);
    assert_int_equal(disk[5 * PAGE], 77);
    for (unsigned i = 0; i < DISK_PAGES; i++) {
        assert_true(soft_read(space, at + i * PAGE, &c, 1));
        assert_int_equal(c, disk[i * PAGE]);
    }
    assert_int_equal(vm_unmap(space, at, sizeof(disk)), 0);
}

static void want_of_memory_is_an_error_not_a_crash(void **state)
{
    for (long n = 0; n < 12; n++) {
        char c, *p = &c;
        long r;

        mem_fail_after(n, 1);
        r = page_cache_read(&file, (uint64_t)(n * 17 % DISK_PAGES) * PAGE, 1, out, &p);
        mem_fail_after(-1, 0);
        assert_true(r == 1 || r == -ENOMEM);
    }
}

static int start(void **state)
{
    const struct vm_limits limits = {UINT64_MAX, UINT64_MAX, 8 << 20, UINT64_MAX, 65530, false};

    machine_start(64ul << 20);
    host_set_kernel_root(frame_to_phys(frame_alloc(0, FRAME_ZERO)));
    return address_space_create(&limits, &space);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fresh, gone)
    const struct CMUnitTest tests[] = {
        CASE(reading_reads_ahead_and_only_once),
        CASE(a_failed_read_is_reported_and_tried_again),
        CASE(written_pages_reach_the_disk_in_order),
        CASE(a_failed_write_stays_dirty),
        CASE(a_shared_mapping_is_the_same_copy_and_tracks_dirt),
        CASE(a_private_mapping_keeps_its_writes),
        CASE(behind_the_end_there_is_sigbus),
        CASE(reading_errors_are_sigbus),
        CASE(reclaim_takes_clean_pages_and_cleans_dirty_ones),
        CASE(reclaim_unmaps_what_is_mapped_but_not_locked),
        CASE(want_of_memory_is_an_error_not_a_crash),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
