// SPDX-License-Identifier: BSD-3-Clause
// Credentials: immutable sets of identities and capabilities, one a thread.
#include "base/string.h"
#include "mem/kalloc.h"
#include "private.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

#define ALL_CAPABILITIES ((UINT64_C(1) << (CAPABILITY_LAST + 1)) - 1)

/* The first program's, and that of kernel threads. The static reference keeps it from being freed. */
struct credentials cred_root = {
    .refs = REFCOUNT_INIT(1),
    .fs = {.groups = cred_root.groups, .capabilities = ALL_CAPABILITIES},
    .cap_permitted = ALL_CAPABILITIES,
    .cap_bounding = ALL_CAPABILITIES,
};

struct credentials *cred_get(struct credentials *c)
{
    refcount_get(&c->refs);
    return c;
}

void cred_put(struct credentials *c)
{
    if (refcount_put(&c->refs))
        kfree(c);
}

const struct credentials *process_cred(void)
{
    struct process_thread *t = process_thread_current();
    return t != NULL ? t->cred : &cred_root;
}

bool process_capable(unsigned cap)
{
    return process_cred()->fs.capabilities >> cap & 1;
}

struct credentials *cred_clone(const struct credentials *c, unsigned n_groups)
{
    struct credentials *copy = kmalloc(sizeof(*copy) + n_groups * sizeof(uint32_t));
    if (copy == NULL)
        return NULL;
    unsigned n = min(n_groups, (unsigned)c->fs.n_groups);
    memcpy(copy, c, sizeof(*copy));
    memcpy(copy->groups, c->groups, n * sizeof(uint32_t));
    refcount_init(&copy->refs, 1);
    copy->fs.n_groups = n;
    copy->fs.groups = copy->groups;
    return copy;
}

void cred_commit(struct credentials *c)
{
    struct process_thread *t = process_thread_current();
    struct credentials *old;
    irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);

    old = t->cred;
    t->cred = c;
    spin_unlock_irqrestore(&t->process->signals.lock, flags);
    if ((old->fs.capabilities ^ c->fs.capabilities) >> CAP_IPC_LOCK & 1)
        process_vm_limits_apply(t->process);
    cred_put(old);
}

struct credentials *cred_of(struct process_thread *t)
{
    irq_flags_t flags = spin_lock_irqsave(&t->process->signals.lock);
    struct credentials *c = cred_get(t->cred);

    spin_unlock_irqrestore(&t->process->signals.lock, flags);
    return c;
}

struct credentials *process_cred_of(struct process *p)
{
    irq_flags_t flags = spin_lock_irqsave(&p->signals.lock);
    struct process_thread *t = list_first_entry(&p->threads, struct process_thread, link);
    struct credentials *c = t != NULL ? cred_get(t->cred) : NULL;

    spin_unlock_irqrestore(&p->signals.lock, flags);
    return c;
}
