// SPDX-License-Identifier: BSD-3-Clause
// Split virtqueues against a device made of plain C: an honest one that checks all, and hostile ones.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem/dma.h"
#include "mem/kalloc.h"
#include "virtio/device.h"
#include "virtio/virtq.h"

/* What virtq.c needs from below. Bus addresses are the host's. */

static int live_allocations, allocations_left = -1;

static void *allocate(size_t n, size_t alignment)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    void *p = aligned_alloc(alignment, (n + alignment - 1) & ~(alignment - 1));
    live_allocations++;
    return memset(p, 0, n);
}

void *dma_alloc(size_t size, paddr_t mask, paddr_t *pa)
{
    void *p = allocate(size, 4096);
    *pa = (paddr_t)(uintptr_t)p;
    return p;
}

void dma_free(void *p, size_t size)
{
    live_allocations--;
    free(p);
}

void *kcalloc(size_t count, size_t n)
{
    return allocate(count * n, 16);
}

void kfree(const void *p)
{
    live_allocations -= p != NULL;
    free((void *)(uintptr_t)p);
}

void virtio_mark_broken(struct virtio_device *d, const char *what)
{
    d->broken = true;
}

/* The machine: one queue, the chains its driver believes in flight, and the device's view. */

enum { CHAINS_MAX = 256, N_NEXT = 1, N_WRITE = 2, N_INDIRECT = 4 };

struct chain {
    bool in_flight, taken; /* taken: the device has read it */
    struct virtq_seg segs[VIRTQ_SEGS_MAX];
    unsigned n_out, n_in;
    uint16_t head;
    uint32_t writable, written;
};

static struct {
    struct virtio_device device;
    struct virtq q;
    struct chain chains[CHAINS_MAX];
    unsigned n_in_flight, notified;
    uint16_t avail_seen, used_idx;
} m;

static void count_notify(struct virtq *q)
{
    m.notified++;
}
static const struct virtio_transport_ops transport = {.name = "model", .notify = count_notify};

static uint64_t random_u64(void)
{
    static uint64_t x = 88172645463325252ull;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}
static unsigned below(unsigned n)
{
    return (unsigned)(random_u64() >> 20) % n;
}

static void machine_start(uint16_t size, bool event_idx, bool indirect)
{
    memset(&m, 0, sizeof m);
    m.device.transport = &transport;
    assert_int_equal(virtq_create(&m.q, &m.device, 0, size, event_idx, indirect), 0);
}

static void machine_stop(void)
{
    virtq_destroy(&m.q);
    assert_int_equal(live_allocations, 0);
}

/* The driver adds chain @i of the given shape. */
static int driver_add(unsigned i, unsigned n_out, unsigned n_in)
{
    struct chain *c = &m.chains[i];
    assert_false(c->in_flight);
    *c = (struct chain){.n_out = n_out, .n_in = n_in};
    for (unsigned k = 0; k < n_out + n_in && k < VIRTQ_SEGS_MAX; k++) {
        c->segs[k] = (struct virtq_seg){((paddr_t)i << 32) + (k << 16), 1 + below(4096)};
        if (k >= n_out)
            c->writable += c->segs[k].bytes;
    }
    int err = virtq_add(&m.q, c->segs, n_out, n_in, c);
    if (err == 0) {
        c->in_flight = true;
        m.n_in_flight++;
    }
    return err;
}

/* The device reads the next available chain and checks every segment of it. */
static struct chain *device_take(void)
{
    if (m.q.avail->idx == m.avail_seen)
        return NULL;
    uint16_t head = m.q.avail->ring[m.avail_seen++ % m.q.size];
    assert_true(head < m.q.size);
    const struct virtq_desc *table = m.q.desc, *d = &table[head];
    unsigned limit = m.q.size;
    if (d->flags & N_INDIRECT) {
        assert_true(m.q.indirect);
        assert_int_equal(d->flags, N_INDIRECT);
        table = (const struct virtq_desc *)(uintptr_t)d->addr;
        limit = d->len / sizeof *d;
        d = table;
    }
    struct chain *c = &m.chains[d->addr >> 32];
    assert_true(c->in_flight && !c->taken);
    for (unsigned k = 0; k < c->n_out + c->n_in; k++) {
        assert_int_equal(d->addr, c->segs[k].addr);
        assert_int_equal(d->len, c->segs[k].bytes);
        assert_int_equal((d->flags & N_WRITE) != 0, k >= c->n_out);
        assert_int_equal((d->flags & N_NEXT) != 0, k + 1 < c->n_out + c->n_in);
        if (d->flags & N_NEXT) {
            assert_true(d->next < limit);
            d = &table[d->next];
        }
    }
    c->taken = true;
    c->head = head;
    return c;
}

