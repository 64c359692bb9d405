// SPDX-License-Identifier: BSD-3-Clause
// The few services that the hosted kernel takes from the host.
#pragma once

#include <base/types.h>

/** host_memory_map - @bytes of zeroed memory, aligned to @align; ends the process if there is none. */
void *host_memory_map(size_t bytes, size_t align);
void host_memory_unmap(void *p, size_t bytes);
void host_yield(void);
bool host_random(uint64_t *out);
