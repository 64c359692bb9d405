// SPDX-License-Identifier: BSD-3-Clause
// What /proc/net and /sys/class/net show; linked by programs that can start the stack, named weakly by whoever mounts /proc and /sys.
#pragma once

#include "vfs/pseudo.h"

/** net_proc_files - a table ended by a NULL name. Before the stack runs the files hold their header lines only. */
extern const struct pseudo_node net_proc_files[];
/** net_sys_dir - a generated directory with one directory an interface. */
extern const struct pseudo_node net_sys_dir;
