// SPDX-License-Identifier: BSD-3-Clause
// The descriptor table's layout, shared by the files that implement it.
#pragma once

#include "arch/spinlock.h"
#include "file/fd_table.h"
#include "file/file.h"
#include <stdint.h>

#define FD_INLINE 64
#define FD_MAX (1u << 20) /* NR_OPEN */
#define FD_RESERVED_LIMIT 1024

/** One size of the table. An outgrown array stays until the table dies, because look-ups do not lock. */
struct fd_array {
    unsigned capacity; /* I: multiple of 64 */
    struct fd_array *outgrown; /* I */
    struct file **files;       /* elements a: written under lock, read without */
    uint64_t *used;            /* lock: one bit a descriptor, reserved ones included */
    uint64_t *cloexec;         /* lock */
};

/** struct fd_table - Legend: I; a; lock */
struct fd_table {
    uint32_t refs;          /* a */
    struct spinlock lock;
    struct fd_array *array; /* a: changed under lock */
    unsigned lowest_free;   /* lock: no free descriptor below */
    unsigned long limit;    /* a: RLIMIT_NOFILE */
    struct fd_array first;  /* FD_INLINE descriptors */
    struct file *first_files[FD_INLINE];
    uint64_t first_used, first_cloexec;
};

void fd_table_init(struct fd_table *t);
int fd_table_grow(struct fd_table *t, unsigned wanted); /* called without the lock: array has more than @wanted entries, or -ENOMEM */
/** fd_take - empty slot @fd under the lock; NULL if nothing was there. */
struct file *fd_take_locked(struct fd_table *t, unsigned fd);

static inline bool bit_test(const uint64_t *map, unsigned n)
{
    return map[n / 64] >> (n % 64) & 1;
}
static inline void bit_assign(uint64_t *map, unsigned n, bool on)
{
    uint64_t bit = UINT64_C(1) << (n % 64);

    map[n / 64] = on ? map[n / 64] | bit : map[n / 64] & ~bit;
}
