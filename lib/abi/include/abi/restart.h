// SPDX-License-Identifier: BSD-3-Clause
// Kernel-internal results that mean: restart the system call after the signal handler.
#pragma once

/* Never seen by programs: the entry code turns each into a restarted call or -EINTR. */
#define ERESTARTSYS 512           /* restart if the handler has SA_RESTART, or there is none */
#define ERESTARTNOINTR 513        /* always restart */
#define ERESTARTNOHAND 514        /* restart only if no handler runs */
#define ERESTART_RESTARTBLOCK 516 /* as NOHAND, through restart_syscall with adjusted arguments */
