// SPDX-License-Identifier: BSD-3-Clause
// The frame allocator: random use against a shadow map, hostile memory maps, failure injection.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <arch/boot_handoff.h>
#include <arch/host.h>
#include <mem/frame.h>
#include <mem/shrinker.h>

#undef assert
#define MIB (1ul << 20)
#define MACHINE (64 * MIB)

static uint32_t rng = 12345;

static uint32_t rnd(void)
{
    rng = rng * 1664525u + 1013904223u;
    return rng >> 8;
}

/* One machine for all tests: RAM with holes, out of order, overlapping, beyond the address width. */
static int start(void **state)
{
    struct boot_handoff h = *host_machine_create(MACHINE);

    h.n_regions = 7;
    h.regions[0] = (struct boot_region){16 * MIB, 40 * MIB + 123, BOOT_REGION_RAM};
    h.regions[1] = (struct boot_region){1, 0x9fc00, BOOT_REGION_RAM};
    h.regions[2] = (struct boot_region){30 * MIB, 64 * MIB, BOOT_REGION_RAM};
    h.regions[3] = (struct boot_region){1 * MIB, 16 * MIB, BOOT_REGION_RAM};
    h.regions[4] = (struct boot_region){20 * MIB + 5, 20 * MIB + 9000, BOOT_REGION_RESERVED};
    h.regions[5] = (struct boot_region){UINT64_C(1) << 60, UINT64_C(1) << 61, BOOT_REGION_RAM};
    h.regions[6] = (struct boot_region){50 * MIB, 40 * MIB, BOOT_REGION_RAM};
    h.image_start = 1 * MIB;
    h.image_end = 1 * MIB + 170000;
    h.initrd_start = 48 * MIB;
    h.initrd_end = 49 * MIB + 1;
    memset((void *)arch_host_linear_base, 0xdb, MACHINE);
    return mem_init(&h);
}

static void free_pages_account_for_everything(void **state)
{
    struct frame_stats s;
    uint64_t ram = 0x9f - 1 + (63 * MIB >> 12) - 3; /* page 0 is reserved but part of the low region */

    frame_get_stats(&s);
    assert_int_equal(s.total_pages + s.metadata_bytes / 4096, ram);
    assert_int_equal(s.free_pages + s.reserved_pages, s.total_pages);
}

enum { SLOTS = 600 };
static struct {
    struct frame *f;
    unsigned order;
    uint32_t stamp;
} slots[SLOTS];
static uint8_t owner[MACHINE >> 12];

static bool usable(uint64_t pfn)
{
    uint64_t pa = pfn << 12;

    if (pa == 0 || pa >= MACHINE || (pa >= 0x9f000 && pa < MIB))
        return false;
    if (pa < MIB + 172032 && pa >= MIB)
        return false;
    if (pa >= 20 * MIB && pa < 20 * MIB + 12288)
        return false;
    return !(pa >= 48 * MIB && pa < 49 * MIB + 4096);
}

static void claim(unsigned i)
{
    uint64_t pfn = frame_number(slots[i].f);

    assert_int_equal(pfn & ((1u << slots[i].order) - 1), 0);
    for (unsigned k = 0; k < 1u << slots[i].order; k++) {
        assert_true(usable(pfn + k));
        assert_int_equal(owner[pfn + k], 0);
        owner[pfn + k] = 1;
        *(uint32_t *)phys_to_virt((pfn + k) << 12) = slots[i].stamp;
    }
}

static void release(unsigned i)
{
    uint64_t pfn = frame_number(slots[i].f);

    for (unsigned k = 0; k < 1u << slots[i].order; k++) {
        assert_int_equal(*(uint32_t *)phys_to_virt((pfn + k) << 12), slots[i].stamp);
        owner[pfn + k] = 0;
    }
    if (rnd() % 2)
        frame_free(slots[i].f, slots[i].order);
    else
        frame_put(slots[i].f);
    slots[i].f = NULL;
}

