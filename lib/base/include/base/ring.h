// SPDX-License-Identifier: BSD-3-Clause
// Byte ring for one producer and one consumer, without locks.
#pragma once

#include <base/compiler.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Legend: I set before publication, P written by the producer only, C by the consumer only.
 * Positions run freely and wrap at SIZE_MAX + 1; the size is a power of two.
 */
struct ring {
    uint8_t *buf; /* I */
    size_t size;  /* I */
    size_t head;  /* P: bytes ever written */
    size_t tail;  /* C: bytes ever read */
};

/** ring_init - an empty ring over @buf of @size bytes, a power of two. */
void ring_init(struct ring *ring, void *buf, size_t size);

/** ring_used, ring_space - bytes that can be read, or written, now. Either side may ask. */
size_t ring_used(const struct ring *ring);
size_t ring_space(const struct ring *ring);

/** ring_write - producer: copy in up to @n bytes. Return: how many fitted. */
size_t ring_write(struct ring *ring, const void *data, size_t n);

/** ring_read - consumer: move out up to @n bytes. Return: how many there were. */
size_t ring_read(struct ring *ring, void *data, size_t n);

/** ring_peek - consumer: the longest readable stretch without a wrap. Return: its length; *@data its start. */
size_t ring_peek(const struct ring *ring, const uint8_t **data);

/** ring_skip - consumer: drop @n bytes, at most ring_used(). */
void ring_skip(struct ring *ring, size_t n);
