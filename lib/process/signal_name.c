// SPDX-License-Identifier: BSD-3-Clause
// Names of signals for messages.
#include "process/signal.h"

const char *signal_name(int signo)
{
    static const char names[32][10] = {
        "?",       "SIGHUP",  "SIGINT",  "SIGQUIT", "SIGILL",    "SIGTRAP", "SIGABRT",   "SIGBUS",   "SIGFPE",  "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",   "SIGSTKFLT", "SIGCHLD", "SIGCONT",  "SIGSTOP", "SIGTSTP", "SIGTTIN",
        "SIGTTOU", "SIGURG",  "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH",  "SIGIO",    "SIGPWR",  "SIGSYS"};

    return signo >= 1 && signo < 32 ? names[signo] : signo <= KERNEL_NSIG ? "a real-time signal" : "?";
}
