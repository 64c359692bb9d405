// SPDX-License-Identifier: BSD-3-Clause
// Tests of the kernel command line that osv run writes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guest_cmdline.h"

static void expect_word(const char *word, const char *written)
{
    struct text line = {0};
    guest_word_append(&line, word);
    assert_string_equal(text_string(&line), written);
    text_fini(&line);
}

static void guest_word_append_plain_word_stays(void **state)
{
    (void)state;
    expect_word("plain", "plain");
    expect_word("--opt=a,b/c:d", "--opt=a,b/c:d");
    expect_word("\xc3\xa9", "\xc3\xa9");
}

static void guest_word_append_blank_or_empty_is_quoted(void **state)
{
    (void)state;
    expect_word("", "\"\"");
    expect_word("a b", "\"a b\"");
    expect_word("\t", "\"\\t\"");
}

static void guest_word_append_specials_are_escaped(void **state)
{
    (void)state;
    expect_word("a\"b\\c", "\"a\\\"b\\\\c\"");
    expect_word("x\ny\r", "\"x\\ny\\r\"");
    expect_word("\x01\x7f\x1b", "\"\\x01\\x7f\\e\"");
    expect_word("it's", "\"it's\"");
}

static void guest_word_append_kernel_words_are_quoted(void **state)
{
    (void)state;
    expect_word(";", "\";\"");
    expect_word("&!", "\"&!\"");
    expect_word("virtio_mmio.device=512@0xfeb00000:5", "\"virtio_mmio.device=512@0xfeb00000:5\"");
}

static void guest_cmdline_build_separates_options_from_arguments(void **state)
{
    (void)state;
    struct words options = {0}, arguments = {0};
    struct text line = {0};
    words_add(&options, "--verbose");
    guest_cmdline_build(&line, &options, &arguments);
    assert_string_equal(text_string(&line), "--verbose");
    text_clear(&line);
    words_add(&arguments, "--help");
    guest_cmdline_build(&line, &options, &arguments);
    assert_string_equal(text_string(&line), "--verbose -- --help");
    words_fini(&options);
    words_fini(&arguments);
    text_fini(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guest_word_append_plain_word_stays),
        cmocka_unit_test(guest_word_append_blank_or_empty_is_quoted),
        cmocka_unit_test(guest_word_append_specials_are_escaped),
        cmocka_unit_test(guest_word_append_kernel_words_are_quoted),
        cmocka_unit_test(guest_cmdline_build_separates_options_from_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