static void device_use(uint32_t id, uint32_t bytes)
{
    m.q.used->ring[m.used_idx % m.q.size] = (struct virtq_used_elem){id, bytes};
    m.q.used->idx = ++m.used_idx;
}

static void device_finish(struct chain *c)
{
    c->written = c->writable ? below(c->writable + 1) : 0;
    c->taken = false;
    memset(&m.q.desc[c->head], 0xee,
           sizeof(struct virtq_desc)); /* its own business: nobody may need it again */
    device_use(c->head, c->written);
}

static struct chain *device_any_taken(void)
{
    unsigned start = below(CHAINS_MAX);
    for (unsigned i = 0; i < CHAINS_MAX; i++)
        if (m.chains[(start + i) % CHAINS_MAX].taken)
            return &m.chains[(start + i) % CHAINS_MAX];
    return NULL;
}

static struct chain *driver_reap(void)
{
    uint32_t bytes = 0xdeadbeef;
    struct chain *c = virtq_reap(&m.q, &bytes);
    if (c == NULL)
        return NULL;
    assert_true(c->in_flight);
    assert_true(bytes <= c->writable);
    if (!m.device.broken && !c->taken)
        assert_int_equal(bytes, c->written);
    c->in_flight = false;
    m.n_in_flight--;
    return c;
}

static unsigned driver_free_chain(void)
{
    unsigned i = below(CHAINS_MAX);
    while (m.chains[i].in_flight)
        i = (i + 1) % CHAINS_MAX;
    return i;
}

static void virtq_create_takes_only_legal_sizes(void **state)
{
    static const uint16_t bad[] = {0, 1, 3, 100, 32767, 40000};
    struct virtq q;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(virtq_create(&q, &m.device, 0, bad[i], false, false), -EINVAL);
    for (unsigned size = 2; size <= 32768; size *= 2) {
        machine_start((uint16_t)size, true, true);
        assert_int_equal(m.q.n_free, size);
        assert_int_equal(m.q.desc_addr % 16, 0);
        assert_int_equal(m.q.used_addr % 4096, 0);
        machine_stop();
    }
}

static void virtq_create_without_memory_leaves_nothing(void **state)
{
    struct virtq q;

    for (int left = 0; left < 3; left++) {
        allocations_left = left;
        assert_int_equal(virtq_create(&q, &m.device, 0, 64, true, true), -ENOMEM);
        assert_int_equal(live_allocations, 0);
    }
    allocations_left = -1;
}

static void virtq_add_to_full_ring_is_enospc(void **state)
{
    machine_start(8, false, false);
    assert_int_equal(driver_add(0, 0, 0), -EINVAL);
    assert_int_equal(driver_add(0, VIRTQ_SEGS_MAX, 1), -EINVAL);
    assert_int_equal(driver_add(0, 2, 3), 0);
    assert_int_equal(driver_add(1, 2, 2), -ENOSPC); /* three are left */
    assert_int_equal(m.q.avail->idx, 1);
    assert_int_equal(driver_add(1, 1, 2), 0);
    assert_int_equal(driver_add(2, 1, 0), -ENOSPC);
    struct chain *first = device_take(), *second = device_take();
    device_finish(second);
    device_finish(first);
    assert_ptr_equal(driver_reap(), second);
    assert_ptr_equal(driver_reap(), first);
    assert_null(driver_reap());
    assert_int_equal(m.q.n_free, 8);
    assert_int_equal(driver_add(3, 4, 4), 0);
    assert_non_null(device_take());
    machine_stop();
}

static void virtq_indirect_chain_takes_one_descriptor(void **state)
{
    machine_start(4, false, true);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(driver_add(i, VIRTQ_SEGS_MAX - 1, 1), 0);
    assert_int_equal(driver_add(4, 1, 0), -ENOSPC);
    for (unsigned i = 0; i < 4; i++)
        assert_non_null(device_take());
    machine_stop();
    machine_start(4, false, true);
    allocations_left = 0; /* without a table it goes into the ring itself */
    assert_int_equal(driver_add(0, 2, 1), 0);
    assert_int_equal(driver_add(1, 1, 1), -ENOSPC);
    allocations_left = -1;
    assert_int_equal(m.q.n_free, 1);
    assert_non_null(device_take());
    machine_stop();
}

