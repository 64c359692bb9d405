// SPDX-License-Identifier: BSD-3-Clause
// Formatting beside the host's snprintf; log and panic on top of it.
#include "test.h"
#include <base/format.h>
#include <base/log.h>
#include <base/panic.h>

#undef assert
#define SAME(...)                                                                                            \
    do {                                                                                                     \
        char ours[100], theirs[100];                                                                         \
        int n = format_string(ours, sizeof(ours), __VA_ARGS__);                                              \
                                                                                                             \
        assert_int_equal(n, snprintf(theirs, sizeof(theirs), __VA_ARGS__));                                  \
        assert_string_equal(ours, theirs);                                                                   \
    } while (0)

static void conversions_match_the_host(void **state)
{
    SAME("%d %i %u %x %X %o", -5, 7, 3000000000u, 0xabcdef, 0xABC, 8);
    SAME("%ld %lu %lx %lld %zu %jd %td", -1L, ~0UL, 255L, -9223372036854775807LL - 1, (size_t)77, (intmax_t)-3, (ptrdiff_t)4);
    SAME("%hhd %hd %hhu %hu", 300, 70000, 300, 70000);
    SAME("[%5d] [%-5d] [%05d] [%+d] [% d] [%5.3d] [%.0d]", 42, 42, 42, 42, 42, 7, 0);
    SAME("[%#x] [%#o] [%#x] [%08lx] [%-#10x]", 255, 8, 0, 0xbeefL, 12);
    SAME("[%s] [%10s] [%-10s] [%.2s] [%*s] [%.*s]", "abc", "abc", "abc", "abc", 6, "x", 1, "yz");
    SAME("[%c] [%3c] [%-3c] %%", 'a', 'b', 'c');
    SAME("%*d|%-*d|%*d", 5, 1, 5, 2, -5, 3);
    SAME("%p", (void *)0x1234);
}

static void cut_text_is_terminated_and_counted(void **state)
{
    char buf[6] = "zzzzz";
    size_t used = 0;

    assert_int_equal(format_string(buf, sizeof(buf), "%s", "abcdefgh"), 8);
    assert_string_equal(buf, "abcde");
    assert_int_equal(format_string(buf, 0, "%d", 100), 3);
    format_append(buf, sizeof(buf), &used, "%d", 12);
    format_append(buf, sizeof(buf), &used, "%d", 3456);
    format_append(buf, sizeof(buf), &used, "%d", 7);
    assert_string_equal(buf, "12345");
    assert_int_equal(used, 7);
}

static char logged[300];
static int lines;

static void sink(enum log_level level, const char *text, size_t n)
{
    snprintf(logged, sizeof(logged), "%d:%.*s", level, (int)n, text);
    lines++;
}

static void log_filters_and_bounds(void **state)
{
    char big[400];

    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = 0;
    log_error("nobody listens");
    log_set_sink(sink);
    log_info("hidden");
    assert_int_equal(lines, 0);
    log_warn("shown %d", 5);
    assert_string_equal(logged, "1:shown 5");
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug("%s", big);
    assert_int_equal(strlen(logged), 2 + 255);
    for (int i = 0; i < 3; i++)
        log_once("once");
    assert_int_equal(lines, 3);
    log_set_sink(NULL);
}

static jmp_buf caught;
static char last_words[300];

static void handler(const char *message)
{
    snprintf(last_words, sizeof(last_words), "%s", message);
    longjmp(caught, 1);
}

static void panic_reaches_the_handler(void **state)
{
    panic_set_handler(handler);
    if (!setjmp(caught))
        panic("bad %s %d", "thing", 3);
    assert_string_equal(last_words, "bad thing 3");
    if (!setjmp(caught))
        panic_assert("x == 1", "file.c", 12);
    assert_string_equal(last_words, "assertion failed: x == 1 (file.c:12)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_match_the_host),
        cmocka_unit_test(cut_text_is_terminated_and_counted),
        cmocka_unit_test(log_filters_and_bounds),
        cmocka_unit_test(panic_reaches_the_handler),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
