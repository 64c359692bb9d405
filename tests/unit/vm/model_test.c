// SPDX-License-Identifier: BSD-3-Clause
// The same random memory calls on this room and on the Linux that runs the test: same results, same contents.

/*
 * Both sides own a window of the address space. Calls are chosen at random, with good and bad arguments, made on both sides,
 * and their results compared; after each sequence every page of the window is read (and its writability probed) on both.
 * Left out: addresses that the kernel chooses freely, and mremap over pieces that were mapped by different calls, because
 * Linux joins those or not depending on which were touched.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../mem/machine.h"
#include "soft_mmu.h"
#include <vm/object.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#undef assert
#define PAGE 4096ul
#define WINDOW 0x2000000000ul
enum { PAGES = 48, FILE_PAGES = 12, OPS = 14 };

static struct address_space *space;
static struct vm_object *object;
static int memfd, memfd_reader;
static int piece[PAGES]; /* which call mapped the page; 0: none */
static int next_piece;
static uint64_t rng, sequence;

static unsigned rnd(unsigned n)
{
    rng = rng * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(rng >> 33) % n;
}

static const int prots[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
                            PROT_READ, PROT_READ | PROT_WRITE | PROT_EXEC, 0x10000000};

static long linux_result(long r)
{
    return r == -1 ? -errno : r;
}

static bool verbose;

static void expect_same(const char *call, long ours, long theirs)
{
    if (verbose)
        printf("    %s = %lx\n", call, theirs);
    if (ours == theirs)
        return;
    fail_msg("sequence %llu: %s: %ld (%lx), on Linux %ld (%lx)", (unsigned long long)sequence, call, ours, ours, theirs, theirs);
}

/* A range in the window, sometimes over its end or misaligned. */
static void pick_range(vaddr_t *start, size_t *length)
{
    unsigned first = rnd(PAGES), n = 1 + rnd(8);

    if (first + n > PAGES)
        n = PAGES - first;
    *start = WINDOW + first * PAGE;
    *length = n * PAGE;
    if (rnd(24) == 0)
        *start += 1 + rnd(4000);
    if (rnd(24) == 0)
        *length = 0;
    if (rnd(6) == 0 && *length)
        *length -= rnd(4000);
    if (verbose)
        printf("  %lx+%lx\n", *start, *length);
}

static void set_piece(vaddr_t start, size_t length, int id)
{
    for (unsigned i = (start - WINDOW) / PAGE; i < (start - WINDOW + length + PAGE - 1) / PAGE && i < PAGES; i++)
        piece[i] = id;
}

/* The mapped pages of the range may have become areas of their own: newer Linux moves several at once, so that is not compared. */
static void renew_piece(vaddr_t start, size_t length)
{
    unsigned first = start < WINDOW ? 0 : (start - WINDOW) / PAGE;
    int last = -1;

    for (unsigned i = first; i < (start - WINDOW + length + PAGE - 1) / PAGE && i < PAGES; i++) {
        if (piece[i] != last)
            next_piece++;
        last = piece[i];
        piece[i] = last ? next_piece : 0;
    }
}

static void op_map(void)
{
    struct vm_map_request r = {0};
    bool file = rnd(3) == 0, reader = file && rnd(4) == 0; /* through a descriptor that cannot write */
    long ours, theirs;

    pick_range(&r.addr, &r.length);
    if (r.addr + r.length > WINDOW + PAGES * PAGE)
        return;
    r.prot = prots[rnd(7)];
    r.flags = (rnd(2) ? MAP_PRIVATE : MAP_SHARED) | (file ? 0 : MAP_ANONYMOUS);
    r.flags |= rnd(4) ? MAP_FIXED : MAP_FIXED_NOREPLACE;
    if (rnd(6) == 0)
        r.flags |= MAP_POPULATE;
    if (rnd(10) == 0)
        r.flags |= MAP_NORESERVE;
    if (file) {
        r.object = object;
        r.offset = rnd(FILE_PAGES) * PAGE;
        r.may_write = !reader;
        if (reader && (r.flags & MAP_SHARED))
            r.prot &= ~PROT_WRITE; /* the system call's own check */
    }
    if (verbose)
        printf("    prot %x flags %x file %d offset %lx size %lx\n", r.prot, r.flags, file, r.offset, object->size_bytes);
    theirs = linux_result(syscall(SYS_mmap, r.addr, r.length, r.prot, r.flags, file ? reader ? memfd_reader : memfd : -1, r.offset));
    ours = vm_map(space, &r);
    expect_same("mmap", ours, theirs);
    if (ours > 0)
        set_piece(r.addr, r.length, ++next_piece);
}

