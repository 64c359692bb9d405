// SPDX-License-Identifier: BSD-3-Clause
// Memory that devices read and write.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stddef.h>

/** dma_alloc - zeroed, physically contiguous, page aligned. @mask: highest address the device can reach. Return: NULL when out of memory. */
void *dma_alloc(size_t size, paddr_t mask, paddr_t *pa) __must_check;
void dma_free(void *p, size_t size);
/** dma_addr - the bus address of kernel memory; contiguous only within a page unless in the linear map. */
paddr_t dma_addr(const void *p);