static void virtq_kick_without_event_index_obeys_flag(void **state)
{
    machine_start(8, false, false);
    virtq_kick(&m.q);
    assert_int_equal(m.notified, 0); /* nothing new */
    assert_int_equal(driver_add(0, 1, 0), 0);
    virtq_kick(&m.q);
    virtq_kick(&m.q);
    assert_int_equal(m.notified, 1);
    m.q.used->flags = 1;
    assert_int_equal(driver_add(1, 1, 0), 0);
    virtq_kick(&m.q);
    assert_int_equal(m.notified, 1);
    virtq_disable_interrupts(&m.q);
    assert_int_equal(m.q.avail->flags, 1);
    assert_false(virtq_enable_interrupts(&m.q));
    assert_int_equal(m.q.avail->flags, 0);
    device_finish(device_take());
    assert_true(virtq_enable_interrupts(&m.q)); /* it came before interrupts were on */
    assert_non_null(driver_reap());
    machine_stop();
}

static uint16_t *avail_event(void)
{
    return (uint16_t *)&m.q.used->ring[m.q.size];
}
static uint16_t used_event(void)
{
    return m.q.avail->ring[m.q.size];
}

/* A kick notifies exactly when the index that the device named lies among those added since the last. */
static void driver_kick(uint16_t last)
{
    unsigned before = m.notified;
    bool wanted = false;
    for (uint16_t k = last; k != m.q.avail->idx; k++)
        wanted |= m.q.event_idx ? k == *avail_event() : !(m.q.used->flags & 1);
    virtq_kick(&m.q);
    assert_int_equal(m.notified - before, wanted);
}

static void driver_step(void)
{
    uint16_t last = m.q.avail->idx;
    for (unsigned n = below(4); n > 0; n--) {
        unsigned n_out = below(4), n_in = below(4), need = n_out + n_in, left = m.q.n_free;
        bool one = m.q.indirect || need == 1;
        if (need == 0)
            continue;
        int err = driver_add(driver_free_chain(), n_out, n_in);
        assert_int_equal(err, left >= (one ? 1 : need) ? 0 : -ENOSPC);
    }
    driver_kick(last);
}

static void device_step(void)
{
    for (unsigned n = below(4); n > 0 && device_take(); n--)
        ;
    for (unsigned n = below(4); n > 0; n--) {
        struct chain *c = device_any_taken();
        if (c)
            device_finish(c);
    }
    if (m.q.event_idx)
        *avail_event() = (uint16_t)(m.avail_seen + below(3));
    else
        m.q.used->flags = (uint16_t)below(2);
}

static void honest_run(uint16_t size, bool event_idx, bool indirect, unsigned until)
{
    machine_start(size, event_idx, indirect);
    for (unsigned added = 0; added < until;) {
        uint16_t before = m.q.avail->idx;
        driver_step();
        added += (uint16_t)(m.q.avail->idx - before);
        device_step();
        while (below(8) && driver_reap())
            ;
        bool more = virtq_enable_interrupts(&m.q);
        assert_int_equal(more, m.used_idx != m.q.used_idx);
        if (event_idx)
            assert_int_equal(used_event(), m.q.used_idx);
        assert_false(m.device.broken);
    }
    while (device_take())
        ;
    for (struct chain *c; (c = device_any_taken()) != NULL;)
        device_finish(c);
    while (driver_reap())
        ;
    assert_int_equal(m.n_in_flight, 0);
    assert_int_equal(m.q.n_free, size);
    assert_false(m.device.broken);
    machine_stop();
}

static void virtq_with_honest_device_wraps_and_loses_nothing(void **state)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        honest_run(2, kind & 1, kind & 2, 5000);
        honest_run(8, kind & 1, kind & 2, 140000); /* indices pass 65536 twice */
        honest_run(128, kind & 1, kind & 2, 70000);
    }
}

/* After a lie: nothing is handed out or taken any more, and a reset gives every other chain back once. */
static void expect_broken(void)
{
    unsigned notified = m.notified, rest = m.n_in_flight;
    assert_null(driver_reap());
    assert_true(m.device.broken);
    assert_null(driver_reap());
    assert_int_equal(m.n_in_flight, rest);
    assert_int_equal(driver_add(CHAINS_MAX - 1, 1, 0), -EIO);
    virtq_kick(&m.q);
    assert_int_equal(m.notified, notified);
    assert_false(virtq_enable_interrupts(&m.q));
    for (struct chain *c; (c = virtq_detach(&m.q)) != NULL; m.n_in_flight--) {
        assert_true(c->in_flight);
        c->in_flight = false;
    }
    assert_int_equal(m.n_in_flight, 0);
    assert_int_equal(m.q.n_free, m.q.size);
    machine_stop();
}