static void op_unmap(void)
{
    vaddr_t start;
    size_t length;
    long ours, theirs;

    pick_range(&start, &length);
    theirs = linux_result(syscall(SYS_munmap, start, length));
    ours = vm_unmap(space, start, length);
    expect_same("munmap", ours, theirs);
    if (ours == 0)
        set_piece(start, length, 0);
}

static void op_protect(void)
{
    vaddr_t start;
    size_t length;
    int prot = prots[rnd(8)];

    pick_range(&start, &length);
    if (verbose)
        printf("    prot %x\n", prot);
    long theirs = linux_result(mprotect((void *)start, length, prot));

    expect_same("mprotect", vm_protect(space, start, length, prot), theirs);
    renew_piece(start, length);
}

static void op_advise(void)
{
    static const int advices[] = {MADV_DONTNEED, MADV_DONTNEED, MADV_NORMAL, MADV_WILLNEED, MADV_POPULATE_READ,
                                  MADV_POPULATE_WRITE, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK,
                                  MADV_DONTDUMP, MADV_DODUMP, 12345, MADV_REMOVE, MADV_RANDOM, MADV_SEQUENTIAL,
                                  MADV_COLD, MADV_PAGEOUT, MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_HUGEPAGE, MADV_NOHUGEPAGE};
    int advice = advices[rnd(sizeof(advices) / sizeof(*advices))];
    vaddr_t start;
    size_t length;

    pick_range(&start, &length);
    if (verbose)
        printf("    advice %d\n", advice);
    long theirs = linux_result(madvise((void *)start, length, advice));

    if (theirs == -EINVAL && (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE) && start % PAGE == 0)
        return; /* an older kernel, or the same refusal */
    expect_same("madvise", vm_advise(space, start, length, advice), theirs);
    renew_piece(start, length);
}

