// SPDX-License-Identifier: BSD-3-Clause
// fcntl commands of named files: record locks, leases, seals.
#pragma once

struct file;
/** fcntl_lock - -EINVAL: not one of these commands. Linked by open; fcntl.c refers to it weakly. */
long fcntl_lock(struct file *f, unsigned cmd, unsigned long arg);
extern long (*const open_needs_locks)(struct file *f, unsigned cmd, unsigned long arg);