static void random_use_never_overlaps_and_all_comes_back(void **state)
{
    uint64_t before;
    struct frame_stats s;

    frame_drain();
    before = frame_free_pages();
    for (int step = 0; step < 200000; step++) {
        unsigned i = rnd() % SLOTS;

        if (slots[i].f) {
            release(i);
            continue;
        }
        slots[i].order = rnd() % 4 ? rnd() % 3 : rnd() % (FRAME_ORDER_MAX + 1);
        slots[i].stamp = rnd();
        slots[i].f = frame_alloc(slots[i].order, rnd() % 8 ? 0 : FRAME_ZERO);
        if (slots[i].f)
            claim(i);
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        if (slots[i].f)
            release(i);
    }
    frame_drain();
    assert_int_equal(frame_free_pages(), before);
    frame_get_stats(&s);
    assert_true(s.free_blocks[FRAME_ORDER_MAX] >= 10);
}

static void zero_flag_clears(void **state)
{
    struct frame *f = frame_alloc(3, 0);
    const unsigned char *p;

    memset(frame_to_virt(f), 0xff, 8 * 4096);
    frame_free(f, 3);
    f = frame_alloc(3, FRAME_ZERO);
    p = frame_to_virt(f);
    for (unsigned i = 0; i < 8 * 4096; i++)
        assert_int_equal(p[i], 0);
    frame_free(f, 3);
}

static void split_block_frees_page_by_page(void **state)
{
    uint64_t before;
    struct frame *f;

    frame_drain();
    before = frame_free_pages();
    f = frame_alloc(FRAME_ORDER_HUGE, 0);
    assert_non_null(f);
    frame_split(f, FRAME_ORDER_HUGE);
    for (unsigned i = 0; i < 512; i++) {
        assert_int_equal(frame_refs(&f[i]), 1);
        frame_put(&f[i]);
    }
    frame_drain();
    assert_int_equal(frame_free_pages(), before);
}

static void references_keep_a_frame(void **state)
{
    struct frame *f = frame_alloc(0, 0);
    uint64_t used;

    used = frame_free_pages();
    frame_get(f);
    frame_put(f);
    assert_int_equal(frame_refs(f), 1);
    assert_int_equal(frame_free_pages(), used);
    frame_put(f);
}

static void injected_failure_hits_the_nth(void **state)
{
    struct frame *a, *b, *c;

    mem_fail_after(1, 1);
    a = frame_alloc(0, 0);
    b = frame_alloc(0, 0);
    c = frame_alloc(0, 0);
    mem_fail_after(-1, 0);
    assert_non_null(a);
    assert_null(b);
    assert_non_null(c);
    frame_put(a);
    frame_put(c);
}

static struct frame *hoard[MACHINE >> 12];
static unsigned n_hoard;
static unsigned shrink_calls;

static size_t shrink(struct shrinker *s, size_t want)
{
    size_t n = 0;

    shrink_calls++;
    for (; n < want && n_hoard; n++)
        frame_put(hoard[--n_hoard]);
    return n;
}

static void exhaustion_asks_shrinkers_then_fails(void **state)
{
    static struct shrinker s = {.shrink = shrink, .priority = SHRINK_LAST, .name = "hoard"};
    struct frame *f;

    while ((f = frame_alloc(0, FRAME_NOWAIT)))
        hoard[n_hoard++] = f;
    assert_null(frame_alloc(0, FRAME_NOWAIT));
    shrinker_register(&s);
    f = frame_alloc(0, 0);
    assert_non_null(f);
    assert_int_equal(shrink_calls, 1);
    frame_put(f);
    shrinker_unregister(&s);
    while (n_hoard)
        frame_put(hoard[--n_hoard]);
    frame_drain();
}

static void released_boot_memory_becomes_free(void **state)
{
    uint64_t before = frame_free_pages();
    struct frame *f;
    bool seen = false;

    frame_release_range(48 * MIB, 49 * MIB);
    assert_int_equal(frame_free_pages(), before + 256);
    while ((f = frame_alloc(0, FRAME_NOWAIT))) {
        hoard[n_hoard++] = f;
        seen |= frame_to_phys(f) == 48 * MIB + 4096;
    }
    assert_true(seen);
    while (n_hoard)
        frame_put(hoard[--n_hoard]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_pages_account_for_everything),
        cmocka_unit_test(random_use_never_overlaps_and_all_comes_back),
        cmocka_unit_test(zero_flag_clears),
        cmocka_unit_test(split_block_frees_page_by_page),
        cmocka_unit_test(references_keep_a_frame),
        cmocka_unit_test(injected_failure_hits_the_nth),
        cmocka_unit_test(exhaustion_asks_shrinkers_then_fails),
        cmocka_unit_test(released_boot_memory_becomes_free),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
