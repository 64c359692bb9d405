// SPDX-License-Identifier: BSD-3-Clause
// Who may signal whom.
#include "process/signal.h"
#include <abi/capability.h>
#include <errno.h>

int signal_may_send(struct process_thread *t, int signo)
{
    const struct credentials *me = process_cred();

    if (t->process == process_current() || process_capable(CAP_KILL))
        return 0;
    struct credentials *other = cred_of(t);
    bool ok = me->euid == other->suid || me->euid == other->uid || me->uid == other->suid || me->uid == other->uid;
    cred_put(other);
    if (!ok && signo == SIGCONT && t->process->sid == process_current()->sid)
        ok = true;
    return ok ? 0 : -EPERM;
}
