// SPDX-License-Identifier: BSD-3-Clause
// User copies of the hosted kernel: host memory, or what a test's memory model says.

#include <arch/host.h>
#include <arch/uaccess.h>
#include <base/string.h>
#include <base/types.h>
#include <errno.h>

static void *(*user_access)(uintptr_t user, bool write);

void host_set_user_access(void *(*fn)(uintptr_t user, bool write))
{
    user_access = fn;
}

/* The host address of @user, valid up to the end of its page; NULL if nothing is there. */
static void *resolve(const volatile void *user, bool write)
{
    uintptr_t address = (uintptr_t)user;

    if (address < PAGE_SIZE || address >= ARCH_USER_END)
        return NULL;
    return user_access ? user_access(address, write) : (void *)address;
}

static size_t page_rest(const volatile void *p)
{
    return PAGE_SIZE - (uintptr_t)p % PAGE_SIZE;
}

size_t copy_in_partial(void *dst, const void *src, size_t n)
{
    while (n) {
        size_t part = min(n, page_rest(src));
        const void *from = resolve(src, false);

        if (!from)
            break;
        memcpy(dst, from, part);
        dst = (char *)dst + part;
        src = (const char *)src + part;
        n -= part;
    }
    return n;
}

size_t copy_out_partial(void *dst, const void *src, size_t n)
{
    while (n) {
        size_t part = min(n, page_rest(dst));
        void *to = resolve(dst, true);

        if (!to)
            break;
        memcpy(to, src, part);
        dst = (char *)dst + part;
        src = (const char *)src + part;
        n -= part;
    }
    return n;
}

int copy_in(void *dst, const void *src, size_t n)
{
    return user_range_ok(src, n) && copy_in_partial(dst, src, n) == 0 ? 0 : -EFAULT;
}

int copy_out(void *dst, const void *src, size_t n)
{
    return user_range_ok(dst, n) && copy_out_partial(dst, src, n) == 0 ? 0 : -EFAULT;
}

int clear_user(void *dst, size_t n)
{
    while (n) {
        size_t part = min(n, page_rest(dst));
        void *to = resolve(dst, true);

        if (!to)
            return -EFAULT;
        memset(to, 0, part);
        dst = (char *)dst + part;
        n -= part;
    }
    return 0;
}

long copy_in_string(char *dst, const char *src, size_t max)
{
    for (size_t i = 0; i < max; i++) {
        if (copy_in(&dst[i], src + i, 1))
            return -EFAULT;
        if (!dst[i])
            return (long)i;
    }
    return -ENAMETOOLONG;
}

int get_user_u8(uint8_t *out, const volatile void *user)
{
    return copy_in(out, (const void *)user, sizeof(*out));
}

int get_user_u16(uint16_t *out, const volatile void *user)
{
    return copy_in(out, (const void *)user, sizeof(*out));
}

int get_user_u32(uint32_t *out, const volatile void *user)
{
    return copy_in(out, (const void *)user, sizeof(*out));
}

int get_user_u64(uint64_t *out, const volatile void *user)
{
    return copy_in(out, (const void *)user, sizeof(*out));
}

int put_user_u8(volatile void *user, uint8_t v)
{
    return copy_out((void *)user, &v, sizeof(v));
}

int put_user_u16(volatile void *user, uint16_t v)
{
    return copy_out((void *)user, &v, sizeof(v));
}

int put_user_u32(volatile void *user, uint32_t v)
{
    return copy_out((void *)user, &v, sizeof(v));
}

int put_user_u64(volatile void *user, uint64_t v)
{
    return copy_out((void *)user, &v, sizeof(v));
}

int user_atomic_u32(volatile uint32_t *user, enum user_atomic_op op, uint32_t operand, uint32_t *old)
{
    uint32_t *p = resolve(user, true);

    if (!p)
        return -EFAULT;
    switch (op) {
    case USER_ATOMIC_SET:
        *old = __atomic_exchange_n(p, operand, __ATOMIC_SEQ_CST);
        break;
    case USER_ATOMIC_ADD:
        *old = __atomic_fetch_add(p, operand, __ATOMIC_SEQ_CST);
        break;
    case USER_ATOMIC_OR:
        *old = __atomic_fetch_or(p, operand, __ATOMIC_SEQ_CST);
        break;
    case USER_ATOMIC_ANDN:
        *old = __atomic_fetch_and(p, ~operand, __ATOMIC_SEQ_CST);
        break;
    case USER_ATOMIC_XOR:
        *old = __atomic_fetch_xor(p, operand, __ATOMIC_SEQ_CST);
        break;
    }
    return 0;
}

int user_cmpxchg_u32(volatile uint32_t *user, uint32_t *expected, uint32_t desired)
{
    uint32_t *p = resolve(user, true);

    if (!p)
        return -EFAULT;
    __atomic_compare_exchange_n(p, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return 0;
}

int get_user_u32_nofault(uint32_t *out, const volatile uint32_t *user)
{
    return get_user_u32(out, user);
}

int user_cmpxchg_u32_nofault(volatile uint32_t *user, uint32_t *expected, uint32_t desired)
{
    return user_cmpxchg_u32(user, expected, desired);
}

int user_atomic_u32_nofault(volatile uint32_t *user, enum user_atomic_op op, uint32_t operand, uint32_t *old)
{
    return user_atomic_u32(user, op, operand, old);
}

int copy_nofault(void *dst, const void *src, size_t n)
{
    memcpy(dst, src, n);
    return 0;
}
