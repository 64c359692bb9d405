// SPDX-License-Identifier: BSD-3-Clause
// Clearing and copying whole pages the fastest way the CPU knows.
#pragma once

/** arch_page_clear - zero the 4 KiB at @page, page aligned. Context: any; leaves the vector registers as they were. */
void arch_page_clear(void *page);
/** arch_page_copy - copy 4 KiB between page-aligned, distinct pages. Context: any. */
void arch_page_copy(void *dst, const void *src);
