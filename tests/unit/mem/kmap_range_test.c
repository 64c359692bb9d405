// SPDX-License-Identifier: BSD-3-Clause
// Ranges of the kernel map: guards, reuse, exhaustion.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "../../../lib/mem/kmap_range.h"

#undef assert
#define PAGE 4096ul

static void ranges_never_touch(void **state)
{
    struct kmap_window w = {.base = 0x100000, .end = 0x100000 + 400 * PAGE, .ranges = LIST_INIT(w.ranges)};
    struct kmap_range *r[200] = {0};

    for (int step = 0; step < 20000; step++) {
        int i = rand() % 200;
        struct kmap_range *a;
        vaddr_t last = w.base;

        if (r[i]) {
            assert_ptr_equal(kmap_range_find(&w, r[i]->start), r[i]);
            kmap_range_remove(&w, r[i]);
            free(r[i]);
            r[i] = NULL;
        } else {
            r[i] = malloc(sizeof(**r));
            if (kmap_range_insert(&w, r[i], (size_t)(rand() % 8 + 1) * PAGE)) {
                free(r[i]);
                r[i] = NULL;
            }
        }
        LIST_FOR_EACH(a, &w.ranges, link) {
            assert_true(a->start >= last + PAGE);
            last = a->end;
        }
        assert_true(last + PAGE <= w.end);
    }
    for (int i = 0; i < 200; i++)
        free(r[i]);
}

static void full_window_refuses(void **state)
{
    struct kmap_window w = {.base = 0, .end = 8 * PAGE, .ranges = LIST_INIT(w.ranges)};
    struct kmap_range a, b;

    assert_int_equal(kmap_range_insert(&w, &a, 7 * PAGE), -ENOMEM);
    assert_int_equal(kmap_range_insert(&w, &a, 6 * PAGE), 0);
    assert_int_equal(a.start, PAGE);
    assert_int_equal(kmap_range_insert(&w, &b, PAGE), -ENOMEM);
    assert_int_equal(kmap_range_insert(&w, &b, SIZE_MAX & ~(PAGE - 1)), -ENOMEM);
    kmap_range_remove(&w, &a);
    assert_int_equal(kmap_range_insert(&w, &b, 6 * PAGE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_never_touch),
        cmocka_unit_test(full_window_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
