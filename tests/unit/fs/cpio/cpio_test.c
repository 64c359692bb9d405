// SPDX-License-Identifier: BSD-3-Clause
// The cpio parser: good archives, every kind of bad one, and random damage under the sanitizers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpio/cpio.h>

struct seen {
    unsigned n;
    char names[256];
    size_t bytes;
};

static int note(const struct cpio_entry *e, void *arg)
{
    struct seen *s = arg;
    volatile char sum = 0;

    s->n++;
    snprintf(s->names + strlen(s->names), sizeof s->names - strlen(s->names), "%s;", e->name);
    s->bytes += e->size;
    for (size_t k = 0; k < e->size; k++)
        sum = (char)(sum + ((const char *)e->data)[k]); /* every byte must be readable */
    return 0;
}

static size_t add(char *out, size_t at, const char *name, const char *data)
{
    size_t n = strlen(data);

    at += (size_t)sprintf(out + at, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1, 0100644, 0, 0, 1, 0, n, 0, 0, 0, 0,
                          strlen(name) + 1, 0);
    memcpy(out + at, name, strlen(name) + 1);
    at += strlen(name) + 1;
    while (at % 4)
        out[at++] = 0;
    memcpy(out + at, data, n);
    at += n;
    while (at % 4)
        out[at++] = 0;
    return at;
}

static size_t sample(char *out)
{
    size_t at = add(out, 0, "dir/file", "hello");

    at = add(out, at, "b", "");
    at = add(out, at, "TRAILER!!!", "");
    memset(out + at, 0, 64);
    at = add(out, at + 64, "second", "archive");
    return add(out, at, "TRAILER!!!", "");
}

static void cpio_walk_of_two_archives_gives_all_members(void **state)
{
    char image[2048] = "";
    struct seen s = {0};
    const char *why = NULL, *rest = NULL;

    assert_int_equal(cpio_walk(image, sample(image), note, &s, &why, &rest), 0);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.bytes, 12);
    assert_string_equal(s.names, "dir/file;b;second;");
}

static void expect_bad(const void *bytes, size_t n, int error)
{
    struct seen s = {0};
    const char *why = NULL, *rest = NULL;
    char *copy = malloc(n + 1); /* its end is guarded */

    memcpy(copy, bytes, n);
    char *exact = realloc(copy, n ? n : 1);
    assert_int_equal(cpio_walk(exact, n, note, &s, &why, &rest), error);
    assert_non_null(why);
    free(exact);
}

static void cpio_walk_when_malformed_says_why(void **state)
{
    char image[2048] = "";
    size_t n = sample(image);

    expect_bad("070701", 6, -EINVAL);
    expect_bad("this is no archive and it is longer than a header so that only the magic can be what is wrong with it, right, yes?", 112, -EINVAL);
    image[20] = 'x';
    expect_bad(image, n, -EINVAL);
    expect_bad("\x1f\x8b\x08", 3, -EOPNOTSUPP);
    expect_bad("\x28\xb5\x2f\xfd", 4, -EOPNOTSUPP);
}

static void cpio_walk_when_cut_anywhere_stays_inside(void **state)
{
    char image[2048] = "";
    size_t n = sample(image);

    for (size_t cut = 0; cut <= n; cut++) {
        struct seen s = {0};
        const char *why = NULL, *rest = NULL;
        char *exact = malloc(cut ? cut : 1);
        memcpy(exact, image, cut);
        (void)!cpio_walk(exact, cut, note, &s, &why, &rest);
        free(exact);
    }
}

static void cpio_walk_when_damaged_at_random_stays_inside(void **state)
{
    char image[2048] = "";
    size_t n = sample(image);

    srand(7);
    for (int round = 0; round < 50000; round++) {
        struct seen s = {0};
        const char *why = NULL, *rest = NULL;
        char *copy = malloc(n);
        memcpy(copy, image, n);
        for (int k = rand() % 6; k >= 0; k--)
            copy[(size_t)rand() % n] = (char)("0123456789abcdefF/\0z"[rand() % 20]);
        (void)!cpio_walk(copy, n, note, &s, &why, &rest);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpio_walk_of_two_archives_gives_all_members), cmocka_unit_test(cpio_walk_when_malformed_says_why),
        cmocka_unit_test(cpio_walk_when_cut_anywhere_stays_inside), cmocka_unit_test(cpio_walk_when_damaged_at_random_stays_inside)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
