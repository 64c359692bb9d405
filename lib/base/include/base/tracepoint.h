// SPDX-License-Identifier: BSD-3-Clause
// Named points in the code that report up to four numbers when switched on.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tracepoint {
    const char *name;   /* I: room_event */
    const char *format; /* I: printf format of four uint64_t */
    unsigned enabled;   /* a */
};

/** tracepoint_sink_fn - take one hit of @point. Context: any; must not hit tracepoints itself. */
typedef void tracepoint_sink_fn(const struct tracepoint *point, const uint64_t args[4]);

/* Define a point at file scope; it can be listed and switched by name. */
#define DEFINE_TRACEPOINT(ident, fmt)                                                                        \
    struct tracepoint __section("osv_tracepoints") __aligned(8) ident##_tracepoint = {#ident, fmt, 0}

#define DECLARE_TRACEPOINT(ident) extern struct tracepoint ident##_tracepoint

/* Report; costs one load and one untaken branch when off. The arguments are evaluated only when on. */
#define TRACE(ident, a, b, c, d)                                                                             \
    do {                                                                                                     \
        if (unlikely(__atomic_load_n(&ident##_tracepoint.enabled, __ATOMIC_RELAXED)))                        \
            tracepoint_hit(&ident##_tracepoint, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d)); \
    } while (0)

void tracepoint_hit(const struct tracepoint *point, uint64_t a, uint64_t b, uint64_t c, uint64_t d) __cold;

/** tracepoint_set_sink - who receives hits; NULL drops them. */
void tracepoint_set_sink(tracepoint_sink_fn *sink);

/** tracepoint_enable - switch all points whose name matches @pattern (`*`, `?`). Return: how many matched. */
size_t tracepoint_enable(const char *pattern, bool on);