static void op_remap(void)
{
    vaddr_t old, fresh;
    size_t old_length, new_length;
    int flags = (int)rnd(2) | (rnd(2) ? MREMAP_MAYMOVE | MREMAP_FIXED : 0) | (rnd(8) ? 0 : MREMAP_DONTUNMAP);
    unsigned first, last;
    long ours, theirs;

    pick_range(&old, &old_length);
    pick_range(&fresh, &new_length);
    if (fresh + new_length > WINDOW + PAGES * PAGE || !(flags & MREMAP_FIXED))
        flags &= ~(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    if (!(flags & MREMAP_FIXED) && old + new_length > WINDOW + PAGES * PAGE)
        return;
    first = (old - WINDOW) / PAGE;
    last = (old - WINDOW + (old_length ? old_length - 1 : 0)) / PAGE;
    for (unsigned i = first; i <= last && i < PAGES; i++) {
        if (piece[i] != piece[first])
            return;
    }
    theirs = linux_result((long)mremap((void *)old, old_length, new_length, flags, (void *)fresh));
    ours = vm_remap(space, old, old_length, new_length, flags, fresh);
    expect_same("mremap", ours, theirs);
    if (ours <= 0)
        return;
    if (!(flags & MREMAP_DONTUNMAP) && old_length)
        set_piece(old, old_length, 0);
    set_piece((vaddr_t)ours, new_length, ++next_piece);
}

static void op_write(void)
{
    unsigned char value = (unsigned char)(1 + rnd(255));
    vaddr_t at = WINDOW + rnd(PAGES) * PAGE + rnd(PAGE);
    struct iovec local = {&value, 1}, remote = {(void *)at, 1};
    long theirs = process_vm_writev(getpid(), &local, 1, &remote, 1, 0) == 1;

    expect_same("write access", soft_write(space, at, &value, 1), theirs);
}

static void op_truncate(void)
{
    uint64_t size = rnd(FILE_PAGES + 1) * PAGE + (rnd(3) ? 0 : rnd(PAGE));

    assert_int_equal(ftruncate(memfd, (off_t)size), 0);
    page_cache_truncate(object, size);
}

static long copy_to_buffer(void *cursor, void *bytes, size_t n)
{
    char **p = cursor;

    memcpy(*p, bytes, n);
    *p += n;
    return (long)n;
}

static long copy_from_buffer(void *cursor, void *bytes, size_t n)
{
    char **p = cursor;

    memcpy(bytes, *p, n);
    *p += n;
    return (long)n;
}

static void op_file_io(void)
{
    char ours[3 * PAGE], theirs[3 * PAGE];
    char *cursor = ours;
    uint64_t pos = rnd(FILE_PAGES * PAGE);
    size_t n = 1 + rnd(sizeof(ours) - 1);

    if (pos >= object->size_bytes)
        return;
    n = n < object->size_bytes - pos ? n : object->size_bytes - pos;
    if (rnd(2)) {
        assert_int_equal(pread(memfd, theirs, n, (off_t)pos), n);
        assert_int_equal(page_cache_read(object, pos, n, copy_to_buffer, &cursor), n);
        assert_memory_equal(ours, theirs, n);
    } else {
        memset(ours, (int)rnd(256), n);
        assert_int_equal(pwrite(memfd, ours, n, (off_t)pos), n);
        assert_int_equal(page_cache_write(object, pos, n, copy_from_buffer, &cursor), n);
    }
}

static void op_sync(void)
{
    static const int flags[] = {MS_SYNC, MS_ASYNC, MS_SYNC | MS_ASYNC, MS_INVALIDATE, 0, 64};
    int f = flags[rnd(6)];
    vaddr_t start;
    size_t length;

    pick_range(&start, &length);
    long theirs = linux_result(msync((void *)start, length, f));

    expect_same("msync", vm_sync(space, start, length, f), theirs);
}

static void op_lock(void)
{
    int flags = (int)rnd(2), call = (int)rnd(3);
    vaddr_t start;
    size_t length;
    long theirs;

    pick_range(&start, &length);
    if (start + length > WINDOW + (PAGES - 1) * PAGE)
        return;
    if (verbose)
        printf("    call %d flags %d\n", call, flags);
    if (call == 0) {
        theirs = linux_result(syscall(SYS_munlock, start, length));
        expect_same("munlock", vm_unlock(space, start, length), theirs);
    } else {
        flags |= rnd(16) ? 0 : 2;
        theirs = linux_result(syscall(SYS_mlock2, start, length, flags));
        expect_same("mlock2", vm_lock(space, start, length, flags), theirs);
    }
    renew_piece(start & -PAGE, length + start % PAGE);
}

/* Bytes beyond the file's end, holes and private copies are resident or not by the kernel's own policy: only the result is compared. */
static void op_incore(void)
{
    unsigned char theirs_vec[16], ours_vec[16];
    vaddr_t start;
    size_t length;

    pick_range(&start, &length);
    long theirs = linux_result(mincore((void *)start, length, theirs_vec));

    expect_same("mincore", vm_incore(space, start, length, ours_vec), theirs);
}

static void op_hint(void)
{
    struct vm_map_request r = {.prot = PROT_READ, .flags = MAP_PRIVATE | MAP_ANONYMOUS};
    long ours, theirs;
    bool in_theirs, in_ours;

    pick_range(&r.addr, &r.length);
    theirs = linux_result(syscall(SYS_mmap, r.addr, r.length, r.prot, r.flags, -1, 0));
    ours = vm_map(space, &r);
    if (theirs < 0 || ours < 0) {
        expect_same("mmap with hint", ours, theirs);
        return;
    }
    in_theirs = (vaddr_t)theirs >= WINDOW && (vaddr_t)theirs < WINDOW + PAGES * PAGE;
    in_ours = (vaddr_t)ours >= WINDOW && (vaddr_t)ours < WINDOW + PAGES * PAGE;
    assert_int_equal(in_theirs, in_ours);
    if (in_ours) {
        expect_same("mmap with hint", ours, theirs);
        set_piece((vaddr_t)ours, r.length, ++next_piece);
        return;
    }
    munmap((void *)theirs, r.length);
    assert_int_equal(vm_unmap(space, (vaddr_t)ours, r.length), 0);
}

static void (*const ops[])(void) = {op_map,  op_map,      op_map,     op_unmap,    op_protect, op_protect, op_advise,
                                    op_remap, op_remap,   op_write,   op_write,    op_write,   op_write,   op_truncate,
                                    op_file_io, op_sync,  op_lock,    op_hint, op_incore, op_lock};

static void compare_windows(void)
{
    for (unsigned i = 0; i < PAGES; i++) {
        static char theirs[PAGE], ours[PAGE];
        struct iovec local = {theirs, PAGE}, remote = {(void *)(WINDOW + i * PAGE), PAGE};
        bool readable = process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)PAGE;
        struct vm_fault_result why;
        const char *p = soft_mmu_at(space, WINDOW + i * PAGE, false, &why);

        if (readable != (p != NULL))
            fail_msg("sequence %llu: page %u: readable %d, on Linux %d", (unsigned long long)sequence, i, p != NULL, readable);
        if (!p)
            continue;
        memcpy(ours, p, PAGE);
        assert_memory_equal(ours, theirs, PAGE);
    }
}

