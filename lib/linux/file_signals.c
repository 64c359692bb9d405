// SPDX-License-Identifier: BSD-3-Clause
// Signals that file operations raise: SIGPIPE, SIGXFSZ.
#include "file_signals.h"

#include "file/file.h"
#include "process/process.h"
#include "process/signal.h"

static void raise_to_caller(int signo)
{
    struct process_thread *t = process_thread_current();

    if (t != NULL)
        (void)signal_send_thread(t, signo, NULL);
}

void file_signals_enable(void)
{
    file_set_raise_hook(raise_to_caller);
}