/* Three chains of three, two and one segments in a ring of eight, all read by the device. */
static void hostile_start(unsigned kind)
{
    machine_start(8, kind & 1, kind & 2);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(driver_add(i, 1, 2 - i), 0);
        assert_non_null(device_take());
    }
}

static void virtq_when_device_lies_breaks_only_the_device(void **state)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        hostile_start(kind);
        device_use(8, 0); /* id out of range */
        expect_broken();
        hostile_start(kind);
        device_use(0x10000 + m.chains[0].head, 0); /* out of range, but not in its low half */
        expect_broken();
        hostile_start(kind);
        device_use(UINT32_MAX, 0);
        expect_broken();
        hostile_start(kind);
        device_use(7, 0); /* free */
        expect_broken();
        hostile_start(kind);
        m.q.indirect ? device_use(3, 0)
                     : device_use((m.chains[0].head + 1) % 8, 0); /* free, or inside a chain */
        expect_broken();
        hostile_start(kind);
        device_use(m.chains[1].head, 0); /* twice the same */
        device_use(m.chains[1].head, 0);
        assert_ptr_equal(driver_reap(), &m.chains[1]);
        expect_broken();
        hostile_start(kind);
        device_use(m.chains[0].head, m.chains[0].writable + 1); /* longer than the buffers */
        expect_broken();
        hostile_start(kind);
        device_use(m.chains[2].head, 1); /* nothing to write to */
        expect_broken();
        hostile_start(kind);
        m.q.used->idx = 9; /* more than the ring holds */
        expect_broken();
        hostile_start(kind);
        m.q.used->idx = 0xffff; /* backwards */
        expect_broken();
    }
}

static void device_scribble(void)
{
    unsigned char *memory = m.q.memory;
    size_t bytes = (size_t)((unsigned char *)(avail_event() + 1) - memory);

    for (unsigned n = below(64); n > 0; n--)
        memory[random_u64() % bytes] = (unsigned char)random_u64();
    for (unsigned n = below(4); n > 0; n--)
        device_use(below(4) ? below(m.q.size) : (uint32_t)random_u64(),
                   below(3) ? 0 : (uint32_t)random_u64());
    if (below(8) == 0)
        m.q.used->idx = (uint16_t)random_u64();
}

/* Whatever a device writes: only chains in flight come back, each once, with a length that fits. */
static void virtq_with_random_device_hands_out_each_chain_once(void **state)
{
    unsigned broken = 0;

    for (unsigned round = 0; round < 20000; round++) {
        machine_start((uint16_t)(2u << below(6)), below(2), below(2));
        for (unsigned step = 0; step < 8; step++) {
            for (unsigned n = below(4); n > 0; n--)
                (void)!driver_add(driver_free_chain(), 1 + below(3), below(3));
            virtq_kick(&m.q);
            if (below(2))
                device_scribble();
            for (unsigned i = 0; i < CHAINS_MAX; i++)
                m.chains[i].taken = true; /* lengths are not compared */
            while (driver_reap())
                ;
            below(2) ? (void)virtq_enable_interrupts(&m.q) : virtq_disable_interrupts(&m.q);
        }
        broken += m.device.broken;
        unsigned n = 0;
        for (struct chain *c; (c = virtq_detach(&m.q)) != NULL; n++) {
            assert_true(c->in_flight);
            c->in_flight = false;
        }
        assert_int_equal(n, m.n_in_flight);
        assert_int_equal(m.q.n_free, m.q.size);
        machine_stop();
    }
    assert_true(broken > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(virtq_create_takes_only_legal_sizes),
        cmocka_unit_test(virtq_create_without_memory_leaves_nothing),
        cmocka_unit_test(virtq_add_to_full_ring_is_enospc),
        cmocka_unit_test(virtq_indirect_chain_takes_one_descriptor),
        cmocka_unit_test(virtq_kick_without_event_index_obeys_flag),
        cmocka_unit_test(virtq_with_honest_device_wraps_and_loses_nothing),
        cmocka_unit_test(virtq_when_device_lies_breaks_only_the_device),
        cmocka_unit_test(virtq_with_random_device_hands_out_each_chain_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
