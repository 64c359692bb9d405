// SPDX-License-Identifier: BSD-3-Clause
// A process: what its threads share. There may be several (fork), so nothing here is a global but the table itself.
#pragma once

#include "base/compiler.h"
#include "base/list.h"
#include "base/types.h"
#include "sched/mutex.h"
#include "vfs/inode.h"
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

struct address_space;
struct fd_table;
struct fs_context;
struct thread;
struct signal_actions;

/** struct credentials - immutable once published; a change makes a new one. */
struct credentials {
    _Atomic uint32_t refs;
    uint32_t uid, euid, suid, gid, egid, sgid;
    struct vfs_cred fs;          /* fsuid, fsgid, groups, effective capabilities */
    uint64_t cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
    uint32_t securebits;
    uint32_t groups[32];
};

struct process {
    int pid, ppid, pgid, sid;           /* L */
    _Atomic uint32_t refs;              /* a */
    struct mutex lock;
    struct list_node threads;           /* L: struct process_thread.link */
    unsigned n_threads;                 /* L */
    struct address_space *space;        /* I */
    struct fd_table *files;             /* I: CLONE_FILES threads share it */
    struct fs_context *fs;              /* I */
    struct signal_actions *actions;     /* I */
    struct rlimit limits[16];           /* L */
    char comm[16], *exe_path;           /* L */
    char *cmdline; size_t cmdline_bytes;/* I: NUL separated, for /proc */
    vaddr_t arg_start, arg_end, env_start, env_end, stack_start, brk_start;
    int exit_status;                    /* L: wait(2) encoding */
    bool exiting;                       /* L */
    nsec_t start_ns;                    /* I */
    int dumpable, no_new_privs;
    void *foreign;                      /* auxv copy, loader state */
};

/** struct process_thread - the part of a thread that belongs to a process; thread->process points here. */
struct process_thread {
    struct thread *thread;              /* I */
    struct process *process;            /* I: reference */
    struct list_node link;
    struct credentials *cred;           /* s */
    struct thread_signals *signals;     /* masks, private pending queue, sigaltstack: process/signal.c */
    int *clear_child_tid;               /* s: user address */
    void *robust_list; size_t robust_list_bytes; /* s: user address */
    void *rseq; uint32_t rseq_bytes, rseq_signature; /* s: user address */
    struct restart_block {
        long (*fn)(struct restart_block *);
        uint64_t args[6];
    } restart;                          /* s */
    void *futex_pi_held;                /* PI locks held */
    nsec_t timer_slack_ns;
};

struct process *process_current(void);               /* never NULL on a thread with ->process */
struct process_thread *process_thread_current(void);
struct process *process_get(struct process *p);
void process_put(struct process *p);
struct process *process_find(int pid);               /* reference or NULL */
/** process_create_first - pid 1... the program; called by init. */
int process_create_first(struct process **out) __must_check;
/** process_exit_group - ends every thread of the calling process; if it is the last process, the machine stops with @status. */
void process_exit_group(int status) __noreturn;
void process_thread_exit(int status) __noreturn;
/** process_set_shutdown - init tells how the machine stops after the last process; status in wait(2) encoding. */
void process_set_shutdown(void (*fn)(int wait_status) __noreturn);
struct rlimit process_limit(unsigned resource);
const struct credentials *process_cred(void);
bool process_capable(unsigned cap);
