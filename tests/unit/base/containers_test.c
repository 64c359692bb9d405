// SPDX-License-Identifier: BSD-3-Clause
// Lists, bitmaps, rings, hashes, overflow checks, reference counts and tracepoints.
#include "test.h"
#include <base/atomic.h>
#include <base/bitmap.h>
#include <base/hash.h>
#include <base/list.h>
#include <base/overflow.h>
#include <base/ring.h>
#include <base/tracepoint.h>
#include <pthread.h>

struct item {
    int n;
    struct list_node link;
};

static void list_keeps_order_through_all_operations(void **state)
{
    struct list_node head = LIST_INIT(head), other = LIST_INIT(other);
    struct item items[6], *i, *next;
    int expected[] = {0, 1, 2, 3, 4, 5}, at = 0;

    for (int n = 0; n < 6; n++)
        items[n].n = n;
    assert_null(list_pop_front(&head));
    list_push_back(&head, &items[1].link);
    list_push_front(&head, &items[0].link);
    list_push_back(&other, &items[4].link);
    list_push_back(&other, &items[5].link);
    list_insert_after(&items[1].link, &items[3].link);
    list_insert_before(&items[3].link, &items[2].link);
    list_splice_back(&head, &other);
    assert_true(list_empty(&other));
    LIST_FOR_EACH(i, &head, link)
        assert_int_equal(i->n, expected[at++]);
    LIST_FOR_EACH_REVERSE(i, &head, link)
        assert_int_equal(i->n, expected[--at]);
    LIST_FOR_EACH_SAFE(i, next, &head, link) {
        if (i->n % 2)
            list_remove(&i->link);
    }
    list_remove(&items[1].link); /* again: nothing happens */
    assert_int_equal(list_count(&head), 3);
    assert_ptr_equal(list_first_entry(&head, struct item, link), &items[0]);
    assert_ptr_equal(list_last_entry(&head, struct item, link), &items[4]);
}

static void bitmap_agrees_with_an_array(void **state)
{
    enum { BITS = 200 };
    DECLARE_BITMAP(map, BITS) = {0};
    bool plain[BITS] = {0};

    for (int step = 0; step < 5000; step++) {
        size_t first = (size_t)rand() % BITS, n = (size_t)rand() % (BITS - first + 1), from = (size_t)rand() % BITS, want;
        bool on = rand() % 2;

        (on ? bitmap_set_range : bitmap_clear_range)(map, first, n);
        memset(plain + first, on, n);
        for (want = from; want < BITS && !plain[want];)
            want++;
        assert_int_equal(bitmap_find_set(map, BITS, from), want);
        for (want = from; want < BITS && plain[want];)
            want++;
        assert_int_equal(bitmap_find_clear(map, BITS, from), want);
        for (want = from; want < BITS; want++) {
            if (want + 7 > BITS)
                want = BITS - 1;
            else if (!memchr(plain + want, 1, 7))
                break;
        }
        assert_int_equal(bitmap_find_clear_run(map, BITS, from, 7), want);
        want = 0;
        for (int i = 0; i < BITS; i++)
            want += plain[i];
        assert_int_equal(bitmap_count(map, BITS), want);
    }
    assert_int_equal(bits_log2_up(1), 0);
    assert_int_equal(bits_log2_up(4096), 12);
    assert_int_equal(bits_log2_up(4097), 13);
}

static struct ring shared_ring;

static void *produce(void *arg)
{
    unsigned char next = 0;

    for (size_t done = 0; done < 300000;) {
        unsigned char chunk[37];
        size_t n;

        for (unsigned i = 0; i < sizeof(chunk); i++)
            chunk[i] = (unsigned char)(next + i);
        n = ring_write(&shared_ring, chunk, sizeof(chunk));
        next = (unsigned char)(next + n);
        done += n;
    }
    return NULL;
}

static void ring_passes_bytes_between_threads(void **state)
{
    static unsigned char storage[64];
    unsigned char expected = 0;
    pthread_t t;

    ring_init(&shared_ring, storage, sizeof(storage));
    pthread_create(&t, NULL, produce, NULL);
    for (size_t done = 0; done < 300000;) {
        unsigned char chunk[50];
        size_t n = ring_read(&shared_ring, chunk, sizeof(chunk));

        for (size_t i = 0; i < n; i++, expected++) {
            if (chunk[i] != expected)
                fail_msg("byte %zu", done + i);
        }
        done += n;
        assert_true(ring_used(&shared_ring) <= sizeof(storage));
    }
    pthread_join(t, NULL);
}

static void overflow_is_seen(void **state)
{
    uint64_t r;

    assert_true(add_overflow(UINT64_MAX, 1u, &r));
    assert_false(add_overflow(UINT64_MAX - 1, 1u, &r));
    assert_int_equal(size_mul(SIZE_MAX / 2, 3), SIZE_MAX);
    assert_int_equal(size_add(SIZE_MAX, 1), SIZE_MAX);
    assert_int_equal(size_mul(6, 7), 42);
    assert_true(range_inside(10, 5, 15));
    assert_false(range_inside(10, 6, 15));
    assert_false(range_inside(UINT64_MAX, 2, 15));
    assert_true(ranges_overlap(0, 10, 9, 1));
    assert_false(ranges_overlap(0, 10, 10, 1));
}

static void references_end_once(void **state)
{
    struct refcount r = REFCOUNT_INIT(1);

    refcount_get(&r);
    assert_false(refcount_put(&r));
    assert_true(refcount_put(&r));
    assert_false(refcount_get_unless_zero(&r));
}

static void hashes_spread(void **state)
{
    unsigned buckets[64] = {0};

    for (uint64_t i = 0; i < 6400; i++)
        buckets[hash_bits(i << 12, 6)]++;
    for (int i = 0; i < 64; i++)
        assert_in_range(buckets[i], 40, 160);
    assert_int_not_equal(hash_bytes("abc", 3, 1), hash_bytes("abd", 3, 1));
    assert_int_not_equal(hash_bytes("abc", 3, 1), hash_bytes("abc", 3, 2));
    assert_int_not_equal(hash_name("a", 1), hash_name("b", 1));
}

DEFINE_TRACEPOINT(test_alpha, "%lu");
DEFINE_TRACEPOINT(test_beta, "%lu");
static uint64_t hits, last;

static void count_hit(const struct tracepoint *point, const uint64_t args[4])
{
    hits++;
    last = args[0];
}

static void tracepoints_report_when_switched_on(void **state)
{
    tracepoint_set_sink(count_hit);
    TRACE(test_alpha, 1, 0, 0, 0);
    assert_int_equal(hits, 0);
    assert_int_equal(tracepoint_enable("test_a*", true), 1);
    TRACE(test_alpha, 5, 0, 0, 0);
    TRACE(test_beta, 6, 0, 0, 0);
    assert_int_equal(hits, 1);
    assert_int_equal(last, 5);
    assert_int_equal(tracepoint_enable("test_*", false), 2);
    TRACE(test_alpha, 7, 0, 0, 0);
    assert_int_equal(hits, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_keeps_order_through_all_operations),
        cmocka_unit_test(bitmap_agrees_with_an_array),
        cmocka_unit_test(ring_passes_bytes_between_threads),
        cmocka_unit_test(overflow_is_seen),
        cmocka_unit_test(references_end_once),
        cmocka_unit_test(hashes_spread),
        cmocka_unit_test(tracepoints_report_when_switched_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
