// SPDX-License-Identifier: BSD-3-Clause
// Tests of ELF inspection: good files are told apart, damaged ones refused with a reason.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "accel.h"
#include "image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/osv-image-test-XXXXXX";
static int fd = -1;
static unsigned char original[4096];
static size_t original_bytes;

static int make_file(void **state)
{
    (void)state;
    fd = mkstemp(path);
    if (fd < 0 || accel_write_probe(fd) != 0)
        return -1;
    original_bytes = (size_t)pread(fd, original, sizeof(original), 0);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    close(fd);
    return unlink(path);
}

static void restore(void)
{
    assert_int_equal(ftruncate(fd, (off_t)original_bytes), 0);
    assert_int_equal(pwrite(fd, original, original_bytes, 0), original_bytes);
}

static void image_open_probe_guest_is_bare(void **state)
{
    (void)state;
    struct image image;
    struct text why = {0};
    restore();
    assert_true(image_open(&image, path, &why));
    assert_int_equal(image.kind, IMAGE_BARE);
    assert_true(image.has_pvh);
    assert_false(image.has_writable_code);
    assert_int_equal(image.load_end, 0x100000 + original_bytes);
    image_close(&image);
}

static void image_open_own_test_is_program(void **state)
{
    (void)state;
    struct image image;
    struct text why = {0};
    assert_true(image_open(&image, "/proc/self/exe", &why));
    assert_int_equal(image.kind, IMAGE_PROGRAM);
    assert_non_null(image.interpreter);
    assert_true(image.is_dynamic);
    image_close(&image);
}

/* Every single damaged byte and every length: either accepted or refused with a reason, never a fault. */
static void image_open_damaged_files_never_fault(void **state)
{
    (void)state;
    struct image image;
    static const unsigned char patterns[] = {0x00, 0xff, 0x7f, 0x80, 0x01};
    for (size_t at = 0; at < original_bytes; at++)
        for (size_t p = 0; p < sizeof(patterns); p++) {
            struct text why = {0};
            restore();
            assert_int_equal(pwrite(fd, &patterns[p], 1, (off_t)at), 1);
            if (image_open(&image, path, &why))
                image_close(&image);
            else
                assert_true(why.length > 20);
            text_fini(&why);
        }
    for (size_t length = 0; length < original_bytes; length++) {
        struct text why = {0};
        restore();
        assert_int_equal(ftruncate(fd, (off_t)length), 0);
        assert_false(image_open(&image, path, &why));
        assert_null(strchr(text_string(&why), '\n'));
        text_fini(&why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_open_probe_guest_is_bare),
        cmocka_unit_test(image_open_own_test_is_program),
        cmocka_unit_test(image_open_damaged_files_never_fault),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
