// SPDX-License-Identifier: BSD-3-Clause
// System V IPC: the table of objects with keys that the three kinds share.
#pragma once

#include "sched/mutex.h"
#include <stdbool.h>
#include <sys/ipc.h>

#define SYSV_MAX 4096

/** struct sysv_object - embedded first in a segment, semaphore set or queue. Everything under the table's lock. */
struct sysv_object {
    int key, id;
    uint32_t uid, gid, cuid, cgid, mode;
    unsigned seq;
};

struct sysv_table {
    struct mutex lock;
    struct sysv_object *objects[SYSV_MAX];
    unsigned next_seq;
};

/** All with t->lock. sysv_find - by id: NULL: -EINVAL. sysv_find_key - NULL: none. sysv_add - the new id; -ENOSPC. */
struct sysv_object *sysv_find(struct sysv_table *t, int id);
struct sysv_object *sysv_find_key(struct sysv_table *t, int key);
int sysv_add(struct sysv_table *t, struct sysv_object *o, int key, int flags);
void sysv_remove(struct sysv_table *t, struct sysv_object *o);
/** sysv_permit - @mask as in mode bits (4 read, 2 write). -EACCES. sysv_owner - may change or remove. -EPERM. */
int sysv_permit(const struct sysv_object *o, unsigned mask);
int sysv_owner(const struct sysv_object *o);
void sysv_perm_out(const struct sysv_object *o, struct ipc_perm *out);
void sysv_perm_in(struct sysv_object *o, const struct ipc_perm *in);
/** sysv_get - the body of the three get calls: existing id, or -ENOENT / -EEXIST; 0: make a new one. */
int sysv_get(struct sysv_table *t, int key, int flags, struct sysv_object **out);
