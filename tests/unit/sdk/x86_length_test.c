// SPDX-License-Identifier: BSD-3-Clause
// Tests of the instruction walker.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "x86_length.h"

#include <string.h>

#define EXPECT(length, ...) \
    assert_int_equal(x86_length((const uint8_t[]){__VA_ARGS__, 0x90, 0x90}, sizeof((const uint8_t[]){__VA_ARGS__}) + 2), length)

static void x86_length_knows_the_common_forms(void **state)
{
    (void)state;
    EXPECT(1, 0xc3);
    EXPECT(2, 0x0f, 0x05);
    EXPECT(5, 0xb8, 1, 0, 0, 0);
    EXPECT(10, 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8);
    EXPECT(4, 0x66, 0xb8, 1, 2);
    EXPECT(7, 0x48, 0x8d, 0x05, 1, 2, 3, 4);             /* lea rip-relative */
    EXPECT(8, 0x48, 0x8b, 0x84, 0x24, 1, 2, 3, 4);       /* SIB, disp32 */
    EXPECT(7, 0x8b, 0x04, 0x25, 1, 2, 3, 4);             /* SIB without base */
}

static void x86_length_knows_group_3_and_vex(void **state)
{
    (void)state;
    EXPECT(6, 0xf7, 0xc0, 1, 2, 3, 4);             /* test $imm, %eax */
    EXPECT(2, 0xf7, 0xd8);                         /* neg %eax */
    EXPECT(3, 0xc5, 0xf8, 0x77);                   /* vzeroupper */
    EXPECT(6, 0xc4, 0xe3, 0x79, 0x14, 0xc0, 0x00); /* vpextrb with immediate */
    EXPECT(6, 0x62, 0xf1, 0x7c, 0x48, 0x28, 0xc1); /* vmovaps zmm */
}

static void x86_length_invalid_or_cut_off_is_zero(void **state)
{
    (void)state;
    assert_int_equal(x86_length((const uint8_t[]){0x06}, 1), 0);
    assert_int_equal(x86_length((const uint8_t[]){0xb8, 1}, 2), 0);
    assert_int_equal(x86_length((const uint8_t[]){0x48}, 1), 0);
    assert_int_equal(x86_length(NULL, 0), 0);
}

struct found {
    int count;
    size_t offset[4];
    long number[4];
};

static void note(void *context, size_t offset, long number)
{
    struct found *found = context;
    assert_in_range(found->count, 0, 3);
    found->offset[found->count] = offset;
    found->number[found->count++] = number;
}

static void x86_find_syscalls_tells_numbers_and_ignores_data_bytes(void **state)
{
    (void)state;
    const uint8_t code[] = {
        0xb8, 0x27, 0, 0, 0, 0x0f, 0x05, /* mov $39,%eax; syscall */
        0x31, 0xc0, 0x0f, 0x05,          /* xor %eax,%eax; syscall */
        0xb9, 0x0f, 0x05, 0x0f, 0x05,    /* mov $imm,%ecx: no syscall */
        0x89, 0xf8, 0x0f, 0x05,          /* mov %edi,%eax; syscall */
    };
    struct found found = {0};
    x86_find_syscalls(code, sizeof(code), note, &found);
    assert_int_equal(found.count, 3);
    assert_int_equal(found.offset[0], 5);
    assert_int_equal(found.number[0], 39);
    assert_int_equal(found.number[1], 0);
    assert_int_equal(found.offset[2], 18);
    assert_int_equal(found.number[2], -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x86_length_knows_the_common_forms),
        cmocka_unit_test(x86_length_knows_group_3_and_vex),
        cmocka_unit_test(x86_length_invalid_or_cut_off_is_zero),
        cmocka_unit_test(x86_find_syscalls_tells_numbers_and_ignores_data_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
