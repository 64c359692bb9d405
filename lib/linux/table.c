// SPDX-License-Identifier: BSD-3-Clause
// The full table of system calls by number: for the syscall instruction and for numbers known only at run time.
//
// Whoever refers to this file links every system call. Linked libc code does so only through syscall(2) and calls with a
// computed number; all else names its one sys_* function.

#include "caller.h"

#include <arch/frame.h>
#include <arch/gate.h>
#include <arch/thread.h>
#include <base/compiler.h>
#include <base/log.h>
#include <errno.h>
#include <linux/strace.h>
#include <linux/syscalls.h>
#include <linux/table.h>
#include <stdbool.h>
#include <sys/syscall.h>

#define NEEDS_REGISTERS(nr)                                                                                      \
    ((nr) == SYS_clone || (nr) == SYS_fork || (nr) == SYS_vfork || (nr) == SYS_execve || (nr) == SYS_rt_sigreturn ||                \
     (nr) == SYS_execveat || (nr) == SYS_clone3)
#define SYSCALL(number, sys_name, args, text)                                                                \
    [number] = {.fn = (syscall_fn *)(void *)sys_##sys_name, .name = #sys_name, .format = text, .argc = args, .needs_registers = NEEDS_REGISTERS(number)},
static const struct syscall_entry syscall_table[] = {
#include <linux/syscall_list.inc>
};
#undef SYSCALL

/* A program with every system call can be traced: fetch the tracer, too. */
static const char *const syscall_table_tracer __used = &osv_strace;

/* linux/futex.c knows these only weakly. */
extern const char osv_futex_pi;
static const char *const futex_pi __used = &osv_futex_pi;

const struct syscall_entry *syscall_lookup(unsigned long nr)
{
    if (nr >= ARRAY_SIZE(syscall_table) || !syscall_table[nr].fn)
        return NULL;
    return &syscall_table[nr];
}

/* What an unknown number calls; the number is in the caller's frame. */
static long unknown_call(void)
{
    static unsigned long logged[16]; /* one bit a number below 1024 */
    unsigned long nr = (unsigned long)arch_frame_nr(arch_user_frame(arch_current())), bit = 1ul << nr % 64;
    char caller[CALLER_BYTES];

    if (nr >= 64 * ARRAY_SIZE(logged) || !(__atomic_fetch_or(&logged[nr / 64], bit, __ATOMIC_RELAXED) & bit))
        log_warn("unknown system call %lu; asked by %s", nr, caller_text(caller));
    return -ENOSYS;
}

long syscall_from_frame(struct arch_frame *f)
{
    const struct syscall_entry *entry = syscall_lookup((unsigned long)arch_frame_nr(f));

    if (!entry)
        return unknown_call();
    return entry->fn(arch_frame_arg(f, 0), arch_frame_arg(f, 1), arch_frame_arg(f, 2), arch_frame_arg(f, 3),
                     arch_frame_arg(f, 4), arch_frame_arg(f, 5));
}

long osv_syscall_any(unsigned long nr, unsigned long a0, unsigned long a1, unsigned long a2, unsigned long a3,
                     unsigned long a4, unsigned long a5)
{
    const struct syscall_entry *entry = syscall_lookup(nr);

    if (!entry)
        return osv_syscall_gate((long)a0, (long)a1, (long)a2, (long)a3, (long)a4, (long)a5, (osv_syscall_fn)(void *)unknown_call, (long)nr);
    if (likely(!entry->needs_registers))
        return osv_syscall_gate((long)a0, (long)a1, (long)a2, (long)a3, (long)a4, (long)a5, (osv_syscall_fn)(void *)entry->fn, (long)nr);
    return osv_syscall_gate_full((long)a0, (long)a1, (long)a2, (long)a3, (long)a4, (long)a5,
                                 (osv_syscall_fn)(void *)entry->fn, (long)nr);
}
