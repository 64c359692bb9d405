// SPDX-License-Identifier: BSD-3-Clause
// The kernel's random numbers: a ChaCha20 generator, seeded from the CPU and from entropy sources.
//
// One key under a spinlock. Each request takes a block: half becomes the next key (so that an old output cannot be computed from a later
// state), half a one-time key that expands into the request outside the lock. Seeding mixes into the key by XOR and one more block.
// Without RDSEED/RDRAND and before any source, the cycle counter alone seeds it and random_seeded() says no.
#include "arch/cpu.h"
#include "arch/spinlock.h"
#include "base/log.h"
#include "base/string.h"
#include "chacha20.h"
#include "device/class.h"

#define RESEED_INTERVAL 4096u /* requests */

static struct {
    struct spinlock lock;
    uint32_t key[8];      /* L */
    uint64_t counter;     /* L */
    unsigned n_requests;  /* L */
    bool initialised;     /* L */
    bool seeded;          /* a */
    struct entropy_source *source; /* a: the best one */
} generator = {.lock = SPINLOCK_INIT(RANK_FRAME)};

static void make_state(uint32_t state[16], const uint32_t key[8], uint64_t counter, uint64_t nonce)
{
    static const uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    memcpy(state, constants, sizeof constants);
    memcpy(state + 4, key, 32);
    memcpy(state + 12, &counter, 8);
    memcpy(state + 14, &nonce, 8);
}

/* The next key and, in @out, a one-time key. */
static void rekey_locked(uint32_t out[8])
{
    uint32_t state[16], block[16];

    make_state(state, generator.key, generator.counter++, cpu_cycles());
    chacha20_block(state, block);
    memcpy(generator.key, block, 32);
    if (out != NULL)
        memcpy(out, block + 8, 32);
}

static void mix_locked(const void *data, size_t n)
{
    const uint8_t *bytes = data;

    while (n > 0) {
        size_t piece = min(n, sizeof generator.key);
        for (size_t i = 0; i < piece; i++)
            ((uint8_t *)generator.key)[i] ^= bytes[i];
        rekey_locked(NULL);
        bytes += piece;
        n -= piece;
    }
}

static void mix_hardware_locked(void)
{
    uint64_t words[5] = {0};
    bool all = true;

    for (int i = 0; i < 4; i++)
        all = cpu_hw_random(&words[i]) && all;
    words[4] = cpu_cycles();
    mix_locked(words, sizeof words);
    if (all)
        generator.seeded = true;
    generator.initialised = true;
}

static void mix_source(struct entropy_source *e)
{
    uint8_t seed[48];
    long n = e->read(e, seed, sizeof seed);

    if (n <= 0) {
        log_warn("%s: gives no entropy: error %ld", e->name, n);
        return;
    }
    log_info("%s: %ld bytes of entropy", e->name, n);
    irq_flags_t flags = spin_lock_irqsave(&generator.lock);
    mix_locked(seed, (size_t)n);
    if (n >= 32)
        generator.seeded = true;
    spin_unlock_irqrestore(&generator.lock, flags);
}

void entropy_source_register(struct entropy_source *e)
{
    struct entropy_source *best = __atomic_load_n(&generator.source, __ATOMIC_ACQUIRE);

    if (best == NULL || e->quality > best->quality)
        __atomic_store_n(&generator.source, e, __ATOMIC_RELEASE);
    mix_source(e);
}

bool random_seeded(void)
{
    if (!generator.initialised) {
        uint8_t byte;
        random_bytes(&byte, 1);
    }
    return __atomic_load_n(&generator.seeded, __ATOMIC_RELAXED);
}

void random_add(const void *data, size_t n)
{
    irq_flags_t flags = spin_lock_irqsave(&generator.lock);
    mix_locked(data, n);
    spin_unlock_irqrestore(&generator.lock, flags);
}

void random_bytes(void *buf, size_t n)
{
    uint32_t key[8], state[16], block[16];
    irq_flags_t flags = spin_lock_irqsave(&generator.lock);

    if (!generator.initialised || ++generator.n_requests % RESEED_INTERVAL == 0)
        mix_hardware_locked();
    rekey_locked(key);
    spin_unlock_irqrestore(&generator.lock, flags);

    for (uint64_t counter = 0; n > 0; counter++) {
        size_t piece = min(n, sizeof block);
        make_state(state, key, counter, 0);
        chacha20_block(state, block);
        memcpy(buf, block, piece);
        buf = (char *)buf + piece;
        n -= piece;
    }
    memset(key, 0, sizeof key);
    memset(block, 0, sizeof block);
    compiler_barrier();
}
