// SPDX-License-Identifier: BSD-3-Clause
// Delivery of tracepoint hits to the registered sink.

#include <base/atomic.h>
#include <base/tracepoint.h>

static tracepoint_sink_fn *current_sink;

void tracepoint_set_sink(tracepoint_sink_fn *sink)
{
    atomic_store_release(&current_sink, sink);
}

void tracepoint_hit(const struct tracepoint *point, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    tracepoint_sink_fn *sink = atomic_load_acquire(&current_sink);
    const uint64_t args[4] = {a, b, c, d};

    if (sink)
        sink(point, args);
}
