// SPDX-License-Identifier: BSD-3-Clause
// The kernel command line: words, quotes, options, mistakes.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "init/command_line.h"

static struct command_line parsed;
static char text[4096], why[128];

static int parse(const char *s)
{
    strncpy(text, s, sizeof(text) - 1);
    why[0] = 0;
    return command_line_parse(text, &parsed, why, sizeof(why));
}

static void parse_empty_line_gives_no_arguments(void **state)
{
    assert_int_equal(parse("  \t "), 0);
    assert_int_equal(parsed.n_arguments, 0);
}

static void parse_options_end_at_first_word(void **state)
{
    assert_int_equal(parse("--verbose a --strace -b"), 0);
    assert_true(parsed.verbose);
    assert_false(parsed.strace);
    assert_int_equal(parsed.n_arguments, 3);
    assert_string_equal(parsed.arguments[1], "--strace");
}

static void parse_options_end_at_double_dash(void **state)
{
    assert_int_equal(parse("--env=A=1 --env=B=2 --cwd=/tmp -- --verbose --"), 0);
    assert_int_equal(parsed.env.n, 2);
    assert_string_equal(parsed.env.words[1], "B=2");
    assert_string_equal(parsed.cwd, "/tmp");
    assert_int_equal(parsed.n_arguments, 2);
    assert_string_equal(parsed.arguments[1], "--");
    assert_false(parsed.verbose);
}

static void parse_quotes_and_escapes(void **state)
{
    assert_int_equal(parse("-- \"a \\\"b\\\" \\x41\\n\" 'c \\n' d\\ e \"\" x\"y z\"'w'"), 0);
    assert_int_equal(parsed.n_arguments, 5);
    assert_string_equal(parsed.arguments[0], "a \"b\" A\n");
    assert_string_equal(parsed.arguments[1], "c \\n");
    assert_string_equal(parsed.arguments[2], "d e");
    assert_string_equal(parsed.arguments[3], "");
    assert_string_equal(parsed.arguments[4], "xy zw");
}

static void parse_virtio_words_never_reach_the_program(void **state)
{
    assert_int_equal(parse("-- a virtio_mmio.device=512@0xfeb00e00:12 \"virtio_mmio.device=1\""), 0);
    assert_int_equal(parsed.n_arguments, 2);
    assert_int_equal(parsed.virtio_mmio.n, 1);
    assert_string_equal(parsed.virtio_mmio.words[0], "512@0xfeb00e00:12");
    assert_string_equal(parsed.arguments[1], "virtio_mmio.device=1");
}

static void parse_separators_only_unquoted(void **state)
{
    assert_int_equal(parse("a ; b \";\" &! &"), 0);
    assert_true(parsed.separator[1]);
    assert_false(parsed.separator[3]);
    assert_true(parsed.separator[4]);
    assert_true(parsed.separator[5]);
}

static void parse_delay_in_milliseconds(void **state)
{
    assert_int_equal(parse("--delay=1.25 --sampler=100"), 0);
    assert_int_equal(parsed.delay_ms, 1250);
    assert_int_equal(parsed.sampler_hz, 100);
}

static void parse_mistakes_are_refused(void **state)
{
    assert_int_equal(parse("--nonsense"), -EINVAL);
    assert_non_null(strstr(why, "--nonsense"));
    assert_int_equal(parse("-v"), -EINVAL);
    assert_int_equal(parse("--verbose=1"), -EINVAL);
    assert_int_equal(parse("--cwd"), -EINVAL);
    assert_int_equal(parse("--delay=abc"), -EINVAL);
    assert_int_equal(parse("--delay=1x"), -EINVAL);
    assert_int_equal(parse("a \"b"), -EINVAL);
    assert_int_equal(parse("a 'b"), -EINVAL);
}

static void parse_too_many_words_is_refused(void **state)
{
    static char many[4 * COMMAND_LINE_WORDS_MAX];
    for (int i = 0; i < COMMAND_LINE_WORDS_MAX + 1; i++)
        memcpy(many + 2 * i, "a ", 2);
    assert_int_equal(command_line_parse(many, &parsed, why, sizeof(why)), -E2BIG);
}

static void parse_single_dash_is_an_argument(void **state)
{
    assert_int_equal(parse("- x"), 0);
    assert_int_equal(parsed.n_arguments, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_empty_line_gives_no_arguments),
        cmocka_unit_test(parse_options_end_at_first_word),
        cmocka_unit_test(parse_options_end_at_double_dash),
        cmocka_unit_test(parse_quotes_and_escapes),
        cmocka_unit_test(parse_virtio_words_never_reach_the_program),
        cmocka_unit_test(parse_separators_only_unquoted),
        cmocka_unit_test(parse_delay_in_milliseconds),
        cmocka_unit_test(parse_mistakes_are_refused),
        cmocka_unit_test(parse_too_many_words_is_refused),
        cmocka_unit_test(parse_single_dash_is_an_argument),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
