// SPDX-License-Identifier: BSD-3-Clause
// Names for compiler extensions and the small macros that every room uses.
#pragma once

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* The hosted kernel is compiled beside libc headers that define some of these names too. */
#undef __must_check
#undef __packed
#undef __aligned
#undef __weak
#undef __noreturn
#undef __printf_like
#undef __section
#undef __used
#undef __always_inline
#undef __noinline
#undef __cold

#define __must_check __attribute__((warn_unused_result))
#define __packed __attribute__((packed))
#define __aligned(n) __attribute__((aligned(n)))
#define __weak __attribute__((weak))
#define __noreturn __attribute__((noreturn))
#define __printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define __section(name) __attribute__((section(name)))
#define __used __attribute__((used))
#define __maybe_unused __attribute__((unused))
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __cold __attribute__((cold))
#define __public __attribute__((visibility("default")))
#define __alias(of) __attribute__((alias(of)))

/* A loop in such a function is never turned into a call of memcpy or memset. */
#if defined(__clang__)
#define __no_loop_libcall __attribute__((no_builtin("memcpy", "memmove", "memset", "strlen", "bcmp")))
#else
#define __no_loop_libcall __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

#define container_of(ptr, type, member) ((type *)((char *)(ptr) - __builtin_offsetof(type, member)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* @align: a power of two of any integer type; the result has the type of @x. */
#define ALIGN_DOWN(x, align) ((x) & ~((__typeof__(x))(align)-1))
#define ALIGN_UP(x, align) ALIGN_DOWN((x) + ((__typeof__(x))(align)-1), align)
#define IS_ALIGNED(x, align) (((x) & ((__typeof__(x))(align)-1)) == 0)
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))

#undef min
#undef max
/* Each argument is evaluated once; the numbered names let calls nest. */
#define CHOOSE_(a, b, op, n) CHOOSE__(a, b, op, n)
#define CHOOSE__(a, b, op, n)                                                                                \
    __extension__({                                                                                          \
        __typeof__(a) choose_a_##n = (a);                                                                    \
        __typeof__(b) choose_b_##n = (b);                                                                    \
        choose_a_##n op choose_b_##n ? choose_a_##n : choose_b_##n;                                          \
    })
#define min(a, b) CHOOSE_(a, b, <, __COUNTER__)
#define max(a, b) CHOOSE_(a, b, >, __COUNTER__)
#define clamp(x, low, high) min(max(x, low), high)

/* Stops the compiler from moving memory accesses across it; the CPU may still. */
#define compiler_barrier() __asm__ volatile("" ::: "memory")

/* One access, exactly as written: for a scalar another CPU or an interrupt may change. */
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
