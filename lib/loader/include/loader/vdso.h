// SPDX-License-Identifier: BSD-3-Clause
// The vDSO: a small shared object in every foreign program, so that it reads the clock without a trap.
#pragma once

#include "base/compiler.h"
#include "base/types.h"

struct address_space;

/**
 * struct vdso_calls - what the code in the vDSO calls: system-call functions that take no lock and may run on the caller's stack.
 * The layout is known to vdso/vdso.c. Members may be NULL: the code then uses the syscall instruction.
 */
struct vdso_calls {
    long (*clock_gettime)(int clockid, void *timespec);
    long (*gettimeofday)(void *timeval, void *timezone);
    long (*time)(long *out);
    long (*getcpu)(unsigned *cpu, unsigned *node, void *unused);
    long (*clock_getres)(int clockid, void *timespec);
};

/** vdso_set_calls - by room linux, before the first foreign program. @calls stays the caller's. */
void vdso_set_calls(const struct vdso_calls *calls);

/** vdso_map - map the vDSO at a random place. Return: its ELF header's address for AT_SYSINFO_EHDR; 0 if it cannot be had. May sleep. */
vaddr_t vdso_map(struct address_space *as);
