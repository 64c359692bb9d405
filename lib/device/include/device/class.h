// SPDX-License-Identifier: BSD-3-Clause
// Device classes: what a block, network, entropy or clock device offers to the rooms above.
#pragma once

#include "base/compiler.h"
#include "base/list.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct entropy_source - @read fills up to @n bytes and returns how many, may sleep. Quality: bits of entropy per 8 bits. */
struct entropy_source {
    const char *name;
    unsigned quality;
    long (*read)(struct entropy_source *e, void *buf, size_t n);
    struct list_node link;
};
void entropy_source_register(struct entropy_source *e);
/** random_bytes - ChaCha20 generator seeded from RDSEED/RDRAND and every source. Context: any. @wait: only sleeps before the first seed. */
void random_bytes(void *buf, size_t n);
bool random_seeded(void);
void random_add(const void *data, size_t n); /* written to /dev/random: mixed in, not counted as a seed */

/** struct net_device - implemented by a driver; consumed by room net. Packets are struct net_packet chains defined in device/net.h. */
struct net_device;

/** struct block_device - implemented by a driver; requests complete through a callback in any context. */
struct block_request {
    enum { BLOCK_READ, BLOCK_WRITE, BLOCK_FLUSH, BLOCK_DISCARD, BLOCK_WRITE_ZEROES } op;
    uint64_t sector; /* 512-byte units */
    struct { paddr_t addr; uint32_t bytes; } segs[32];
    unsigned n_segs;
    int result;
    void (*done)(struct block_request *r);
    void *arg;
};
struct block_device {
    const char *name;
    uint64_t n_sectors;
    uint32_t logical_block_bytes, max_segs, max_bytes;
    bool read_only, has_flush;
    int (*submit)(struct block_device *b, struct block_request *r); /* -EAGAIN: queue full */
    struct list_node link;
    void *priv;
};
int block_device_register(struct block_device *b);
struct block_device *block_device_find(const char *name);
