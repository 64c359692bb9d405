// SPDX-License-Identifier: BSD-3-Clause
// Byte ring for one producer and one consumer.

#include <base/atomic.h>
#include <base/ring.h>
#include <base/string.h>

void ring_init(struct ring *ring, void *buf, size_t size)
{
    *ring = (struct ring){.buf = buf, .size = size};
}

size_t ring_used(const struct ring *ring)
{
    /* the tail first: read the other way round, a consumer in between would make the ring look over-full */
    size_t tail = atomic_load_acquire(&ring->tail);

    return atomic_load_acquire(&ring->head) - tail;
}

size_t ring_space(const struct ring *ring)
{
    size_t used = ring_used(ring);

    return used < ring->size ? ring->size - used : 0;
}

size_t ring_write(struct ring *ring, const void *data, size_t n)
{
    size_t head = ring->head;
    /* pairs with the release in ring_skip(): the consumer is done with those bytes */
    size_t space = ring->size - (head - atomic_load_acquire(&ring->tail));
    size_t at = head & (ring->size - 1);
    size_t first;

    n = min(n, space);
    first = min(n, ring->size - at);
    memcpy(ring->buf + at, data, first);
    memcpy(ring->buf, (const uint8_t *)data + first, n - first);
    atomic_store_release(&ring->head, head + n);
    return n;
}

size_t ring_peek(const struct ring *ring, const uint8_t **data)
{
    size_t tail = ring->tail;
    size_t at = tail & (ring->size - 1);
    /* pairs with the release in ring_write() */
    size_t used = atomic_load_acquire(&ring->head) - tail;

    *data = ring->buf + at;
    return min(used, ring->size - at);
}

void ring_skip(struct ring *ring, size_t n)
{
    atomic_store_release(&ring->tail, ring->tail + n);
}

size_t ring_read(struct ring *ring, void *data, size_t n)
{
    size_t done = 0;

    while (done < n) {
        const uint8_t *from;
        size_t part = min(ring_peek(ring, &from), n - done);

        if (!part)
            break;
        memcpy((uint8_t *)data + done, from, part);
        ring_skip(ring, part);
        done += part;
    }
    return done;
}
