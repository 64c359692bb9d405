// SPDX-License-Identifier: BSD-3-Clause
// Processes as files.
#pragma once

#include "base/compiler.h"

struct file;
struct process;
/** pidfd_create - a file that stands for @p (takes the reference on success) and polls readable once it has ended. -ENFILE. */
int pidfd_create(struct process *p, unsigned flags, struct file **out) __must_check;
/** pidfd_process - whom @f stands for, borrowed; NULL: it is no pidfd. */
struct process *pidfd_process(struct file *f);
