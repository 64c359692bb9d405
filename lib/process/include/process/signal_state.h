// SPDX-License-Identifier: BSD-3-Clause
// The signal state inside a process and inside each of its threads.
#pragma once

#include "abi/signal.h"
#include "arch/spinlock.h"
#include "base/compiler.h"
#include "base/list.h"
#include "base/types.h"
#include "sched/wait.h"
#include <stdbool.h>
#include <stdint.h>

struct process;
struct process_thread;

/** struct signal_info - the part of siginfo_t that carries information; the rest of its 128 bytes is zero. */
struct signal_info {
    int32_t signo, error, code, pad;
    union {
        struct { int32_t pid; uint32_t uid; union { uint64_t value; struct { int32_t status, pad; int64_t utime, stime; } child; }; } user;
        struct { int32_t id, overrun; uint64_t value; int32_t private_data; } timer;
        struct { uint64_t addr; int16_t lsb; uint64_t lower, upper; } fault;
        struct { int64_t band; int32_t fd; } poll;
        struct { uint64_t call_addr; int32_t nr; uint32_t arch; } sys;
        uint64_t words[4];
    };
};
_Static_assert(sizeof(struct signal_info) == 48, "siginfo ABI");

/**
 * struct signal_entry - one queued signal.
 * @on_dequeue: NULL: the entry is freed and its charge to RLIMIT_SIGPENDING ends. Else the owner (a POSIX timer) keeps the storage and
 * fills in @info at the last moment; called with the process's signal lock held.
 */
struct signal_entry {
    struct list_node link;
    struct signal_info info;
    void (*on_dequeue)(struct signal_entry *e, struct signal_info *info);
};

/** struct signal_queue - what is pending: bit n-1 of @set for signal n, details of those that have any in @entries, oldest first. */
struct signal_queue {
    uint64_t set;
    struct list_node entries;
};

struct signal_action {
    uintptr_t handler; /* SIG_DFL 0, SIG_IGN 1, or an address */
    uint64_t flags;    /* SA_* */
    uintptr_t restorer;
    uint64_t mask;
};

/** struct thread_signals - Legend: G = process.signal_lock for writers and for other threads; the owner reads without. */
struct thread_signals {
    uint64_t blocked;            /* G */
    uint64_t real_blocked;       /* G: the mask under a sigtimedwait(2), else 0 */
    uint64_t saved_mask;         /* owner: to restore when a temporary mask ends */
    bool saved_mask_valid;       /* owner */
    struct signal_queue pending; /* G */
    uintptr_t altstack_sp;       /* owner */
    size_t altstack_bytes;
    unsigned altstack_flags;     /* SS_DISABLE or SS_AUTODISARM */
    bool killed;                 /* G: leaves as soon as it can */
};

/** struct process_signals - Legend: G. */
struct process_signals {
    struct spinlock lock; /* RANK_SIGNAL, taken with interrupts off: timers send signals */
    struct signal_action actions[KERNEL_NSIG]; /* G */
    struct signal_queue pending; /* G */
    struct process_thread *next_target; /* G: where the search for a receiver starts */
    _Atomic uint32_t n_queued;   /* entries charged to RLIMIT_SIGPENDING */
    struct wait_queue arrived;   /* signalfd readers and pollers */
    struct wait_queue resumed;   /* stopped threads */
    bool stopped;                /* G: job control */
    bool group_exit;             /* G: every thread leaves with @exit_status */
    int exit_status;             /* G: wait(2) encoding */
};
