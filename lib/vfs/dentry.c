// SPDX-License-Identifier: BSD-3-Clause
// The dentry cache: names found once are found again without locks.
//
// A hash table on (parent, name). Readers walk chains under RCU; every change happens under dcache_lock. References keep a dentry; one
// without references stays cached on the LRU list until it is evicted (refs becomes DENTRY_DEAD, so that no reader revives it) and its
// memory goes after a grace period. Renames and changes of mounts make dcache_rename_seq odd: a lock-free walk that saw it
// change starts again with references. Names are immutable objects, replaced as a whole.
#include "vfs_private.h"

#include "base/hash.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>

#define HASH_BITS 12
#define LRU_LIMIT 32768u
#define EVICT_BATCH 64u

static struct spinlock dcache_lock = SPINLOCK_INIT(RANK_FILE + 2);
static struct dentry **table;       /* r */
static struct list_node lru = {&lru, &lru}; /* D: oldest first */
static uint32_t n_lru;              /* D */
static struct kmem_cache dentries = KMEM_CACHE_INIT("dentry", sizeof(struct dentry), 0);
uint32_t dcache_rename_seq;
struct mutex dcache_rename_mutex = MUTEX_INIT(dcache_rename_mutex);

int dcache_init(void)
{
    if (table == NULL)
        table = kcalloc(1u << HASH_BITS, sizeof *table);
    return table == NULL ? -ENOMEM : 0;
}

void dcache_seq_begin(void)
{
    atomic_fetch_add(&dcache_rename_seq, 1);
}

void dcache_seq_end(void)
{
    atomic_fetch_add(&dcache_rename_seq, 1);
}

static inline uint64_t load_word(const char *p)
{
    uint64_t w;

    __builtin_memcpy(&w, p, sizeof w);
    return w;
}

