// SPDX-License-Identifier: BSD-3-Clause
// The kernel's memory and string functions beside the host's.
#include "test.h"

/* The room's own, under the names that keep them apart from the host's. */
void *osv_memcpy(void *dst, const void *src, size_t n);
void *osv_memmove(void *dst, const void *src, size_t n);
void *osv_memset(void *dst, int c, size_t n);
int osv_memcmp(const void *a, const void *b, size_t n);
void *osv_memchr(const void *s, int c, size_t n);
size_t osv_strlen(const char *s);
int osv_strcmp(const char *a, const char *b);
int osv_strncmp(const char *a, const char *b, size_t n);
char *osv_strchr(const char *s, int c);
char *osv_strrchr(const char *s, int c);
char *osv_strstr(const char *h, const char *n);
size_t osv_strlcpy(char *dst, const char *src, size_t n);
size_t osv_strlcat(char *dst, const char *src, size_t n);
bool string_starts_with(const char *s, const char *prefix);
bool string_match(const char *pattern, const char *s);
int string_parse_u64(const char *s, unsigned base, const char **end, uint64_t *value);
int string_parse_size(const char *s, const char **end, uint64_t *value);

static void fill(unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)rand();
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void moves_and_fills_match_the_host(void **state)
{
    unsigned char a[600], b[600];

    for (int step = 0; step < 20000; step++) {
        size_t n = (size_t)rand() % (step % 2 ? 40 : 300), from = (size_t)rand() % 250, to = (size_t)rand() % 250;

        fill(a, sizeof(a));
        memcpy(b, a, sizeof(a));
        memmove(a + to, a + from, n);
        osv_memmove(b + to, b + from, n);
        assert_memory_equal(a, b, sizeof(a));
        memset(a + from, (int)n, n);
        osv_memset(b + from, (int)n, n);
        assert_memory_equal(a, b, sizeof(a));
        if (n <= 300) {
            memcpy(a + 300, a, n);
            osv_memcpy(b + 300, b, n);
            assert_memory_equal(a, b, sizeof(a));
        }
    }
}

static void comparison_matches_the_host(void **state)
{
    unsigned char a[100], b[100];

    for (int step = 0; step < 20000; step++) {
        size_t n = (size_t)rand() % 100;

        fill(a, n);
        memcpy(b, a, n);
        if (n && step % 2)
            b[(size_t)rand() % n]++;
        assert_int_equal(sign(osv_memcmp(a, b, n)), sign(memcmp(a, b, n)));
        assert_ptr_equal(osv_memchr(a, 7, n), memchr(a, 7, n));
    }
}

static void strings_match_the_host(void **state)
{
    static const char *const words[] = {"", "a", "ab", "abc", "abcabc", "cab", "/usr//lib/", "\xff\x01"};

    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(osv_strlen(words[i]), strlen(words[i]));
        assert_ptr_equal(osv_strchr(words[i], 'b'), strchr(words[i], 'b'));
        assert_ptr_equal(osv_strchr(words[i], 0), strchr(words[i], 0));
        assert_ptr_equal(osv_strrchr(words[i], '/'), strrchr(words[i], '/'));
        for (size_t j = 0; j < 8; j++) {
            assert_int_equal(sign(osv_strcmp(words[i], words[j])), sign(strcmp(words[i], words[j])));
            assert_int_equal(sign(osv_strncmp(words[i], words[j], 2)), sign(strncmp(words[i], words[j], 2)));
            assert_ptr_equal(osv_strstr(words[i], words[j]), strstr(words[i], words[j]));
        }
    }
}

static void bounded_copies_terminate(void **state)
{
    char buf[5] = "xxxx";

    assert_int_equal(osv_strlcpy(buf, "abcdefg", sizeof(buf)), 7);
    assert_string_equal(buf, "abcd");
    assert_int_equal(osv_strlcpy(buf, "ab", sizeof(buf)), 2);
    assert_int_equal(osv_strlcat(buf, "cdef", sizeof(buf)), 6);
    assert_string_equal(buf, "abcd");
    assert_int_equal(osv_strlcpy(buf, "zz", 0), 2);
    assert_string_equal(buf, "abcd");
}

static void patterns(void **state)
{
    assert_true(string_match("vm_*", "vm_fault"));
    assert_true(string_match("*", ""));
    assert_true(string_match("a*b*c", "axxbyybzc"));
    assert_false(string_match("a*b*c", "axxbyybz"));
    assert_true(string_match("a?c", "abc"));
    assert_false(string_match("a?c", "ac"));
    assert_true(string_starts_with("--env=A", "--env="));
    assert_false(string_starts_with("--en", "--env="));
}

static void numbers(void **state)
{
    const char *end;
    uint64_t v = 1;

    assert_int_equal(string_parse_u64("0x1fF", 0, NULL, &v), 0);
    assert_int_equal(v, 0x1ff);
    assert_int_equal(string_parse_u64("010", 0, NULL, &v), 0);
    assert_int_equal(v, 8);
    assert_int_equal(string_parse_u64("18446744073709551615", 10, NULL, &v), 0);
    assert_int_equal(v, UINT64_MAX);
    assert_int_equal(string_parse_u64("18446744073709551616", 10, NULL, &v), -ERANGE);
    assert_int_equal(string_parse_u64("", 10, NULL, &v), -EINVAL);
    assert_int_equal(string_parse_u64("12x", 10, NULL, &v), -EINVAL);
    assert_int_equal(string_parse_u64("12x", 10, &end, &v), 0);
    assert_string_equal(end, "x");
    assert_int_equal(string_parse_u64("0x", 0, &end, &v), 0);
    assert_string_equal(end, "x");
    assert_int_equal(string_parse_size("3M", NULL, &v), 0);
    assert_int_equal(v, 3 << 20);
    assert_int_equal(string_parse_size("17179869184G", NULL, &v), -ERANGE);
    assert_int_equal(string_parse_size("3Mx", NULL, &v), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_and_fills_match_the_host), cmocka_unit_test(comparison_matches_the_host),
        cmocka_unit_test(strings_match_the_host),         cmocka_unit_test(bounded_copies_terminate),
        cmocka_unit_test(patterns),                       cmocka_unit_test(numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
