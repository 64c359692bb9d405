// SPDX-License-Identifier: BSD-3-Clause
// seccomp, memory policy, rename, copy and other small numbers that libc lacks.
#pragma once

/* renameat2 */
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1u
#define RENAME_EXCHANGE 2u
#define RENAME_WHITEOUT 4u
#endif

/* memory policy */
#define MPOL_DEFAULT 0
#define MPOL_PREFERRED 1
#define MPOL_BIND 2
#define MPOL_INTERLEAVE 3
#define MPOL_LOCAL 4
#define MPOL_F_NODE 1
#define MPOL_F_ADDR 2
#define MPOL_F_MEMS_ALLOWED 4

/* preadv2, pwritev2 */
#ifndef RWF_HIPRI
#define RWF_HIPRI 0x01
#define RWF_DSYNC 0x02
#define RWF_SYNC 0x04
#define RWF_NOWAIT 0x08
#define RWF_APPEND 0x10
#endif

/* getrandom */
#ifndef GRND_NONBLOCK
#define GRND_NONBLOCK 1u
#define GRND_RANDOM 2u
#define GRND_INSECURE 4u
#endif

/* seccomp */
#define SECCOMP_SET_MODE_STRICT 0
#define SECCOMP_SET_MODE_FILTER 1
#define SECCOMP_GET_ACTION_AVAIL 2

/* pidfd_open */
#define PIDFD_NONBLOCK 0x800u

/* kcmp */
#define KCMP_FILE 0
#define KCMP_VM 1
#define KCMP_FILES 2
