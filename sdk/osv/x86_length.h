// SPDX-License-Identifier: BSD-3-Clause
// Length of an x86-64 instruction, enough to walk code without losing the boundaries.
#pragma once

#include <stddef.h>
#include <stdint.h>

/** x86_length - bytes of the instruction at @code (at most @available), or 0 if it is invalid or cut off. */
size_t x86_length(const uint8_t *code, size_t available);

/** x86_find_syscalls - call @found with the offset of every `syscall` instruction in @code and the number that the
 * code before it puts into EAX (-1 if that is not evident). */
void x86_find_syscalls(const uint8_t *code, size_t bytes, void (*found)(void *context, size_t offset, long number), void *context);
