// SPDX-License-Identifier: BSD-3-Clause
// osv_syscall_gate: how linked C code calls a system call as a function.
#pragma once

#include "base/compiler.h"

/**
 * osv_syscall_gate - call @fn(@a0..@a5) on the thread's kernel stack, then do pending work (signals, preemption, tracing).
 * @fn: a sys_* function taking up to six long-sized arguments
 * @nr: its Linux number, for tracing and restarts; -1 if it has none
 * Ordinary C calling convention, so a caller puts the arguments in place and pushes two words. Called while already on a kernel stack it is
 * a plain jump to @fn.
 */
typedef long (*osv_syscall_fn)(long, long, long, long, long, long);
long osv_syscall_gate(long a0, long a1, long a2, long a3, long a4, long a5, osv_syscall_fn fn, long nr);
/** osv_syscall_gate_full - the same for calls that copy the caller's registers (fork, vfork, clone, execve): arch_user_frame() is complete at once. */
long osv_syscall_gate_full(long a0, long a1, long a2, long a3, long a4, long a5, osv_syscall_fn fn, long nr);
