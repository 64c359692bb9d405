// SPDX-License-Identifier: BSD-3-Clause
// Tests of what osv run does to the guest's output.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "console_filter.h"

#include <string.h>

static bool describe(void *context, uint64_t address, struct text *out)
{
    (void)context;
    if (address != 0x100010 && address != 0x10001f)
        return false;
    text_printf(out, "f() at f.c:%d", (int)(address & 0xff));
    return true;
}

/* Feed @input in pieces of every size: the result may not depend on them. */
static void expect(const char *input, size_t length, bool strip_cr, const char *output, int status)
{
    for (size_t piece = 1; piece <= length; piece++) {
        struct console_filter filter = {.strip_cr = strip_cr, .describe = describe};
        struct text out = {0};
        console_filter_init(&filter);
        for (size_t at = 0; at < length; at += piece)
            console_filter_feed(&filter, input + at, length - at < piece ? length - at : piece, &out);
        console_filter_end(&filter, &out);
        assert_string_equal(text_string(&out), output);
        assert_int_equal(filter.exit_status, status);
        text_fini(&out);
        console_filter_fini(&filter);
    }
}

#define EXPECT(input, strip, output, status) expect(input, sizeof(input) - 1, strip, output, status)

static void console_filter_feed_strips_terminal_line_ends_only_if_asked(void **state)
{
    (void)state;
    EXPECT("a\r\nb\r\n", true, "a\nb\n", -1);
    EXPECT("a\r\nb\r\n", false, "a\r\nb\r\n", -1);
    EXPECT("a\r\r\nb\rc\r", true, "a\r\nb\rc\r", -1);
}

static void console_filter_feed_takes_exit_report_out(void **state)
{
    (void)state;
    EXPECT("bye\r\n\x1eosv-exit 139\n", true, "bye\n", 139);
    EXPECT("\x1eosv-exit 0\r\n", true, "", 0);
    EXPECT("no newline\x1eosv-exit 7\n", true, "no newline", 7);
    EXPECT("a\x1eosv-input\nb\x1eosv-exit 7\n", true, "ab", 7);
}

static void console_filter_feed_passes_what_only_looks_like_a_report(void **state)
{
    (void)state;
    EXPECT("\x1eosv-exit \n", true, "\x1eosv-exit \n", -1);
    EXPECT("\x1eosv-exit 1234\n", true, "\x1eosv-exit 1234\n", -1);
    EXPECT("a\x1e" "b", true, "a\x1e" "b", -1);
    EXPECT("\x1eosv-e", true, "\x1eosv-e", -1);
    EXPECT("\x1e\x1eosv-exit 3\n", true, "\x1e", 3);
}

static void console_filter_feed_explains_frames(void **state)
{
    (void)state;
    EXPECT("  #0 0x0000000000100010\r\n", true, "  #0 0x0000000000100010  f() at f.c:16\n", -1);
    EXPECT("  #1 0x0000000000100020 f+0x20\n", true, "  #1 0x0000000000100020 f+0x20  f() at f.c:31\n", -1);
    EXPECT("  #0 0x00000000deadbeef\n", true, "  #0 0x00000000deadbeef\n", -1);
    EXPECT("  #0 0x0000000000100010 f g.c:3\n", true, "  #0 0x0000000000100010 f g.c:3\n", -1);
    EXPECT("0x0000000000100010\n", true, "0x0000000000100010\n", -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(console_filter_feed_strips_terminal_line_ends_only_if_asked),
        cmocka_unit_test(console_filter_feed_takes_exit_report_out),
        cmocka_unit_test(console_filter_feed_passes_what_only_looks_like_a_report),
        cmocka_unit_test(console_filter_feed_explains_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
