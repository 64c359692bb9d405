// SPDX-License-Identifier: BSD-3-Clause
// Reading an ELF program's headers into a checked plan of what to map; pure logic, no memory is touched.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#define ELF_MAX_PHDRS 128
#define ELF_MAX_LOADS 64
#define ELF_USER_END 0x00007ffffffff000ull /* one past the last address a program may occupy */

/** struct elf_load - one PT_LOAD, checked: file part inside the file, memory part inside user space, congruent offsets. */
struct elf_load {
    vaddr_t vaddr;
    uint64_t file_offset, file_bytes, mem_bytes;
    int prot; /* PROT_* */
};

struct elf_plan {
    bool fixed;              /* ET_EXEC: loads are absolute; else relative to a bias */
    vaddr_t entry;           /* relative to the bias */
    vaddr_t low, high;       /* page-rounded span of all loads */
    uint64_t align;          /* largest PT_LOAD alignment, a power of two >= 4096 */
    struct elf_load loads[ELF_MAX_LOADS];
    unsigned n_loads;
    vaddr_t phdr_vaddr;      /* where the headers lie in memory; 0: not mapped */
    unsigned n_phdrs;
    uint64_t interp_offset, interp_bytes; /* interp_bytes 0: none; includes the terminating NUL */
    bool stack_executable;
};

/**
 * elf_check_header - is this an ELF64 program for this machine?
 * @why: on failure a sentence without a full stop that names what is wrong
 * Return: 0; -ENOEXEC. Spec: gABI, ELF header.
 */
int elf_check_header(const Elf64_Ehdr *h, uint64_t file_bytes, const char **why) __must_check;

/**
 * elf_plan_build - check every program header against the file and user space.
 * @phdrs: h->e_phnum entries; hostile
 * Return: 0; -ENOEXEC with @why; @plan is untouched on failure. Spec: gABI, program header; Linux binfmt_elf semantics.
 */
int elf_plan_build(const Elf64_Ehdr *h, const Elf64_Phdr *phdrs, uint64_t file_bytes, struct elf_plan *plan,
                   const char **why) __must_check;
