// SPDX-License-Identifier: BSD-3-Clause
// /proc.
#pragma once

struct file;
struct pseudo_node;
/** procfs_register - make the type "proc" known. */
void procfs_register(void);
/** procfs_set_net - the table behind /proc/net and /proc/PID/net; registered by room net's glue if the program has sockets. */
void procfs_set_net(const struct pseudo_node *table);
/** procfs_pid_of - the process whose directory /proc/PID @f is; 0: @f is something else. */
int procfs_pid_of(struct file *f);
