// SPDX-License-Identifier: BSD-3-Clause
// The built-in dynamic linker, for the loader kernel's program.
#pragma once

/**
 * osv_dynlink_run - become the dynamic program argv[0] (a path), bound to this image's libc.
 * @argv:  NULL-terminated, followed by the environment as on the initial stack
 * @stack: the place before argv[0] on the initial stack, for the count of arguments
 * Return: only on failure, 127; a message on standard error says what is wrong.
 */
int osv_dynlink_run(char **argv, char **stack);
