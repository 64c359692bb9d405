// SPDX-License-Identifier: BSD-3-Clause
// Directories of ramfs: one tree, ordered by hash of the name, serves look-up and listing.
#include "ramfs_private.h"

#include "base/hash.h"
#include "base/string.h"
#include <errno.h>

#define MINOR_BITS 16
#define FIRST_POSITION 2

static bool entry_less(const struct rb_node *a, const struct rb_node *b)
{
    return rb_entry(a, struct ram_entry, node)->key < rb_entry(b, struct ram_entry, node)->key;
}

static uint64_t key_of(const char *name, size_t len)
{
    return (uint64_t)(hash_name(name, len) & 0x7fffffff) << MINOR_BITS;
}

/* The entry with the smallest key >= @key. */
static struct ram_entry *first_from(struct ram_inode *dir, uint64_t key)
{
    struct rb_node *n = dir->entries.node;
    struct ram_entry *best = NULL;

    while (n != NULL) {
        struct ram_entry *e = rb_entry(n, struct ram_entry, node);
        if (e->key >= key) {
            best = e;
            n = n->left;
        } else {
            n = n->right;
        }
    }
    return best;
}

static struct ram_entry *next_entry(struct ram_entry *e)
{
    struct rb_node *n = rb_next(&e->node);

    return n == NULL ? NULL : rb_entry(n, struct ram_entry, node);
}

struct ram_entry *ram_find(struct ram_inode *dir, const char *name, size_t len)
{
    uint64_t key = key_of(name, len);
    struct ram_entry *e = first_from(dir, key);

    for (; e != NULL && e->key >> MINOR_BITS == key >> MINOR_BITS; e = next_entry(e))
        if (e->length == len && memcmp(e->name, name, len) == 0)
            return e;
    return NULL;
}

int ram_insert(struct ram_inode *dir, const char *name, size_t len, struct inode *i)
{
    struct ram_entry *e = kmalloc(sizeof *e + len);
    uint64_t key = key_of(name, len);

    if (e == NULL)
        return -ENOSPC;
    for (struct ram_entry *k = first_from(dir, key); k != NULL && k->key == key; k = next_entry(k))
        key++;
    e->key = key;
    e->inode = i;
    e->length = (uint32_t)len;
    memcpy(e->name, name, len);
    rb_insert(&dir->entries, &e->node, entry_less);
    dir->inode.size += 20;
    return 0;
}

void ram_remove(struct ram_inode *dir, struct ram_entry *e)
{
    rb_erase(&dir->entries, &e->node);
    dir->inode.size -= 20;
    inode_put(e->inode);
    kfree(e);
}

int ram_read_dir(struct inode *dir, int64_t *pos, struct dir_sink *sink)
{
    struct ram_entry *e = first_from(ram_of(dir), (uint64_t)*pos - FIRST_POSITION);

    for (; e != NULL; e = next_entry(e)) {
        int64_t next = (int64_t)e->key + FIRST_POSITION + 1;
        if (!sink->emit(sink, e->name, e->length, e->inode->number, e->inode->mode >> 12, next))
            break;
        *pos = next;
    }
    return 0;
}
