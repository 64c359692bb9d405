// SPDX-License-Identifier: BSD-3-Clause
// Kernel objects: random use, debug checks, several CPUs at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../mem/machine.h"
#include <base/panic.h>
#include <mem/kalloc.h>

#undef assert

static int start(void **state)
{
    machine_start(64ul << 20);
    return 0;
}

enum { SLOTS = 2000 };

struct slot {
    unsigned char *p;
    size_t n;
    unsigned char stamp;
};

static unsigned step(unsigned *rng)
{
    *rng = *rng * 1664525u + 1013904223u;
    return *rng >> 8;
}

static void check(const struct slot *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->p[i] != s->stamp)
            abort();
    }
}

static void random_use(unsigned rng, int steps)
{
    struct slot *slots = calloc(SLOTS, sizeof(*slots));

    for (int i = 0; i < steps; i++) {
        struct slot *s = &slots[step(&rng) % SLOTS];

        if (s->p) {
            check(s);
            kfree(s->p);
            s->p = NULL;
            continue;
        }
        s->n = step(&rng) % (step(&rng) % 50 ? 700 : 20000) + 1;
        s->stamp = (unsigned char)step(&rng);
        s->p = kmalloc(s->n);
        if (s->p) {
            if ((uintptr_t)s->p % 16 != 0)
                abort();
            memset(s->p, s->stamp, s->n);
        }
    }
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].p) {
            check(&slots[i]);
            kfree(slots[i].p);
        }
    }
    free(slots);
}

static void random_use_keeps_contents_and_returns_all(void **state)
{
    struct kalloc_stats before, after;
    uint64_t free_before;

    kalloc_drain();
    frame_drain();
    free_before = frame_free_pages();
    kalloc_get_stats(&before);
    random_use(1, 200000);
    kalloc_drain();
    frame_drain();
    kalloc_get_stats(&after);
    assert_int_equal(after.objects, before.objects);
    assert_int_equal(after.large_pages, before.large_pages);
    assert_int_equal(frame_free_pages(), free_before);
}

static void *cpu_main(void *arg)
{
    host_cpu_enter((unsigned)(uintptr_t)arg);
    random_use((unsigned)(uintptr_t)arg * 77, 40000);
    kalloc_drain();
    frame_drain();
    host_cpu_leave();
    return NULL;
}

static void several_cpus_do_not_disturb_each_other(void **state)
{
    pthread_t t[3];
    struct kalloc_stats before, after;

    kalloc_drain();
    kalloc_get_stats(&before);
    for (uintptr_t i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, cpu_main, (void *)(i + 1));
    random_use(9, 40000);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    kalloc_drain();
    kalloc_get_stats(&after);
    assert_int_equal(after.objects, before.objects);
}

static jmp_buf caught;
static char message[200];

static void catch(const char *text)
{
    snprintf(message, sizeof(message), "%s", text);
    longjmp(caught, 1);
}

static void expect_panic(void (*fn)(void), const char *words)
{
    panic_set_handler(catch);
    message[0] = 0;
    if (!setjmp(caught)) {
        fn();
        fail_msg("no panic");
    }
    panic_set_handler(NULL);
    assert_non_null(strstr(message, words));
}

static void overrun(void)
{
    char *volatile p = kmalloc(21);

    p[21] = 1;
    kfree(p);
}

static void double_free(void)
{
    void *p = kmalloc(100);

    kfree(p);
    kfree(p);
}

static void use_after_free(void)
{
    char *volatile p = kmalloc(300);
    void *q[64];

    kfree(p);
    p[40] = 1;
    for (int i = 0; i < 64; i++)
        q[i] = kmalloc(300);
    (void)q;
}

static void debug_marks_catch_misuse(void **state)
{
    expect_panic(overrun, "overrun");
    expect_panic(double_free, "freed twice");
    expect_panic(use_after_free, "after it was freed");
}

static void zero_and_absurd_sizes(void **state)
{
    void *p = kmalloc(0);

    assert_non_null(p);
    kfree(p);
    kfree(NULL);
    assert_null(kmalloc(SIZE_MAX));
    assert_null(kcalloc(SIZE_MAX / 2, 3));
    assert_null(kmalloc((4ul << 20) + 1));
}

static void realloc_keeps_contents(void **state)
{
    char *p = kmalloc(10);

    strcpy(p, "ninechars");
    p = krealloc(p, 5000);
    assert_string_equal(p, "ninechars");
    p = krealloc(p, 16);
    assert_string_equal(p, "ninechars");
    mem_fail_after(0, 1);
    assert_null(krealloc(p, 4000));
    mem_fail_after(-1, 0);
    assert_string_equal(p, "ninechars");
    kfree(p);
}

static void caches_align_and_destroy(void **state)
{
    struct kmem_cache *c = kmem_cache_create("odd", 100, 64);
    void *p[100];

    for (int i = 0; i < 100; i++) {
        p[i] = kmem_cache_zalloc(c);
        assert_int_equal((uintptr_t)p[i] % 64, 0);
    }
    for (int i = 0; i < 100; i++)
        kmem_cache_free(c, p[i]);
    kmem_cache_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_use_keeps_contents_and_returns_all),
        cmocka_unit_test(several_cpus_do_not_disturb_each_other),
        cmocka_unit_test(zero_and_absurd_sizes),
        cmocka_unit_test(realloc_keeps_contents),
        cmocka_unit_test(caches_align_and_destroy),
        cmocka_unit_test(debug_marks_catch_misuse),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
