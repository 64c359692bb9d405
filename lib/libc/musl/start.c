// SPDX-License-Identifier: BSD-3-Clause
// The start of a program inside the image: from a Linux initial stack to main, and constructors the way glibc calls them.

#include "libc.h"
#include <unistd.h>
#include <stdint.h>

typedef void init_fn(int argc, char **argv, char **envp);

extern weak hidden init_fn *const __preinit_array_start[], *const __preinit_array_end[];
extern weak hidden init_fn *const __init_array_start[], *const __init_array_end[];
extern weak void _init(void);
extern int main(int argc, char **argv, char **envp);
extern int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void));

static int start_argc;
static char **start_argv;

/* Overrides musl's weak one: constructors of Rust and Go expect (argc, argv, envp). */
void __libc_start_init(void)
{
    for (init_fn *const *fn = __preinit_array_start; fn < __preinit_array_end; fn++)
        (*fn)(start_argc, start_argv, __environ);
    if (_init)
        _init();
    for (init_fn *const *fn = __init_array_start; fn < __init_array_end; fn++)
        (*fn)(start_argc, start_argv, __environ);
}

/*
 * osv_libc_start - run the linked program; @sp points at argc of a full Linux initial stack (argv, envp, auxv). Called on
 * that stack, never returns: the program leaves through exit_group.
 */
void osv_libc_start(uintptr_t *sp)
{
    start_argc = (int)sp[0];
    start_argv = (char **)(sp + 1);
    __libc_start_main(main, start_argc, start_argv, 0, 0, 0);
}
