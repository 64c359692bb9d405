// SPDX-License-Identifier: BSD-3-Clause
// siginfo_t between application memory and the kernel's short form.
#include "arch/uaccess.h"
#include "base/string.h"
#include "process/signal.h"
#include <errno.h>

int signal_info_copy_out(void *user, const struct signal_info *info)
{
    siginfo_t full;

    memset(&full, 0, sizeof(full));
    memcpy(&full, info, sizeof(*info));
    return copy_out(user, &full, sizeof(full));
}

/* The kernel keeps 48 bytes; a sender that uses more must be told. */
int signal_info_copy_in(struct signal_info *info, const void *user)
{
    unsigned char rest[sizeof(siginfo_t) - sizeof(*info)];

    if (copy_in(info, user, sizeof(*info)) != 0 || copy_in(rest, (const char *)user + sizeof(*info), sizeof(rest)) != 0)
        return -EFAULT;
    if (info->code < 0) /* layouts the kernel does not know: only these can use the rest, others are cut silently */
        for (unsigned i = 0; i < sizeof(rest); i++)
            if (rest[i] != 0 && info->code < -7)
                return -E2BIG;
    return 0;
}
