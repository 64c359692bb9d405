// SPDX-License-Identifier: BSD-3-Clause
// prctl: capabilities, secure bits, privileges.
#include "prctl.h"
#include "process/process.h"
#include <abi/prctl.h>
#include <abi/securebits.h>
#include <errno.h>

static struct credentials *copy(void)
{
    return cred_clone(process_cred(), process_cred()->fs.n_groups);
}

static long set_keep_capabilities(unsigned long on)
{
    if (on > 1)
        return -EINVAL;
    if (process_cred()->securebits & SECBIT_KEEP_CAPS_LOCKED)
        return -EPERM;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    c->securebits = on ? c->securebits | SECBIT_KEEP_CAPS : c->securebits & ~(uint32_t)SECBIT_KEEP_CAPS;
    cred_commit(c);
    return 0;
}

static long set_securebits(unsigned long bits)
{
    uint32_t old = process_cred()->securebits;

    /* locked bits stay, locks stay, no unknown bits, and privilege */
    if (((old & SECBIT_ALL_LOCKS) >> 1 & (old ^ bits)) || (old & SECBIT_ALL_LOCKS & ~bits) ||
        (bits & ~(unsigned long)(SECBIT_ALL_BITS | SECBIT_ALL_LOCKS)) || !process_capable(CAP_SETPCAP))
        return -EPERM;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    c->securebits = (uint32_t)bits;
    cred_commit(c);
    return 0;
}

static long drop_bounding(unsigned long cap)
{
    if (!process_capable(CAP_SETPCAP))
        return -EPERM;
    if (cap > CAPABILITY_LAST)
        return -EINVAL;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    c->cap_bounding &= ~(UINT64_C(1) << cap);
    cred_commit(c);
    return 0;
}

static long ambient(unsigned long op, unsigned long cap)
{
    const struct credentials *old = process_cred();
    uint64_t bit = UINT64_C(1) << (cap & 63);

    if (op == PR_CAP_AMBIENT_CLEAR_ALL ? cap != 0 : cap > CAPABILITY_LAST)
        return -EINVAL;
    if (op == PR_CAP_AMBIENT_IS_SET)
        return (old->cap_ambient & bit) != 0;
    if (op != PR_CAP_AMBIENT_RAISE && op != PR_CAP_AMBIENT_LOWER && op != PR_CAP_AMBIENT_CLEAR_ALL)
        return -EINVAL;
    if (op == PR_CAP_AMBIENT_RAISE &&
        (!(old->cap_permitted & old->cap_inheritable & bit) || (old->securebits & SECBIT_NO_CAP_AMBIENT_RAISE)))
        return -EPERM;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    c->cap_ambient = op == PR_CAP_AMBIENT_RAISE ? c->cap_ambient | bit : op == PR_CAP_AMBIENT_LOWER ? c->cap_ambient & ~bit : 0;
    cred_commit(c);
    return 0;
}

long prctl_security(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)
{
    struct process_thread *t = process_thread_current();

    switch (option) {
    case PR_GET_KEEPCAPS:
        return (process_cred()->securebits & SECBIT_KEEP_CAPS) != 0;
    case PR_SET_KEEPCAPS:
        return set_keep_capabilities(arg2);
    case PR_GET_SECUREBITS:
        return process_cred()->securebits;
    case PR_SET_SECUREBITS:
        return set_securebits(arg2);
    case PR_CAPBSET_READ:
        return arg2 > CAPABILITY_LAST ? -EINVAL : (long)(process_cred()->cap_bounding >> arg2 & 1);
    case PR_CAPBSET_DROP:
        return drop_bounding(arg2);
    case PR_CAP_AMBIENT:
        return arg4 | arg5 ? -EINVAL : ambient(arg2, arg3);
    case PR_SET_NO_NEW_PRIVS:
        if (arg2 != 1 || arg3 | arg4 | arg5)
            return -EINVAL;
        t->no_new_privs = true;
        return 0;
    case PR_GET_NO_NEW_PRIVS:
        return arg2 | arg3 | arg4 | arg5 ? -EINVAL : t->no_new_privs;
    case PR_GET_SECCOMP:
        return 0;
    default: /* seccomp, speculation control, pointer authentication, core scheduling, MDWE: not configured */
        return -EINVAL;
    }
}
