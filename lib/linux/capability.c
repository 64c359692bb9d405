// SPDX-License-Identifier: BSD-3-Clause
// capget and capset.
#include "arch/uaccess.h"
#include "base/string.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

#define KNOWN ((UINT64_C(1) << (CAPABILITY_LAST + 1)) - 1)

/* How many 32-bit words the caller's version has; 0: unknown, and the header now says which one is spoken here. */
static int words_of(struct user_cap_header *user, struct cap_user_header *h, int *words)
{
    if (copy_in(h, user, sizeof(*h)) != 0)
        return -EFAULT;
    *words = h->version == CAPABILITY_VERSION_1 ? 1 : h->version == CAPABILITY_VERSION_2 || h->version == CAPABILITY_VERSION_3 ? 2 : 0;
    if (*words == 0 && put_user_u32(user, CAPABILITY_VERSION_3) != 0)
        return -EFAULT;
    return 0;
}

static struct credentials *target(int pid)
{
    struct process_thread *t = pid == 0 ? process_thread_get(process_thread_current()) : process_thread_find(pid);
    if (t == NULL)
        return NULL;
    struct credentials *c = cred_of(t);
    process_thread_put(t);
    return c;
}

long sys_capget(struct user_cap_header *header, struct user_cap_data *data)
{
    struct cap_user_header h;
    struct cap_user_data out[2];
    int words;

    int err = words_of(header, &h, &words);
    if (err != 0)
        return err;
    if (words == 0)
        return data != NULL ? -EINVAL : 0;
    if (h.pid < 0)
        return -EINVAL;
    struct credentials *c = target(h.pid);
    if (c == NULL)
        return -ESRCH;
    for (int i = 0; i < 2; i++) {
        out[i].effective = (uint32_t)(c->fs.capabilities >> (32 * i));
        out[i].permitted = (uint32_t)(c->cap_permitted >> (32 * i));
        out[i].inheritable = (uint32_t)(c->cap_inheritable >> (32 * i));
    }
    cred_put(c);
    return data != NULL ? copy_out(data, out, (size_t)words * sizeof(out[0])) : 0;
}

/* The rules of capset(2): nothing may be gained that was not permitted. */
static bool may_set(const struct credentials *old, uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
    if (!process_capable(CAP_SETPCAP) && (inheritable & ~(old->cap_inheritable | old->cap_permitted)))
        return false;
    if (inheritable & ~(old->cap_inheritable | old->cap_bounding))
        return false;
    return !(permitted & ~old->cap_permitted) && !(effective & ~permitted);
}

long sys_capset(struct user_cap_header *header, const struct user_cap_data *data)
{
    const struct credentials *old = process_cred();
    struct cap_user_header h;
    struct cap_user_data in[2];
    int words;

    int err = words_of(header, &h, &words);
    if (err != 0)
        return err;
    if (words == 0)
        return -EINVAL;
    if (h.pid != 0 && h.pid != (int)thread_current()->tid)
        return -EPERM;
    memset(in, 0, sizeof(in));
    if (copy_in(in, data, (size_t)words * sizeof(in[0])) != 0)
        return -EFAULT;
    uint64_t effective = (in[0].effective | (uint64_t)in[1].effective << 32) & KNOWN;
    uint64_t permitted = (in[0].permitted | (uint64_t)in[1].permitted << 32) & KNOWN;
    uint64_t inheritable = (in[0].inheritable | (uint64_t)in[1].inheritable << 32) & KNOWN;
    if (!may_set(old, effective, permitted, inheritable))
        return -EPERM;
    struct credentials *c = cred_clone(old, old->fs.n_groups);
    if (c == NULL)
        return -ENOMEM;
    c->fs.capabilities = effective;
    c->cap_permitted = permitted;
    c->cap_inheritable = inheritable;
    c->cap_ambient &= permitted & inheritable;
    cred_commit(c);
    return 0;
}
