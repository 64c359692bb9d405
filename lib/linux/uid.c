// SPDX-License-Identifier: BSD-3-Clause
// User and group identities: the get and set families.
#include "arch/uaccess.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "uid.h"
#include <abi/capability.h>
#include <errno.h>

#define UNCHANGED UINT32_MAX

long sys_getuid(void)
{
    return process_cred()->uid;
}

long sys_geteuid(void)
{
    return process_cred()->euid;
}

long sys_getgid(void)
{
    return process_cred()->gid;
}

long sys_getegid(void)
{
    return process_cred()->egid;
}

long sys_getresuid(uid_t *ruid, uid_t *euid, uid_t *suid)
{
    const struct credentials *c = process_cred();

    if (put_user_u32(ruid, c->uid) != 0 || put_user_u32(euid, c->euid) != 0 || put_user_u32(suid, c->suid) != 0)
        return -EFAULT;
    return 0;
}

long sys_getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid)
{
    const struct credentials *c = process_cred();

    if (put_user_u32(rgid, c->gid) != 0 || put_user_u32(egid, c->egid) != 0 || put_user_u32(sgid, c->sgid) != 0)
        return -EFAULT;
    return 0;
}

static struct credentials *copy(void)
{
    return cred_clone(process_cred(), process_cred()->fs.n_groups);
}

/* Is @id one of the caller's real, effective or saved user ids? */
static bool own_uid(const struct credentials *c, uint32_t id)
{
    return id == c->uid || id == c->euid || id == c->suid;
}

static bool own_gid(const struct credentials *c, uint32_t id)
{
    return id == c->gid || id == c->egid || id == c->sgid;
}

/* Publish @c after its user ids changed from those of @old: capabilities follow, and the process is no longer dumpable. */
static long commit_uids(struct credentials *c)
{
    const struct credentials *old = process_cred();

    c->fs.uid = c->euid;
    cred_fix_capabilities(c, old);
    if (c->euid != old->euid || c->fs.uid != old->fs.uid)
        process_current()->dumpable = 0;
    cred_commit(c);
    return 0;
}

static long commit_gids(struct credentials *c)
{
    c->fs.gid = c->egid;
    if (c->egid != process_cred()->egid)
        process_current()->dumpable = 0;
    cred_commit(c);
    return 0;
}

long sys_setuid(uid_t uid)
{
    const struct credentials *old = process_cred();

    if (uid == UNCHANGED)
        return -EINVAL;
    bool privileged = process_capable(CAP_SETUID);
    if (!privileged && uid != old->uid && uid != old->suid)
        return -EPERM;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    if (privileged)
        c->uid = c->suid = uid;
    c->euid = uid;
    return commit_uids(c);
}

long sys_setgid(gid_t gid)
{
    const struct credentials *old = process_cred();

    if (gid == UNCHANGED)
        return -EINVAL;
    bool privileged = process_capable(CAP_SETGID);
    if (!privileged && gid != old->gid && gid != old->sgid)
        return -EPERM;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    if (privileged)
        c->gid = c->sgid = gid;
    c->egid = gid;
    return commit_gids(c);
}

long sys_setreuid(uid_t ruid, uid_t euid)
{
    const struct credentials *old = process_cred();

    if (!process_capable(CAP_SETUID)) {
        if (ruid != UNCHANGED && ruid != old->uid && ruid != old->euid)
            return -EPERM;
        if (euid != UNCHANGED && !own_uid(old, euid))
            return -EPERM;
    }
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    if (ruid != UNCHANGED)
        c->uid = ruid;
    if (euid != UNCHANGED)
        c->euid = euid;
    if (ruid != UNCHANGED || (euid != UNCHANGED && euid != old->uid))
        c->suid = c->euid;
    return commit_uids(c);
}

long sys_setregid(gid_t rgid, gid_t egid)
{
    const struct credentials *old = process_cred();

    if (!process_capable(CAP_SETGID)) {
        if (rgid != UNCHANGED && rgid != old->gid && rgid != old->egid)
            return -EPERM;
        if (egid != UNCHANGED && !own_gid(old, egid))
            return -EPERM;
    }
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    if (rgid != UNCHANGED)
        c->gid = rgid;
    if (egid != UNCHANGED)
        c->egid = egid;
    if (rgid != UNCHANGED || (egid != UNCHANGED && egid != old->gid))
        c->sgid = c->egid;
    return commit_gids(c);
}

long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
    const struct credentials *old = process_cred();
    const uint32_t ids[] = {ruid, euid, suid};

    if (!process_capable(CAP_SETUID))
        for (unsigned i = 0; i < 3; i++)
            if (ids[i] != UNCHANGED && !own_uid(old, ids[i]))
                return -EPERM;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    if (ruid != UNCHANGED)
        c->uid = ruid;
    if (euid != UNCHANGED)
        c->euid = euid;
    if (suid != UNCHANGED)
        c->suid = suid;
    return commit_uids(c);
}

long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
    const struct credentials *old = process_cred();
    const uint32_t ids[] = {rgid, egid, sgid};

    if (!process_capable(CAP_SETGID))
        for (unsigned i = 0; i < 3; i++)
            if (ids[i] != UNCHANGED && !own_gid(old, ids[i]))
                return -EPERM;
    struct credentials *c = copy();
    if (c == NULL)
        return -ENOMEM;
    if (rgid != UNCHANGED)
        c->gid = rgid;
    if (egid != UNCHANGED)
        c->egid = egid;
    if (sgid != UNCHANGED)
        c->sgid = sgid;
    return commit_gids(c);
}

/* Both return the old id, whether or not they changed it. */
long sys_setfsuid(uid_t uid)
{
    const struct credentials *old = process_cred();
    uint32_t before = old->fs.uid;

    if (uid == UNCHANGED || !(own_uid(old, uid) || uid == before || process_capable(CAP_SETUID)) || uid == before)
        return before;
    struct credentials *c = copy();
    if (c == NULL)
        return before;
    c->fs.uid = uid;
    cred_fix_fs_capabilities(c, old);
    cred_commit(c);
    return before;
}

long sys_setfsgid(gid_t gid)
{
    const struct credentials *old = process_cred();
    uint32_t before = old->fs.gid;

    if (gid == UNCHANGED || !(own_gid(old, gid) || gid == before || process_capable(CAP_SETGID)) || gid == before)
        return before;
    struct credentials *c = copy();
    if (c == NULL)
        return before;
    c->fs.gid = gid;
    cred_commit(c);
    return before;
}
