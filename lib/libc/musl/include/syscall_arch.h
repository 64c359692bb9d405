// SPDX-License-Identifier: BSD-3-Clause
// Shadows musl's header of this name: a system call is a C call of the one sys_* function behind it.
//
// A number that is a constant at the call (nearly all are) selects an entry of a constant table, which the compiler folds to
// the function's name: the object refers to that function and to no other. Every libc object must therefore be compiled with
// optimisation. A number known only at run time goes through osv_syscall_any(), which refers to all of them; files that
// choose between a few numbers name them in OSV_RUNTIME_SYSCALLS instead.
#ifndef OSV_SYSCALL_ARCH_H
#define OSV_SYSCALL_ARCH_H

#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)
#define IPC_64 0

typedef long __osv_fn(long, long, long, long, long, long);

#define SYSCALL(nr, name, argc, format) extern long sys_##name();
#include <linux/syscall_list.inc>
#undef SYSCALL

#define SYSCALL(nr, name, argc, format) [nr] = (void *)sys_##name,
static void *const __osv_syscalls[] = {
#include <linux/syscall_list.inc>
};
#undef SYSCALL

extern long osv_syscall_gate(long, long, long, long, long, long, __osv_fn *, long);
extern long osv_syscall_gate_full(long, long, long, long, long, long, __osv_fn *, long);
extern long osv_syscall_any(long, long, long, long, long, long, long);
/* The gate, as a cancellation point: cancel.S. */
extern __attribute__((__visibility__("hidden"))) long __osv_cancel_point(long, long, long, long, long, long, __osv_fn *, long);

/* Calls that take no lock and cannot block run on the caller's stack. */
static inline __attribute__((__always_inline__)) int __osv_is_direct(long n)
{
    switch (n) {
    case 39:  /* getpid */
    case 102: /* getuid */
    case 104: /* getgid */
    case 107: /* geteuid */
    case 108: /* getegid */
    case 110: /* getppid */
    case 186: /* gettid */
    case 309: /* getcpu */
        return 1;
    default:
        return 0;
    }
}

/* Calls that copy the caller's registers. */
static inline __attribute__((__always_inline__)) int __osv_is_full(long n)
{
    switch (n) {
    case 56:  /* clone */
    case 57:  /* fork */
    case 58:  /* vfork */
    case 59:  /* execve */
    case 322: /* execveat */
    case 435: /* clone3 */
        return 1;
    default:
        return 0;
    }
}

/* Argument registers that a call doesn't use are left as they are. */
#define __OSV_NO_1(x) long x; __asm__("" : "=D"(x))
#define __OSV_NO_2(x) long x; __asm__("" : "=S"(x))
#define __OSV_NO_3(x) long x; __asm__("" : "=d"(x))
#define __OSV_NO_4(x) long x; __asm__("" : "=c"(x))
#define __OSV_NO_5(x) register long x __asm__("r8"); __asm__("" : "=r"(x))
#define __OSV_NO_6(x) register long x __asm__("r9"); __asm__("" : "=r"(x))

#ifdef OSV_RUNTIME_SYSCALLS
#define X(nr, name) case nr: return (__osv_fn *)sys_##name;
static __osv_fn *__osv_choose(long n)
{
    switch (n) {
    OSV_RUNTIME_SYSCALLS
    default: __builtin_trap();
    }
}
#undef X
#define __OSV_RUNTIME(n, a, b, c, d, e, f) osv_syscall_gate(a, b, c, d, e, f, __osv_choose(n), n)
#else
#define __OSV_RUNTIME(n, a, b, c, d, e, f) osv_syscall_any(n, a, b, c, d, e, f)
#endif

#define __OSV_CALL(n, a, b, c, d, e, f)                                                                      \
    if (!__builtin_constant_p(n))                                                                            \
        return __OSV_RUNTIME(n, a, b, c, d, e, f);                                                           \
    if (__osv_is_direct(n))                                                                                  \
        return ((__osv_fn *)__osv_syscalls[n])(a, b, c, d, e, f);                                            \
    if (__osv_is_full(n))                                                                                    \
        return osv_syscall_gate_full(a, b, c, d, e, f, (__osv_fn *)__osv_syscalls[n], n);                    \
    return osv_syscall_gate(a, b, c, d, e, f, (__osv_fn *)__osv_syscalls[n], n)

#define __OSV_INLINE static inline __attribute__((__always_inline__, __unused__)) long

__OSV_INLINE __syscall0(long n)
{
    __OSV_NO_1(a); __OSV_NO_2(b); __OSV_NO_3(c); __OSV_NO_4(d); __OSV_NO_5(e); __OSV_NO_6(f);
    __OSV_CALL(n, a, b, c, d, e, f);
}
__OSV_INLINE __syscall1(long n, long a)
{
    __OSV_NO_2(b); __OSV_NO_3(c); __OSV_NO_4(d); __OSV_NO_5(e); __OSV_NO_6(f);
    __OSV_CALL(n, a, b, c, d, e, f);
}
__OSV_INLINE __syscall2(long n, long a, long b)
{
    __OSV_NO_3(c); __OSV_NO_4(d); __OSV_NO_5(e); __OSV_NO_6(f);
    __OSV_CALL(n, a, b, c, d, e, f);
}
__OSV_INLINE __syscall3(long n, long a, long b, long c)
{
    __OSV_NO_4(d); __OSV_NO_5(e); __OSV_NO_6(f);
    __OSV_CALL(n, a, b, c, d, e, f);
}
__OSV_INLINE __syscall4(long n, long a, long b, long c, long d)
{
    __OSV_NO_5(e); __OSV_NO_6(f);
    __OSV_CALL(n, a, b, c, d, e, f);
}
__OSV_INLINE __syscall5(long n, long a, long b, long c, long d, long e)
{
    __OSV_NO_6(f);
    __OSV_CALL(n, a, b, c, d, e, f);
}
__OSV_INLINE __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    __OSV_CALL(n, a, b, c, d, e, f);
}

/* How many arguments a call has. */
#define SYSCALL(nr, name, argc, format) [nr] = argc,
static const unsigned char __osv_argc[] = {
#include <linux/syscall_list.inc>
};
#undef SYSCALL

/*
 * musl declares this function after including this header, and calls it for every cancellation point with zeros for
 * arguments that the call has not: being static before, it stays so.
 */
__OSV_INLINE __syscall_cp(long n, long a, long b, long c, long d, long e, long f)
{
    __OSV_NO_1(no_1); __OSV_NO_2(no_2); __OSV_NO_3(no_3); __OSV_NO_4(no_4); __OSV_NO_5(no_5); __OSV_NO_6(no_6);
    if (!__builtin_constant_p(n))
        return __OSV_RUNTIME(n, a, b, c, d, e, f);
    return __osv_cancel_point(__osv_argc[n] > 0 ? a : no_1, __osv_argc[n] > 1 ? b : no_2,
                              __osv_argc[n] > 2 ? c : no_3, __osv_argc[n] > 3 ? d : no_4,
                              __osv_argc[n] > 4 ? e : no_5, __osv_argc[n] > 5 ? f : no_6,
                              (__osv_fn *)__osv_syscalls[n], n);
}

/* Its number is a constant only where it is inlined. */
__OSV_INLINE __alt_socketcall(int, int, int, long, long, long, long, long, long);

#endif
