// SPDX-License-Identifier: BSD-3-Clause
// System calls under the reserved names that glibc's own libraries and old programs use.

#include "names.inc"

ANOTHER_NAME __close, close
ANOTHER_NAME __connect, connect
ANOTHER_NAME __dup2, dup2
ANOTHER_NAME __fcntl, fcntl
ANOTHER_NAME __fork, fork
ANOTHER_NAME __getpgid, getpgid
ANOTHER_NAME __getpid, getpid
ANOTHER_NAME __gettimeofday, gettimeofday
ANOTHER_NAME __nanosleep, nanosleep
ANOTHER_NAME __open, open
ANOTHER_NAME __open64, open64
ANOTHER_NAME __pipe, pipe
ANOTHER_NAME __pread64, pread64
ANOTHER_NAME __pwrite64, pwrite64
ANOTHER_NAME __read, read
ANOTHER_NAME __sched_get_priority_max, sched_get_priority_max
ANOTHER_NAME __sched_get_priority_min, sched_get_priority_min
ANOTHER_NAME __sched_getparam, sched_getparam
ANOTHER_NAME __sched_getscheduler, sched_getscheduler
ANOTHER_NAME __sched_setscheduler, sched_setscheduler
ANOTHER_NAME __sched_yield, sched_yield
ANOTHER_NAME __select, select
ANOTHER_NAME __send, send
ANOTHER_NAME __setpgid, setpgid
ANOTHER_NAME __sigsuspend, sigsuspend
ANOTHER_NAME __statfs, statfs
ANOTHER_NAME __vfork, vfork
ANOTHER_NAME __waitpid, waitpid
ANOTHER_NAME __write, write
ANOTHER_NAME __bsd_getpgrp, getpgid
ANOTHER_NAME __adjtimex, adjtimex

.section .note.GNU-stack, "", @progbits
