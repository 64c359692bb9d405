// SPDX-License-Identifier: BSD-3-Clause
// The state of a pipe, shared by the files that implement it.
#pragma once

#include "file/file.h"
#include "file/poll.h"
#include "sched/mutex.h"
#include "sched/wait.h"

#define PIPE_PAGE 4096u
#define PIPE_DEFAULT_PAGES 16u
#define PIPE_ATOMIC 4096u /* PIPE_BUF */

/* A write in packet mode (O_DIRECT): a read takes one, or part of one and the rest is lost. */
struct pipe_packet {
    uint64_t start, end;
};

/**
 * struct pipe - a ring of lazily allocated pages addressed by free-running positions.
 * Legend: lock; positions and counts are also read without it by pollers.
 */
struct pipe {
    struct mutex lock;
    uint64_t head, tail;          /* lock: bytes [tail, head) are in the pipe */
    uint32_t n_pages;             /* lock: power of two */
    char **pages;                 /* lock: position p lies in pages[(p / PIPE_PAGE) % n_pages] */
    char *spare;                  /* lock: last page emptied */
    uint32_t readers, writers;    /* lock: open ends */
    uint64_t n_reader_opens, n_writer_opens; /* lock: ever, for fifo_open */
    struct pipe_packet *packets;  /* lock: ring of n_pages, or NULL */
    uint32_t packet_head, packet_tail; /* lock */
    struct wait_queue readable, writable;
    bool named;                   /* I: an inode owns it */
};

extern const struct file_ops pipe_read_ops, pipe_write_ops, pipe_both_ops;

static inline size_t pipe_used(const struct pipe *p)
{
    return (size_t)(__atomic_load_n(&p->head, __ATOMIC_RELAXED) - __atomic_load_n(&p->tail, __ATOMIC_RELAXED));
}
static inline size_t pipe_size(const struct pipe *p)
{
    return (size_t)p->n_pages * PIPE_PAGE;
}
/* Room for writers: a page that is read in part is not free yet, as in Linux; so no page ever holds the oldest and the newest bytes. */
static inline size_t pipe_space(const struct pipe *p)
{
    uint64_t tail = __atomic_load_n(&p->tail, __ATOMIC_RELAXED), head = __atomic_load_n(&p->head, __ATOMIC_RELAXED);
    size_t span = (size_t)(head - (tail & ~(uint64_t)(PIPE_PAGE - 1)));
    return span < pipe_size(p) ? pipe_size(p) - span : 0;
}
void pipe_discard(struct pipe *p); /* with lock: drop all bytes */
