// SPDX-License-Identifier: BSD-3-Clause
// The parts of procfs.
#pragma once

#include "process/process.h"
#include "procfs/procfs.h"
#include "vfs/pseudo.h"

/* Tables, ended by a NULL name. */
extern const struct pseudo_node proc_system_files[], proc_sys_files[], proc_process_files[], proc_task_files[], proc_fd_node[];
int proc_show_cpuinfo(struct text *t, const struct pseudo_context *c);
int proc_show_status(struct text *t, const struct pseudo_context *c);
int proc_show_stat(struct text *t, const struct pseudo_context *c);
int proc_show_statm(struct text *t, const struct pseudo_context *c);
int proc_show_maps(struct text *t, const struct pseudo_context *c);
int proc_show_smaps(struct text *t, const struct pseudo_context *c);
int proc_show_smaps_rollup(struct text *t, const struct pseudo_context *c);
int proc_show_mounts(struct text *t, const struct pseudo_context *c);
int proc_show_mountinfo(struct text *t, const struct pseudo_context *c);
bool proc_parse_number(const char *name, size_t len, long *out);
int proc_net_find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out);
bool proc_net_list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out);
/* Descriptors of the process. */
int proc_fd_find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out);
bool proc_fd_list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out);
int proc_fdinfo_find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out);
bool proc_fdinfo_list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out);
