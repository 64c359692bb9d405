// SPDX-License-Identifier: BSD-3-Clause
// Copies between the kernel and memory that the application named: faults become -EFAULT.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A user range is anything below the non-canonical hole; the linked image is part of it (one privilege level: application data lives there).
 * A fault inside these functions goes to trap_ops->page_fault like any other; if that fails, the function returns -EFAULT.
 * Context: may sleep (the page may have to be read in); no spinlock held. Copies stop at the first bad byte; what was copied before stays.
 */
#define ARCH_USER_END 0x0000800000000000ul

static inline bool user_range_ok(const volatile void *p, size_t n)
{
    uintptr_t start = (uintptr_t)p;
    return start < ARCH_USER_END && n <= ARCH_USER_END - start;
}

int copy_in(void *dst, const void *user_src, size_t n) __must_check;
int copy_out(void *user_dst, const void *src, size_t n) __must_check;
/** copy_in_partial, copy_out_partial - Return: bytes NOT copied (0: all). */
size_t copy_in_partial(void *dst, const void *user_src, size_t n) __must_check;
size_t copy_out_partial(void *user_dst, const void *src, size_t n) __must_check;
/** copy_in_string - up to @max bytes with the terminator. Return: length without it; -EFAULT; -ENAMETOOLONG if none within @max. */
long copy_in_string(char *dst, const char *user_src, size_t max) __must_check;
int clear_user(void *user_dst, size_t n) __must_check;

int get_user_u8(uint8_t *out, const volatile void *user) __must_check;
int get_user_u16(uint16_t *out, const volatile void *user) __must_check;
int get_user_u32(uint32_t *out, const volatile void *user) __must_check;
int get_user_u64(uint64_t *out, const volatile void *user) __must_check;
int put_user_u8(volatile void *user, uint8_t v) __must_check;
int put_user_u16(volatile void *user, uint16_t v) __must_check;
int put_user_u32(volatile void *user, uint32_t v) __must_check;
int put_user_u64(volatile void *user, uint64_t v) __must_check;

/** Atomic read-modify-write of an aligned user word (futex); *old gets the previous value. */
enum user_atomic_op { USER_ATOMIC_SET, USER_ATOMIC_ADD, USER_ATOMIC_OR, USER_ATOMIC_ANDN, USER_ATOMIC_XOR };
int user_atomic_u32(volatile uint32_t *user, enum user_atomic_op op, uint32_t operand, uint32_t *old) __must_check;
/** user_cmpxchg_u32 - store @desired if the word equals *expected; *expected gets what was there. Return: 0 (also when unequal) or -EFAULT. */
int user_cmpxchg_u32(volatile uint32_t *user, uint32_t *expected, uint32_t desired) __must_check;

/** Like get_user_u32, but never sleeps nor resolves a fault: -EFAULT if the page is not there now. For use with a spinlock held (futex). */
int get_user_u32_nofault(uint32_t *out, const volatile uint32_t *user) __must_check;
int user_cmpxchg_u32_nofault(volatile uint32_t *user, uint32_t *expected, uint32_t desired) __must_check;
int user_atomic_u32_nofault(volatile uint32_t *user, enum user_atomic_op op, uint32_t operand, uint32_t *old) __must_check;
/** copy_nofault - any kernel or user addresses, never resolves a fault (crash reports, profilers). */
int copy_nofault(void *dst, const void *src, size_t n) __must_check;
