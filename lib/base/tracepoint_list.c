// SPDX-License-Identifier: BSD-3-Clause
// Switching tracepoints by name.

#include <base/atomic.h>
#include <base/string.h>
#include <base/tracepoint.h>

/* Bounds that the linker gives the section; absent if the program has no tracepoint. */
extern struct tracepoint __start_osv_tracepoints[] __weak;
extern struct tracepoint __stop_osv_tracepoints[] __weak;

size_t tracepoint_enable(const char *pattern, bool on)
{
    size_t matched = 0;

    for (struct tracepoint *t = __start_osv_tracepoints; t < __stop_osv_tracepoints; t++) {
        if (!string_match(pattern, t->name))
            continue;
        atomic_store_relaxed(&t->enabled, (unsigned)on);
        matched++;
    }
    return matched;
}
