// SPDX-License-Identifier: BSD-3-Clause
// A process: what its threads share. There may be several (fork), so nothing here is a global but the table itself.
#pragma once

#include "base/atomic.h"
#include "base/compiler.h"
#include "base/list.h"
#include "base/types.h"
#include "process/signal_state.h"
#include "sched/mutex.h"
#include "sched/thread.h"
#include "vfs/inode.h"
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

struct address_space;
struct fd_table;
struct fs_context;
struct process_itimers;
struct process_timers;

/** struct credentials - immutable once published; a change makes a new one. */
struct credentials {
    struct refcount refs;
    uint32_t uid, euid, suid, gid, egid, sgid;
    struct vfs_cred fs;          /* fsuid, fsgid, groups (they stand in @groups), effective capabilities */
    uint64_t cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
    uint32_t securebits;
    uint32_t groups[];           /* fs.n_groups, sorted */
};

/**
 * struct process - Legend: I; a; L = lock; T = the table's lock (process.c); G = signals.lock; thread list changes take T's place under G.
 */
struct process {
    int pid;                            /* I */
    int ppid, pgid, sid;                /* T */
    struct list_node table_link;        /* T */
    struct refcount refs;               /* a */
    struct mutex lock;
    struct list_node threads;           /* G: struct process_thread.link, the oldest first */
    unsigned n_threads;                 /* G */
    struct process_thread *leader;      /* G: NULL after its exit */
    struct process_signals signals;
    struct address_space *space;        /* I */
    struct fd_table *files;             /* I: the first thread's; see process_thread.files */
    struct fs_context *fs;              /* L: made on first use; see process_fs() */
    struct rlimit limits[RLIM_NLIMITS]; /* L for writers */
    char comm[16], *exe_path;           /* L */
    char *cmdline; size_t cmdline_bytes;/* I: NUL separated, for /proc */
    vaddr_t arg_start, arg_end, env_start, env_end, stack_start, brk_start; /* L */
    vaddr_t auxv_start; size_t auxv_bytes; /* L: for /proc/self/auxv */
    int exit_status;                    /* G: wait(2) encoding */
    bool exiting;                       /* G */
    bool execing;                       /* G: one thread replaces the program */
    bool did_exec;                      /* T: setpgid(2) by a parent fails from now on */
    nsec_t start_ns;                    /* I: CLOCK_MONOTONIC */
    int dumpable;                       /* a */
    bool child_subreaper;               /* a */
    unsigned personality;               /* a */
    int oom_score_adj;                  /* a */
    struct wait_queue exit_wait;        /* woken whenever a thread has left */
    struct thread_times dead_times;     /* G: sums of threads that have left */
    struct process_timers *timers;      /* L: POSIX timers, NULL until the first */
    struct process_itimers *itimers;    /* L: interval timers, NULL until the first */
    void (*release_posix_timers)(struct process *); /* L: set with @timers; exit and execve call it */
    void (*release_itimers)(struct process *);      /* L: set with @itimers; exit calls it */
    void *foreign;                      /* loader state */
};

/** struct process_thread - the part of a thread that belongs to a process; thread->process points here. s = only the thread itself. */
struct process_thread {
    struct thread *thread;              /* G: NULL once it has left */
    int tid;                            /* s; changes in execve only */
    struct process *process;            /* I: reference */
    struct refcount refs;               /* a: the thread's own, and lookups */
    struct list_node link;              /* G */
    struct credentials *cred;           /* G for writers and other readers; s */
    struct fd_table *files;             /* s: reference */
    struct fs_context *fs;              /* s: reference; NULL: the process's */
    struct thread_signals signals;
    int *clear_child_tid;               /* s: user address */
    void *robust_list; size_t robust_list_bytes; /* s: user address */
    void *rseq; uint32_t rseq_bytes, rseq_signature; /* s: user address */
    void (*rseq_resume)(struct arch_frame *f); /* s: set with rseq */
    struct restart_block {
        long (*fn)(struct restart_block *);
        uint64_t args[6];
    } restart;                          /* s */
    struct list_node pi_waiters;        /* futex_pi.c: waiters for PI futexes this thread owns */
    void *pi_blocked_on;                /* futex_pi.c */
    void (*pi_exit)(struct process_thread *); /* pi_lock: set by whoever first waits for a lock of this thread */
    bool leaving;                       /* a: no waiter may rely on this thread any more */
    nsec_t timer_slack_ns, default_timer_slack_ns; /* s */
    int parent_death_signal;            /* s */
    uint16_t io_priority;               /* a: ioprio_set(2) */
    bool no_new_privs;                  /* s */
    int fault_signo, fault_code;        /* s: what the page-fault handler found last */
    bool fault_no_memory;               /* s */
    unsigned fault_trap_nr;             /* s: for the ucontext of the next handler */
    unsigned long fault_error;          /* s */
    vaddr_t fault_address;              /* s */
};

