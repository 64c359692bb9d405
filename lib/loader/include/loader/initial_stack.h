// SPDX-License-Identifier: BSD-3-Clause
// The stack a Linux program finds at its entry: argc, argv, envp, auxiliary vector and the strings behind them.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "loader/exec.h"

#define INITIAL_STACK_MAX_AUX 32
struct aux_entry {
    uint64_t type, value;
};
struct initial_stack {
    vaddr_t top;                      /* one past the highest byte; page aligned */
    uint64_t max_bytes;               /* mapped below top */
    const struct exec_strings *argv, *envp;
    const char *exec_name;            /* AT_EXECFN */
    const char *platform;             /* AT_PLATFORM */
    struct aux_entry aux[INITIAL_STACK_MAX_AUX]; /* without AT_RANDOM, AT_EXECFN, AT_PLATFORM and AT_NULL, which are added */
    unsigned n_aux;
    uint8_t random[16];
    vaddr_t arg_start, arg_end, env_start, env_end, aux_start; /* out */
    size_t aux_bytes;                                          /* out */
};
/**
 * initial_stack_build - write everything below @s->top. Layout: System V ABI for x86-64, "Process initialization".
 * Return: 0 with the stack pointer in *sp (16-byte aligned, pointing at argc); -E2BIG; -EFAULT.
 */
int initial_stack_build(struct initial_stack *s, vaddr_t *sp) __must_check;
