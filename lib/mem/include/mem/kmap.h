// SPDX-License-Identifier: BSD-3-Clause
// The kernel map: virtual ranges for device registers and large buffers, with guard pages.
#pragma once

#include "arch/pgtable.h"
#include "base/compiler.h"
#include "base/types.h"
#include <stddef.h>
#include <stdint.h>

/**
 * kmap_device - map [@pa, @pa + @size) uncached; any alignment.
 * Context: may sleep. Return: the address of the byte at @pa; NULL when out of memory or for a range beyond the CPU's physical width.
 */
void *kmap_device(paddr_t pa, size_t size) __must_check;
/** kmap_memory - the same, cached: ACPI tables and other memory outside the RAM map. */
void *kmap_memory(paddr_t pa, size_t size) __must_check;
/** kmap_alloc - fresh, zeroed frames mapped in a row, unmapped page before and after. */
void *kmap_alloc(size_t size) __must_check;
/** kmap_free - undo any of the three; @p as returned. NULL is allowed. */
void kmap_free(void *p);

/** kernel_map_page - map one page at @va of the kernel half. @bits: ARCH_PTE_* besides PRESENT. Return: 0, -ENOMEM, -EEXIST. */
int kernel_map_page(vaddr_t va, paddr_t pa, uint64_t bits) __must_check;
/** kernel_unmap_page - Return: what was mapped there (0: nothing). The caller flushes. */
paddr_t kernel_unmap_page(vaddr_t va);
/** kernel_lookup_page - the entry that maps @va, from @root, and its level; NULL if none. */
arch_pte_t *kernel_lookup_page(paddr_t root, vaddr_t va, unsigned *level);
/**
 * linear_make_read_only - what is code elsewhere must not be writable here. Costs a table for each end inside a large page.
 * Context: start-up, one CPU. Return: 0 or -ENOMEM.
 */
int linear_make_read_only(paddr_t start, paddr_t end) __must_check;
/** kernel_roots_prepare - before a second root table is made: all top-level entries of the kernel half exist. Return: 0 or -ENOMEM. */
int kernel_roots_prepare(void) __must_check;
/** kernel_tlb_flush - the range of the kernel half, on every CPU. Context: interrupts on, no spinlock. */
void kernel_tlb_flush(vaddr_t start, size_t size);
/** kmap_used_bytes - for /proc/meminfo VmallocUsed. */
uint64_t kmap_used_bytes(void);
