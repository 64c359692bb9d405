// SPDX-License-Identifier: BSD-3-Clause
// How capabilities follow user ids (capabilities(7), "Effect of user ID changes on capabilities").
#include "process/process.h"
#include "uid.h"
#include <abi/capability.h>
#include <abi/securebits.h>
#include <stdbool.h>

#define BIT(c) (UINT64_C(1) << (c))
#define FS_CAPABILITIES                                                                                                             \
    (BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) |                        \
     BIT(CAP_LINUX_IMMUTABLE) | BIT(CAP_MKNOD) | BIT(CAP_MAC_OVERRIDE))

static bool any_root(const struct credentials *c)
{
    return c->uid == 0 || c->euid == 0 || c->suid == 0;
}

void cred_fix_fs_capabilities(struct credentials *c, const struct credentials *old)
{
    if (c->securebits & SECBIT_NO_SETUID_FIXUP)
        return;
    if (old->fs.uid == 0 && c->fs.uid != 0)
        c->fs.capabilities &= ~FS_CAPABILITIES;
    if (old->fs.uid != 0 && c->fs.uid == 0)
        c->fs.capabilities |= FS_CAPABILITIES & c->cap_permitted;
}

void cred_fix_capabilities(struct credentials *c, const struct credentials *old)
{
    if (c->securebits & SECBIT_NO_SETUID_FIXUP)
        return;
    if (any_root(old) && !any_root(c)) {
        if (!(c->securebits & SECBIT_KEEP_CAPS))
            c->cap_permitted = c->fs.capabilities = 0;
        c->cap_ambient = 0; /* whatever KEEP_CAPS says */
    }
    if (old->euid == 0 && c->euid != 0)
        c->fs.capabilities = 0;
    if (old->euid != 0 && c->euid == 0)
        c->fs.capabilities = c->cap_permitted;
}