/* Current thread. NULL on kernel threads. */
static inline struct process_thread *process_thread_current(void)
{
    return thread_current()->process;
}
static inline struct process *process_current(void)
{
    struct process_thread *t = process_thread_current();
    return t != NULL ? t->process : NULL;
}

struct process *process_get(struct process *p);
void process_put(struct process *p);
/** process_find - by pid, with a reference; NULL: none alive. process_iterate - every process, with a reference; stops at non-zero and returns it. */
struct process *process_find(int pid);
int process_iterate(int (*fn)(struct process *, void *), void *arg);
/** process_thread_find - by tid in any process, with a reference (process_thread_put); NULL: none alive. Context: any. */
struct process_thread *process_thread_find(int tid);
struct process_thread *process_thread_get(struct process_thread *t);
void process_thread_put(struct process_thread *t);

/** process_create_first - make the calling thread the first thread of the first process; called by init. -ENOMEM. */
int process_create_first(struct process **out) __must_check;

/** struct thread_request - a new thread of the calling process, clone(2) decoded and checked. */
struct thread_request {
    const struct arch_frame *frame; /* where it starts; copied */
    uintptr_t fs_base;
    int *child_tid;        /* CLONE_CHILD_SETTID: written before it runs; NULL: not */
    int *clear_child_tid;  /* CLONE_CHILD_CLEARTID */
    int *parent_tid;       /* CLONE_PARENT_SETTID */
    bool share_files, share_fs;
};
/** process_thread_create - Return: its tid; -EAGAIN at RLIMIT_NPROC or the thread limit, -ENOMEM. May sleep. */
long process_thread_create(const struct thread_request *r);

/** process_exit_group - ends every thread of the calling process with @status (wait(2) encoding: code << 8, or the signal). */
void process_exit_group(int status) __noreturn;
/** process_thread_exit - ends the calling thread; if it is the last one, the process with @status. */
void process_thread_exit(int status) __noreturn;
/** process_set_shutdown - init tells how the machine stops after the last process; status in wait(2) encoding. */
void process_set_shutdown(void (*fn)(int wait_status) __noreturn);
/** process_kill_others - end all other threads of the calling process and wait for them, at most until @deadline_ns. -ETIMEDOUT. */
int process_kill_others(nsec_t deadline_ns);

struct rlimit process_limit(unsigned resource);
int process_limit_set(struct process *p, unsigned resource, const struct rlimit *limit) __must_check; /* wires it to files and memory; no checks */

/* The current thread's credentials; borrowed until the thread changes them. */
const struct credentials *process_cred(void);
bool process_capable(unsigned cap);
/** cred_clone - a private copy to change, room for @n_groups; NULL: no memory. cred_commit - publish it for the current thread, takes the reference. */
struct credentials *cred_clone(const struct credentials *c, unsigned n_groups);
void cred_commit(struct credentials *c);
struct credentials *cred_get(struct credentials *c);
void cred_put(struct credentials *c);
/** cred_of - another thread's, with a reference. Context: any. */
struct credentials *cred_of(struct process_thread *t);
/** process_cred_of - the leader's (or, after its exit, the oldest thread's) credentials, with a reference; NULL for a dead process. */
struct credentials *process_cred_of(struct process *p);

/** process_fs - the current thread's root, cwd and umask, made at the root on first use. NULL: no memory. */
struct fs_context *process_fs(void);
/** process_times - sums over living and dead threads. Context: any. */
void process_times(struct process *p, struct thread_times *out);
/** process_set_randomize - place mappings at random (--norandom: false); before process_create_first(). */
void process_set_randomize(bool on);
/** process_add_trace_hook - @fn is called on the way out when THREAD_WORK_TRACE is set; at most three, for good. */
void process_add_trace_hook(void (*fn)(struct arch_frame *f));
