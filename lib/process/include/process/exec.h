// SPDX-License-Identifier: BSD-3-Clause
// What execve does to a process besides its memory.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stddef.h>

struct process;
/**
 * process_exec_begin - the point of no return: ends the other threads and waits for them, closes close-on-exec descriptors, unshares them, resets caught signals to
 * default (ignored ones stay), drops the alternate stack, POSIX timers, robust list, rseq, clear_child_tid, and removes every mapping but the linked image.
 * Context: may sleep. Return: 0; -EAGAIN if another thread execs already; -EINTR.
 */
int process_exec_begin(struct process *p) __must_check;
/** process_exec_record - names for /proc/self/exe and comm. */
void process_exec_record(struct process *p, const char *exe_path, const char *comm);
void process_exec_record_auxv(struct process *p, vaddr_t start, size_t bytes);
