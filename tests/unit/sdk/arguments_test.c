// SPDX-License-Identifier: BSD-3-Clause
// Tests of how osv-cc reads a compiler's command line.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a request holds lives as long as the command. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static struct request parse(int argc, const char *const *argv)
{
    struct request request = {0};
    request_parse(&request, argc, (char **)argv);
    return request;
}

#define PARSE(...) \
    parse((int)(sizeof((const char *const[]){"osv-cc", __VA_ARGS__}) / sizeof(char *)), (const char *const[]){"osv-cc", __VA_ARGS__})

static void expect_passed(const struct request *request, const char *joined)
{
    struct text text = {0};
    for (size_t i = 0; i < request->passed.count; i++)
        text_printf(&text, "%s%s", i ? " " : "", request->passed.items[i]);
    assert_string_equal(text_string(&text), joined);
    text_fini(&text);
}

static void request_parse_compile_only_does_not_link(void **state)
{
    (void)state;
    struct request request = PARSE("-c", "x.c", "-o", "x.o");
    assert_false(request.links);
    assert_true(request.has_sources);
    expect_passed(&request, "-c x.c -o x.o");
}

static void request_parse_link_drops_what_an_image_cannot_be(void **state)
{
    (void)state;
    struct request request = PARSE("-pie", "-rdynamic", "x.o", "-Wl,-Bdynamic", "-lgcc_s", "-Wl,--as-needed,-dynamic-linker,/lib/ld.so,-z,now",
                                   "-Wl,-z,relro,-z,noexecstack", "-nodefaultlibs", "-o", "out", "-Xlinker", "-export-dynamic");
    assert_true(request.links);
    assert_false(request.has_sources);
    assert_string_equal(request.output, "out");
    expect_passed(&request, "x.o -Wl,--as-needed -Wl,-z,noexecstack -o out");
}

static void request_parse_value_of_an_option_is_no_file(void **state)
{
    (void)state;
    struct request request = PARSE("-MF", "x.cc", "-v");
    assert_false(request.has_input);
    assert_false(request.is_cxx);
}

static void request_parse_cxx_source_makes_it_cxx(void **state)
{
    (void)state;
    assert_true(PARSE("a.cpp").is_cxx);
    assert_true(PARSE("-x", "c++", "-").is_cxx);
    assert_false(PARSE("a.c").is_cxx);
}

static void request_parse_reads_response_files(void **state)
{
    (void)state;
    char path[] = "/tmp/osv-arguments-test-XXXXXX", at[64];
    int fd = mkstemp(path);
    static const char content[] = "-o \"out file\"\nx\\ y.o -pie\n'-Wl,-Bdynamic'";
    assert_int_equal(write(fd, content, sizeof(content) - 1), sizeof(content) - 1);
    close(fd);
    snprintf(at, sizeof(at), "@%s", path);
    struct request request = PARSE(at);
    unlink(path);
    assert_string_equal(request.output, "out file");
    expect_passed(&request, "-o out file x y.o");
}

static void request_parse_own_options_are_not_passed(void **state)
{
    (void)state;
    struct request request = PARSE("--osv-profile=debug", "--osv-syscalls=all", "x.c");
    assert_string_equal(request.profile, "debug");
    assert_int_equal(request.syscalls, SYSCALLS_ALL);
    expect_passed(&request, "x.c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_parse_compile_only_does_not_link),
        cmocka_unit_test(request_parse_link_drops_what_an_image_cannot_be),
        cmocka_unit_test(request_parse_value_of_an_option_is_no_file),
        cmocka_unit_test(request_parse_cxx_source_makes_it_cxx),
        cmocka_unit_test(request_parse_reads_response_files),
        cmocka_unit_test(request_parse_own_options_are_not_passed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