static inline uint64_t mix_word(uint64_t h, uint64_t word)
{
    h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* @tail: the last @n < 8 bytes, zero above. */
static inline uint32_t mix_tail(uint64_t h, uint64_t tail, size_t n)
{
    return (uint32_t)((h ^ (tail | (uint64_t)n << (8 * n))) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static inline uint64_t hash_start(const struct dentry *parent)
{
    return (uintptr_t)parent >> 4;
}

uint32_t dentry_hash(const struct dentry *parent, const char *name, size_t len)
{
    uint64_t h = hash_start(parent), tail = 0;

    for (; len >= 8; len -= 8, name += 8)
        h = mix_word(h, load_word(name));
    for (size_t k = len; k > 0; k--)
        tail = tail << 8 | (unsigned char)name[k - 1];
    return mix_tail(h, tail, len);
}

/* A bit in each byte of @w that is zero; exact up to and including the lowest. */
static inline uint64_t zero_bytes(uint64_t w)
{
    return (w - UINT64_C(0x0101010101010101)) & ~w & UINT64_C(0x8080808080808080);
}

/* Words may reach beyond the string's end, but not into the next page; the sanitizer need not know. */
__attribute__((no_sanitize("address"))) uint32_t dentry_hash_component(const struct dentry *parent, const char *s, size_t *len)
{
    uint64_t h = hash_start(parent);
    const char *p = s;

    for (;; p += 8) {
        if (unlikely(((uintptr_t)p & 4095) > 4088))
            break;
        uint64_t w = load_word(p), ends = zero_bytes(w) | zero_bytes(w ^ UINT64_C(0x2f2f2f2f2f2f2f2f));
        if (ends != 0) {
            unsigned n = (unsigned)__builtin_ctzll(ends) / 8;
            *len = (size_t)(p - s) + n;
            return mix_tail(h, w & ((UINT64_C(1) << (8 * n)) - 1), n);
        }
        h = mix_word(h, w);
    }
    size_t n = (size_t)(p - s);
    while (s[n] != '\0' && s[n] != '/')
        n++;
    *len = n;
    return dentry_hash(parent, s, n);
}

static inline bool same_name(const char *a, const char *b, size_t n)
{
    for (; n >= 8; n -= 8, a += 8, b += 8)
        if (load_word(a) != load_word(b))
            return false;
    while (n > 0 && a[n - 1] == b[n - 1])
        n--;
    return n == 0;
}

static inline struct dentry **bucket(uint32_t hash)
{
    return &table[hash >> (32 - HASH_BITS)];
}

struct dentry *dcache_find_rcu(const struct dentry *parent, const char *name, size_t len, uint32_t hash)
{
    struct dentry *d;

    for (d = atomic_load_acquire(bucket(hash)); d != NULL; d = atomic_load_acquire(&d->hash_next)) {
        const struct dentry_name *n = atomic_load_acquire(&d->name);
        if (n->hash == hash && atomic_load_relaxed(&d->parent) == parent && n->length == len && same_name(n->text, name, len))
            return d;
    }
    return NULL;
}

bool dentry_try_get(struct dentry *d)
{
    uint32_t old = atomic_load_relaxed(&d->refs);

    while (!(old & DENTRY_DEAD))
        if (atomic_cmpxchg(&d->refs, &old, old + 1))
            return true;
    return false;
}

struct dentry *dentry_get(struct dentry *d)
{
    atomic_add_relaxed(&d->refs, 1);
    return d;
}

struct dentry *dentry_parent_get(struct dentry *d)
{
    spin_lock(&dcache_lock);
    struct dentry *p = dentry_get(d->parent);
    spin_unlock(&dcache_lock);
    return p;
}

static void free_name_rcu(struct rcu_head *h)
{
    kfree(container_of(h, struct dentry_name, rcu));
}

static void free_rcu(struct rcu_head *h)
{
    struct dentry *d = container_of(h, struct dentry, rcu);

    if (d->name != dentry_own_name(d))
        kfree(d->name);
    kmem_cache_free(&dentries, d);
}

static struct dentry_name *name_create(struct dentry *d, const char *text, size_t len, uint32_t hash)
{
    struct dentry_name *n = dentry_own_name(d);

    if (len >= DENTRY_INLINE_NAME || d->name != NULL)
        n = kmalloc(sizeof *n + len + 1);
    if (n == NULL)
        return NULL;
    n->hash = hash;
    n->length = (uint32_t)len;
    memcpy(n->text, text, len);
    n->text[len] = '\0';
    return n;
}

struct dentry *dentry_alloc(struct dentry *parent, const char *name, size_t len, struct inode *inode, struct super_block *sb)
{
    struct dentry *d = kmem_cache_zalloc(&dentries);

    if (d == NULL)
        return NULL;
    d->name = name_create(d, name, len, dentry_hash(parent, name, len));
    if (d->name == NULL) {
        kmem_cache_free(&dentries, d);
        return NULL;
    }
    d->parent = parent != NULL ? dentry_get(parent) : d;
    d->inode = inode;
    d->refs = 1;
    d->sb = sb;
    list_init(&d->lru);
    return d;
}

static void hash_locked(struct dentry *d)
{
    struct dentry **b = bucket(d->name->hash);

    d->hash_next = *b;
    d->flags |= DENTRY_HASHED;
    atomic_store_release(b, d);
}

static void unhash_locked(struct dentry *d)
{
    struct dentry **at = bucket(d->name->hash);

    if (!(d->flags & DENTRY_HASHED))
        return;
    while (*at != d)
        at = &(*at)->hash_next;
    atomic_store_release(at, d->hash_next); /* d->hash_next stays for readers that stand on d */
    d->flags &= ~DENTRY_HASHED;
}

void dcache_unhash(struct dentry *d)
{
    spin_lock(&dcache_lock);
    unhash_locked(d);
    spin_unlock(&dcache_lock);
}

struct dentry *dcache_insert(struct dentry *d)
{
    spin_lock(&dcache_lock);
    struct dentry *there = dcache_find_rcu(d->parent, d->name->text, d->name->length, d->name->hash);
    if (there == NULL)
        hash_locked(d);
    else if (!dentry_try_get(there))
        there = NULL;
    spin_unlock(&dcache_lock);
    if (there == NULL)
        return d;
    dentry_put(d);
    return there;
}

void dentry_set_inode(struct dentry *d, struct inode *inode)
{
    atomic_store_release(&d->inode, inode);
}

/* With dcache_lock and refs 0: no way back. */
static void kill_locked(struct dentry *d)
{
    d->refs = DENTRY_DEAD;
    unhash_locked(d);
    if (d->flags & DENTRY_ON_LRU) {
        list_remove(&d->lru);
        n_lru--;
    }
}

/* Drops what a killed dentry held; returns the parent to put. */
static struct dentry *bury(struct dentry *d)
{
    struct dentry *parent = d->parent == d ? NULL : d->parent;

    if (d->inode != NULL)
        inode_put(d->inode);
    rcu_call(&d->rcu, free_rcu);
    return parent;
}

static void evict_some(void)
{
    struct dentry *dead[EVICT_BATCH];
    unsigned n = 0;

    spin_lock(&dcache_lock);
    for (unsigned looked = 0; looked < 2 * EVICT_BATCH && n < EVICT_BATCH && !list_empty(&lru); looked++) {
        struct dentry *d = list_first_entry(&lru, struct dentry, lru);
        uint32_t none = 0;
        if (atomic_cmpxchg(&d->refs, &none, DENTRY_DEAD)) {
            kill_locked(d);
            dead[n++] = d;
        } else {
            list_move_back(&lru, &d->lru);
        }
    }
    spin_unlock(&dcache_lock);
    while (n > 0) {
        struct dentry *parent = bury(dead[--n]);
        if (parent != NULL)
            dentry_put(parent);
    }
}

/* The last reference may be going: under the lock. Returns a killed dentry, or NULL. */
static struct dentry *put_locked(struct dentry *d, bool *crowded)
{
    struct dentry *killed = NULL;

    spin_lock(&dcache_lock);
    if (atomic_sub(&d->refs, 1) == 0) {
        uint32_t none = 0;
        if (!(d->flags & DENTRY_HASHED)) {
            if (atomic_cmpxchg(&d->refs, &none, DENTRY_DEAD)) {
                kill_locked(d);
                killed = d;
            }
        } else if (!(d->flags & DENTRY_ON_LRU)) {
            d->flags |= DENTRY_ON_LRU;
            list_push_back(&lru, &d->lru);
            *crowded = ++n_lru > LRU_LIMIT;
        }
    }
    spin_unlock(&dcache_lock);
    return killed;
}

void dentry_put(struct dentry *d)
{
    bool crowded = false;

    while (d != NULL) {
        uint32_t old = atomic_load_relaxed(&d->refs);
        bool dropped = false;
        while (old > 1 && !dropped)
            dropped = atomic_cmpxchg(&d->refs, &old, old - 1);
        if (dropped)
            break;
        struct dentry *killed = put_locked(d, &crowded);
        d = killed == NULL ? NULL : bury(killed);
    }
    if (unlikely(crowded))
        evict_some();
}

void dcache_shrink_super(struct super_block *sb)
{
    for (;;) {
        struct dentry *d, *found = NULL;
        spin_lock(&dcache_lock);
        LIST_FOR_EACH (d, &lru, lru) {
            uint32_t none = 0;
            if (d->sb == sb && atomic_cmpxchg(&d->refs, &none, DENTRY_DEAD)) {
                kill_locked(d);
                found = d;
                break;
            }
        }
        spin_unlock(&dcache_lock);
        if (found == NULL)
            return;
        dentry_put(bury(found));
    }
}

int dcache_move(struct dentry *d, struct dentry *new_parent, const char *text, size_t len)
{
    struct dentry_name *fresh = name_create(d, text, len, dentry_hash(new_parent, text, len)), *old_name;
    struct dentry *old_parent;

    if (fresh == NULL)
        return -ENOMEM;
    dentry_get(new_parent);
    spin_lock(&dcache_lock);
    dcache_seq_begin();
    unhash_locked(d);
    old_parent = d->parent;
    old_name = d->name;
    d->parent = new_parent;
    atomic_store_release(&d->name, fresh);
    hash_locked(d);
    dcache_seq_end();
    spin_unlock(&dcache_lock);
    dentry_put(old_parent);
    if (old_name != dentry_own_name(d))
        rcu_call(&old_name->rcu, free_name_rcu);
    return 0;
}

int dcache_exchange(struct dentry *a, struct dentry *b)
{
    struct dentry *a_parent = dentry_get(a->parent);
    struct dentry_name *a_name = a->name;
    char *text = kstrndup(a_name->text, a_name->length);
    size_t len = a_name->length;
    int r = text == NULL ? -ENOMEM : dcache_move(a, b->parent, b->name->text, b->name->length);

    if (r == 0) /* both under the same name for a moment; writers are locked out, readers retry on the sequence */
        r = dcache_move(b, a_parent, text, len);
    kfree(text);
    dentry_put(a_parent);
    return r;
}

bool dentry_is_ancestor(struct dentry *maybe_above, struct dentry *d)
{
    bool r = false;

    spin_lock(&dcache_lock);
    for (;; d = d->parent) {
        if (d == maybe_above)
            r = true;
        if (r || d->parent == d)
            break;
    }
    spin_unlock(&dcache_lock);
    return r;
}

bool dentry_is_unlinked(const struct dentry *d)
{
    return d->parent != d && !(atomic_load_relaxed(&d->flags) & (DENTRY_HASHED | DENTRY_UNCACHED));
}

static int lookup_slow(struct dentry *dir, const char *name, size_t len, struct dentry **out)
{
    struct inode *i = NULL, *dir_inode = dir->inode;
    int r = dir_inode->ops->lookup(dir_inode, name, len, &i);

    if (r != 0 && (r != -ENOENT || dir_inode->ops->uncached))
        return r;
    struct dentry *d = dentry_alloc(dir, name, len, i, dir->sb);
    if (d == NULL) {
        if (i != NULL)
            inode_put(i);
        return -ENOMEM;
    }
    if (dir_inode->ops->uncached) {
        d->flags |= DENTRY_UNCACHED;
        *out = d;
        return 0;
    }
    *out = dcache_insert(d);
    return 0;
}

int dir_lookup(struct dentry *dir, const char *name, size_t len, bool dir_locked, struct dentry **out)
{
    struct inode *dir_inode = dir->inode;

    if (len > NAME_BYTES_MAX)
        return -ENAMETOOLONG;
    if (!dir_inode->ops->uncached) {
        rcu_read_lock();
        struct dentry *d = dcache_find_rcu(dir, name, len, dentry_hash(dir, name, len));
        if (d != NULL && !dentry_try_get(d))
            d = NULL;
        rcu_read_unlock();
        if (d != NULL) {
            *out = d;
            return 0;
        }
    }
    if (dir_inode->ops->lookup == NULL)
        return -ENOTDIR;
    if (!dir_locked)
        rwlock_read_lock(&dir_inode->lock);
    int r = lookup_slow(dir, name, len, out);
    if (!dir_locked)
        rwlock_read_unlock(&dir_inode->lock);
    return r;
}
