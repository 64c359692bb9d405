// SPDX-License-Identifier: BSD-3-Clause
// Kernel stacks: 16 KiB above an unmapped guard page, cached for reuse.
#pragma once

#include "arch/cpu.h"
#include "base/compiler.h"
#include <stddef.h>

#define KSTACK_BYTES ARCH_KERNEL_STACK_BYTES

/** kstack_alloc - Return: the lowest usable byte (page aligned); NULL when out of memory. Contents undefined. Context: may sleep. */
void *kstack_alloc(void) __must_check;
/** kstack_free - @base from kstack_alloc(); nobody runs on it. Context: any. */
void kstack_free(void *base);
