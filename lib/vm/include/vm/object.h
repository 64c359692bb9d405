// SPDX-License-Identifier: BSD-3-Clause
// Memory objects and the page cache: pages of something, found by index, filled and cleaned by a pager.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "mem/frame.h"
#include "sched/mutex.h"
#include <stdbool.h>
#include <stdint.h>

struct vm_object;
/**
 * struct pager_ops - what a file system, device or the anonymous store does for its pages. All may sleep; called without vm locks
 * except that the page is marked busy.
 */
struct pager_ops {
    const char *name;
    int (*read_pages)(struct vm_object *o, uint64_t first_index, struct frame **pages, unsigned n);  /* fill; -EIO... NULL: zero-fill */
    int (*write_pages)(struct vm_object *o, uint64_t first_index, struct frame **pages, unsigned n); /* clean; NULL: pages are the only copy, never reclaimed */
    int (*page_mkwrite)(struct vm_object *o, uint64_t index); /* a clean shared page becomes dirty: reserve space; -ENOSPC -> SIGBUS */
    int (*map_device)(struct vm_object *o, uint64_t index, paddr_t *out); /* device memory: no frames */
    void (*destroy)(struct vm_object *o); /* last reference gone, pages freed */
};
/**
 * struct vm_object - embedded in an inode's data or allocated for anonymous shared memory.
 * Legend: I; L lock; a
 */
struct vm_object {
    const struct pager_ops *ops; /* I */
    _Atomic uint32_t refs;       /* a */
    struct mutex lock;           /* protects the page tree and size */
    uint64_t size_bytes;         /* L: accesses beyond the last page raise SIGBUS */
    struct page_tree *pages;     /* L: index -> struct frame; readers use RCU */
    _Atomic uint64_t n_pages, n_dirty; /* a */
    struct list_node mappings;   /* L: areas that map it, for unmap on truncate */
    void *owner;                 /* I: e.g. the inode */
    struct list_node lru_link;
    struct page_quota *quota;    /* I: what its pages count against; NULL: nothing */
    uint32_t flags;              /* VM_OBJECT_* */
};
/** struct page_quota - a limit that several objects share (the size= of a tmpfs). Legend: I; a */
struct page_quota {
    uint64_t limit;        /* I: 0: none */
    _Atomic uint64_t used; /* a */
};
#define VM_OBJECT_SWAPLESS 1u /* ramfs, shm: pages are the only copy */

void vm_object_init(struct vm_object *o, const struct pager_ops *ops, uint64_t size_bytes, void *owner);
struct vm_object *vm_object_create(const struct pager_ops *ops, uint64_t size_bytes, void *owner);
struct vm_object *vm_object_create_anon(uint64_t size_bytes); /* shared anonymous memory, memfd, SysV shm */
struct vm_object *vm_object_get(struct vm_object *o);
void vm_object_put(struct vm_object *o);
/** vm_object_is_mapped_writable - does a shared mapping exist that is or may be made writable? */
bool vm_object_is_mapped_writable(struct vm_object *o);
void vm_object_destroy_pages(struct vm_object *o); /* for embedded objects before their storage goes */

/** page_cache_read/write - copy between the cursor and cached pages, reading ahead / allocating. Bytes or -errno (-EIO, -EFAULT, -ENOMEM, -ENOSPC). The caller holds the inode's data lock and handles size. */
struct iov_iter;
/* Declared with room file's cursor by name only; vm and file are peers: the copy callback keeps vm from knowing it. */
typedef long (*page_copy_fn)(void *cursor, void *page_bytes, size_t n);
long page_cache_read(struct vm_object *o, uint64_t pos, size_t n, page_copy_fn copy, void *cursor);
long page_cache_write(struct vm_object *o, uint64_t pos, size_t n, page_copy_fn copy, void *cursor);
/** page_cache_get - the page at @index, present and up to date, with a reference; NULL hole allowed if !@create and the pager has no data. */
int page_cache_get(struct vm_object *o, uint64_t index, bool create, struct frame **out) __must_check;
/** page_cache_peek - referenced page only if present. Never sleeps. */
struct frame *page_cache_peek(struct vm_object *o, uint64_t index);
void page_cache_mark_dirty(struct vm_object *o, struct frame *page);
/** page_cache_truncate - drop pages beyond @size, zero the tail of the last one, unmap from every address space. */
void page_cache_truncate(struct vm_object *o, uint64_t size_bytes);
int page_cache_punch(struct vm_object *o, uint64_t start, uint64_t end);  /* zero a range, freeing whole pages */
int page_cache_sync(struct vm_object *o, uint64_t start, uint64_t end);   /* write back dirty pages and wait */
/** page_cache_seek - SEEK_DATA / SEEK_HOLE for objects whose holes are missing pages. -ENXIO. */
int64_t page_cache_seek(struct vm_object *o, uint64_t pos, bool want_hole);
uint64_t page_cache_total_pages(void);