static void one_sequence(uint64_t seed)
{
    sequence = seed;
    rng = seed * 0x9e3779b97f4a7c15ull + 1;
    munmap((void *)WINDOW, PAGES * PAGE);
    assert_int_equal(vm_unmap(space, WINDOW, PAGES * PAGE), 0);
    assert_int_equal(ftruncate(memfd, 0), 0);
    page_cache_truncate(object, 0);
    assert_int_equal(ftruncate(memfd, (off_t)(FILE_PAGES * PAGE)), 0);
    page_cache_truncate(object, FILE_PAGES * PAGE);
    memset(piece, 0, sizeof(piece));
    for (int i = 0; i < OPS; i++)
        ops[rnd(sizeof(ops) / sizeof(*ops))]();
    compare_windows();
}

static void random_calls_agree_with_linux(void **state)
{
    const char *wanted = getenv("VM_MODEL_SEQUENCES"), *from = getenv("VM_MODEL_FIRST");
    uint64_t n = wanted ? strtoull(wanted, NULL, 0) : 20000;
    uint64_t first = from ? strtoull(from, NULL, 0) : 1;
    uint64_t free_before;

    verbose = getenv("VM_MODEL_VERBOSE");
    one_sequence(0);
    frame_drain();
    for (uint64_t seed = first; seed < first + n; seed++) {
        if (verbose)
            printf("sequence %llu\n", (unsigned long long)seed);
        one_sequence(seed);
    }
    /* nothing leaks: an empty window again leaves as many frames */
    vm_unmap(space, WINDOW, PAGES * PAGE);
    page_cache_truncate(object, 0);
    frame_drain();
    free_before = frame_free_pages();
    for (uint64_t seed = first; seed < first + 300; seed++)
        one_sequence(seed);
    vm_unmap(space, WINDOW, PAGES * PAGE);
    page_cache_truncate(object, 0);
    frame_drain();
    assert_in_range(frame_free_pages(), free_before - 8, free_before + 8);
}

/* Pages far apart, one at a time: the tables that they needed come back. */
static void tables_of_small_mappings_are_freed(void **state)
{
    const vaddr_t base = WINDOW + (1ul << 30);
    uint64_t free_before;
    char c = 1;

    for (unsigned i = 0; i < 400; i++) {
        struct vm_map_request r = {.addr = base + i * (2ul << 20) + i * PAGE, .length = PAGE, .prot = PROT_READ | PROT_WRITE,
                                   .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED};

        assert_int_equal(vm_map(space, &r), r.addr);
        assert_true(soft_write(space, r.addr, &c, 1));
        assert_int_equal(vm_unmap(space, r.addr, PAGE), 0);
        frame_drain();
        if (i == 0)
            free_before = frame_free_pages();
    }
    assert_in_range(frame_free_pages(), free_before - 4, free_before + 4); /* one table above for each GiB, small change in caches */
}

static int start(void **state)
{
    const struct vm_limits limits = {.as_bytes = UINT64_MAX,
                                     .data_bytes = UINT64_MAX,
                                     .stack_bytes = 8 << 20,
                                     .memlock_bytes = UINT64_MAX,
                                     .max_map_count = 65530};
    struct frame *root;
    char path[32];

    machine_start(256ul << 20);
    root = frame_alloc(0, FRAME_ZERO);
    host_set_kernel_root(frame_to_phys(root));
    object = vm_object_create_anon(0);
    memfd = memfd_create("model", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", memfd);
    memfd_reader = open(path, O_RDONLY);
    assert_true(memfd_reader >= 0);
    return address_space_create(&limits, &space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_calls_agree_with_linux),
        cmocka_unit_test(tables_of_small_mappings_are_freed),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
