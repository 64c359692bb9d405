// SPDX-License-Identifier: BSD-3-Clause
// /proc/PID/status, stat and statm.
#include "base/string.h"
#include "procfs_private.h"
#include "sched/sched.h"
#include "sched/time.h"
#include "vm/space.h"
#include <errno.h>

/* A process and, for /proc/PID/task/TID, one thread of it. */
struct subject {
    struct process *p;
    struct process_thread *t; /* may be NULL */
    struct vm_stats vm;
    struct thread_times times;
    char name[16];
};

static int subject_get(const struct pseudo_context *c, struct subject *s)
{
    *s = (struct subject){.p = process_find((int)c->id)};
    if (s->p == NULL)
        return -ESRCH;
    s->t = c->sub > 0 ? process_thread_find((int)c->sub) : NULL;
    if (s->p->space != NULL)
        vm_get_stats(s->p->space, &s->vm);
    if (s->t != NULL && s->t->thread != NULL) {
        thread_get_times(s->t->thread, &s->times);
        thread_get_name(s->t->thread, s->name);
    } else {
        process_times(s->p, &s->times);
        memcpy(s->name, s->p->comm, sizeof s->name);
    }
    s->name[15] = '\0';
    return 0;
}

static void subject_put(struct subject *s)
{
    if (s->t != NULL)
        process_thread_put(s->t);
    process_put(s->p);
}

static int id_of(const struct subject *s)
{
    return s->t != NULL ? s->t->tid : s->p->pid;
}

static char state_of(const struct subject *s)
{
    struct process_thread *current = process_thread_current();

    if (s->t != NULL)
        return s->t == current ? 'R' : 'S';
    return current != NULL && current->process == s->p ? 'R' : 'S';
}

static void add_ids(struct text *t, struct process *p)
{
    struct credentials *k = process_cred_of(p);

    if (k == NULL)
        return;
    text_add(t, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t64\nGroups:\t", k->uid, k->euid, k->suid, k->fs.uid, k->gid,
             k->egid, k->sgid, k->fs.gid);
    for (uint32_t n = 0; n < k->fs.n_groups; n++)
        text_add(t, "%u ", k->groups[n]);
    text_add(t, "\n");
    cred_put(k);
}

static void add_memory(struct text *t, const struct vm_stats *v)
{
    text_add(t, "VmPeak:\t%8llu kB\nVmSize:\t%8llu kB\nVmLck:\t%8llu kB\nVmPin:\t%8u kB\nVmHWM:\t%8llu kB\nVmRSS:\t%8llu kB\n",
             (unsigned long long)v->peak_mapped_bytes / 1024, (unsigned long long)v->mapped_bytes / 1024,
             (unsigned long long)v->locked_bytes / 1024, 0u, (unsigned long long)v->peak_resident_bytes / 1024,
             (unsigned long long)v->resident_bytes / 1024);
    text_add(t, "RssAnon:\t%8llu kB\nRssFile:\t%8u kB\nRssShmem:\t%8llu kB\n",
             (unsigned long long)(v->resident_bytes - v->shared_bytes) / 1024, 0u, (unsigned long long)v->shared_bytes / 1024);
    text_add(t, "VmData:\t%8llu kB\nVmStk:\t%8llu kB\nVmExe:\t%8llu kB\nVmLib:\t%8u kB\nVmPTE:\t%8u kB\nVmSwap:\t%8u kB\n",
             (unsigned long long)v->data_bytes / 1024, (unsigned long long)v->stack_bytes / 1024,
             (unsigned long long)v->text_bytes / 1024, 0u, 4u, 0u);
}

static void add_caps(struct text *t, struct process *p)
{
    struct credentials *k = process_cred_of(p);

    if (k == NULL)
        return;
    text_add(t, "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\nCapBnd:\t%016llx\nCapAmb:\t%016llx\n",
             (unsigned long long)k->cap_inheritable, (unsigned long long)k->cap_permitted, (unsigned long long)k->fs.capabilities,
             (unsigned long long)k->cap_bounding, (unsigned long long)k->cap_ambient);
    cred_put(k);
}

