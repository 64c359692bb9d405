// SPDX-License-Identifier: BSD-3-Clause
// Single words of application memory: load, store, atomic operations, strings.

#include "arch/uaccess.h"
#include "base/string.h"
#include "exception_table.h"
#include <errno.h>

/* @error is -EFAULT until the access has been made; the fixup skips the instruction that clears it. */
#define LOAD(insn, reg, error, value, user)                                                                                       \
    __asm__ volatile("1: " insn " %2, " reg "1\n2: xorl %0, %0\n3:\n" EXCEPTION_ENTRY("1b", "2b", "3b", "0")                      \
                     : "+r"(error), "=r"(value)                                                                                   \
                     : "m"(*(user)))
#define STORE(insn, reg, error, value, user)                                                                                      \
    __asm__ volatile("1: " insn " " reg "2, %1\n2: xorl %0, %0\n3:\n" EXCEPTION_ENTRY("1b", "2b", "3b", "0")                      \
                     : "+r"(error), "=m"(*(user))                                                                                 \
                     : "r"(value))

int get_user_u8(uint8_t *out, const volatile void *user)
{
    int error = -EFAULT;
    uint32_t v = 0;
    if (user_range_ok(user, 1))
        LOAD("movzbl", "%", error, v, (const volatile uint8_t *)user);
    if (!error)
        *out = (uint8_t)v;
    return error;
}

int get_user_u16(uint16_t *out, const volatile void *user)
{
    int error = -EFAULT;
    uint32_t v = 0;
    if (user_range_ok(user, 2))
        LOAD("movzwl", "%", error, v, (const volatile uint16_t *)user);
    if (!error)
        *out = (uint16_t)v;
    return error;
}

int get_user_u32(uint32_t *out, const volatile void *user)
{
    int error = -EFAULT;
    uint32_t v = 0;
    if (user_range_ok(user, 4))
        LOAD("movl", "%", error, v, (const volatile uint32_t *)user);
    if (!error)
        *out = v;
    return error;
}

int get_user_u64(uint64_t *out, const volatile void *user)
{
    int error = -EFAULT;
    uint64_t v = 0;
    if (user_range_ok(user, 8))
        LOAD("movq", "%", error, v, (const volatile uint64_t *)user);
    if (!error)
        *out = v;
    return error;
}

int put_user_u8(volatile void *user, uint8_t v)
{
    int error = -EFAULT;
    if (user_range_ok(user, 1))
        STORE("movb", "%", error, v, (volatile uint8_t *)user);
    return error;
}

int put_user_u16(volatile void *user, uint16_t v)
{
    int error = -EFAULT;
    if (user_range_ok(user, 2))
        STORE("movw", "%", error, v, (volatile uint16_t *)user);
    return error;
}

int put_user_u32(volatile void *user, uint32_t v)
{
    int error = -EFAULT;
    if (user_range_ok(user, 4))
        STORE("movl", "%", error, v, (volatile uint32_t *)user);
    return error;
}

int put_user_u64(volatile void *user, uint64_t v)
{
    int error = -EFAULT;
    if (user_range_ok(user, 8))
        STORE("movq", "%", error, v, (volatile uint64_t *)user);
    return error;
}

static __always_inline int cmpxchg(volatile uint32_t *user, uint32_t *expected, uint32_t desired, const int nofault)
{
    int error = -EFAULT;
    uint32_t old = *expected;
    if (!user_range_ok(user, 4))
        return error;
    if (nofault)
        __asm__ volatile("1: lock cmpxchgl %3, %2\n2: movl $0, %0\n3:\n" EXCEPTION_ENTRY("1b", "2b", "3b", "1")
                         : "+r"(error), "+a"(old), "+m"(*user)
                         : "r"(desired)
                         : "memory", "cc");
    else
        __asm__ volatile("1: lock cmpxchgl %3, %2\n2: movl $0, %0\n3:\n" EXCEPTION_ENTRY("1b", "2b", "3b", "0")
                         : "+r"(error), "+a"(old), "+m"(*user)
                         : "r"(desired)
                         : "memory", "cc");
    if (!error)
        *expected = old;
    return error;
}

int user_cmpxchg_u32(volatile uint32_t *user, uint32_t *expected, uint32_t desired)
{
    return cmpxchg(user, expected, desired, 0);
}

int user_cmpxchg_u32_nofault(volatile uint32_t *user, uint32_t *expected, uint32_t desired)
{
    return cmpxchg(user, expected, desired, 1);
}

int get_user_u32_nofault(uint32_t *out, const volatile uint32_t *user)
{
    int error = -EFAULT;
    uint32_t v = 0;
    if (user_range_ok(user, 4))
        __asm__ volatile("1: movl %2, %1\n2: xorl %0, %0\n3:\n" EXCEPTION_ENTRY("1b", "2b", "3b", "1")
                         : "+r"(error), "=r"(v)
                         : "m"(*user));
    if (!error)
        *out = v;
    return error;
}

static uint32_t apply(enum user_atomic_op op, uint32_t v, uint32_t operand)
{
    switch (op) {
    case USER_ATOMIC_SET:
        return operand;
    case USER_ATOMIC_ADD:
        return v + operand;
    case USER_ATOMIC_OR:
        return v | operand;
    case USER_ATOMIC_ANDN:
        return v & ~operand;
    case USER_ATOMIC_XOR:
        return v ^ operand;
    }
    return v;
}

int user_atomic_u32(volatile uint32_t *user, enum user_atomic_op op, uint32_t operand, uint32_t *old)
{
    uint32_t v, seen;
    int error = get_user_u32(&v, user);
    while (!error) {
        seen = v;
        error = user_cmpxchg_u32(user, &seen, apply(op, v, operand));
        if (!error && seen == v) {
            *old = v;
            break;
        }
        v = seen;
    }
    return error;
}

int user_atomic_u32_nofault(volatile uint32_t *user, enum user_atomic_op op, uint32_t operand, uint32_t *old)
{
    uint32_t v, seen;
    int error = get_user_u32_nofault(&v, user);
    while (!error) {
        seen = v;
        error = user_cmpxchg_u32_nofault(user, &seen, apply(op, v, operand));
        if (!error && seen == v) {
            *old = v;
            break;
        }
        v = seen;
    }
    return error;
}

static inline bool has_zero_byte(uint64_t w)
{
    return ((w - 0x0101010101010101ull) & ~w & 0x8080808080808080ull) != 0;
}

long copy_in_string(char *dst, const char *user, size_t max)
{
    for (size_t i = 0; i < max;) {
        uint64_t w;
        if (((uintptr_t)(user + i) & 4095) <= 4088 && max - i >= 8) { /* the word does not reach into the next page */
            if (get_user_u64(&w, user + i))
                return -EFAULT;
            __builtin_memcpy(dst + i, &w, 8);
            if (!has_zero_byte(w)) {
                i += 8;
                continue;
            }
            return (long)(i + (size_t)__builtin_ctzll((w - 0x0101010101010101ull) & ~w & 0x8080808080808080ull) / 8);
        }
        if (get_user_u8((uint8_t *)dst + i, user + i))
            return -EFAULT;
        if (!dst[i])
            return (long)i;
        i++;
    }
    return -ENAMETOOLONG;
}