static void add_signals(struct text *t, const struct subject *s)
{
    struct process *p = s->p;
    uint64_t own = 0, blocked = 0, ignored = 0, caught = 0;

    unsigned long flags = spin_lock_irqsave(&p->signals.lock);
    const struct process_thread *k = s->t != NULL ? s->t : p->leader;
    uint64_t shared = p->signals.pending.set;
    if (k != NULL) {
        own = k->signals.pending.set;
        blocked = k->signals.blocked;
    }
    for (unsigned n = 1; n <= KERNEL_NSIG; n++) {
        uintptr_t h = p->signals.actions[n - 1].handler;
        if (h == (uintptr_t)SIG_IGN)
            ignored |= 1ull << (n - 1);
        else if (h != (uintptr_t)SIG_DFL)
            caught |= 1ull << (n - 1);
    }
    spin_unlock_irqrestore(&p->signals.lock, flags);
    text_add(t, "SigQ:\t%u/%llu\n", p->signals.n_queued, (unsigned long long)p->limits[RLIMIT_SIGPENDING].rlim_cur);
    text_add(t, "SigPnd:\t%016llx\nShdPnd:\t%016llx\nSigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\n", (unsigned long long)own,
             (unsigned long long)shared, (unsigned long long)blocked, (unsigned long long)ignored, (unsigned long long)caught);
}

static bool no_new_privs_of(const struct subject *s)
{
    const struct process_thread *k = s->t != NULL ? s->t : process_thread_current();

    return k != NULL && k->process == s->p && k->no_new_privs;
}

static unsigned umask_of(struct process *p)
{
    struct fs_context *fs = p == process_current() ? vfs_current_context() : p->fs;

    return fs != NULL ? fs_context_umask(fs) : 022;
}

int proc_show_status(struct text *t, const struct pseudo_context *c)
{
    struct subject s;
    int r = subject_get(c, &s);

    if (r != 0)
        return r;
    text_add(t, "Name:\t%s\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", s.name, umask_of(s.p),
             state_of(&s) == 'R' ? "R (running)" : "S (sleeping)", s.p->pid, id_of(&s), s.p->ppid);
    add_ids(t, s.p);
    text_add(t, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", s.p->pid, id_of(&s), s.p->pgid, s.p->sid);
    add_memory(t, &s.vm);
    text_add(t, "CoreDumping:\t0\nTHP_enabled:\t1\nThreads:\t%u\n", s.p->n_threads);
    add_signals(t, &s);
    add_caps(t, s.p);
    text_add(t, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\nCpus_allowed:\t%llx\nCpus_allowed_list:\t0-%u\nMems_allowed:\t1\nMems_allowed_list:\t0\n",
             no_new_privs_of(&s), (1ull << min(sched_cpu_count(), 63u)) - 1, sched_cpu_count() - 1);
    text_add(t, "voluntary_ctxt_switches:\t%llu\nnonvoluntary_ctxt_switches:\t%llu\n", (unsigned long long)s.times.voluntary_switches,
             (unsigned long long)s.times.involuntary_switches);
    subject_put(&s);
    return 0;
}

int proc_show_stat(struct text *t, const struct pseudo_context *c)
{
    struct subject s;
    int r = subject_get(c, &s);

    if (r != 0)
        return r;
    thread_sample_start();
    text_add(t, "%d (%s) %c %d %d %d 0 -1 4194304 %llu 0 %llu 0 %lld %lld 0 0 20 0 %u 0 %lld %llu %llu 18446744073709551615 ", id_of(&s),
             s.name, state_of(&s), s.p->ppid, s.p->pgid, s.p->sid, (unsigned long long)s.times.minor_faults,
             (unsigned long long)s.times.major_faults, (long long)((s.times.run_ns - s.times.system_ns) / 10000000),
             (long long)(s.times.system_ns / 10000000), s.p->n_threads,
             (long long)(s.p->start_ns / 10000000), (unsigned long long)s.vm.mapped_bytes,
             (unsigned long long)s.vm.resident_bytes / 4096);
    text_add(t, "0 0 %llu 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 %llu %llu %llu %llu %llu 0\n", (unsigned long long)s.p->stack_start,
             (unsigned long long)s.p->brk_start, (unsigned long long)s.p->arg_start, (unsigned long long)s.p->arg_end,
             (unsigned long long)s.p->env_start, (unsigned long long)s.p->env_end);
    subject_put(&s);
    return 0;
}

int proc_show_statm(struct text *t, const struct pseudo_context *c)
{
    struct subject s;
    int r = subject_get(c, &s);

    if (r != 0)
        return r;
    text_add(t, "%llu %llu %llu %llu 0 %llu 0\n", (unsigned long long)s.vm.mapped_bytes / 4096,
             (unsigned long long)s.vm.resident_bytes / 4096, (unsigned long long)s.vm.shared_bytes / 4096,
             (unsigned long long)s.vm.text_bytes / 4096, (unsigned long long)(s.vm.data_bytes + s.vm.stack_bytes) / 4096);
    subject_put(&s);
    return 0;
}
