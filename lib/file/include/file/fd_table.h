// SPDX-License-Identifier: BSD-3-Clause
// Descriptor tables: small integers to open files.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>

struct file;
struct fd_table; /* reads are lock-free (RCU); changes take the table's lock */

struct fd_table *fd_table_create(void);
struct fd_table *fd_table_clone(struct fd_table *t); /* fork: same files, same flags; NULL: no memory */
struct fd_table *fd_table_get(struct fd_table *t);
void fd_table_put(struct fd_table *t); /* the last one closes every file */
/** fd_table_current_set - how lower rooms find the table of the running thread; registered by room process. */
void fd_table_set_current_hook(struct fd_table *(*fn)(void));
struct fd_table *fd_table_current(void);

/** fd_get - the file behind @fd with a reference, or NULL (-EBADF). O_PATH files are refused by fd_get, given by fd_get_path. */
struct file *fd_get(int fd);
struct file *fd_get_path(int fd);
/** fd_alloc - reserve the lowest free number >= @min. -EMFILE at RLIMIT_NOFILE (fd_table_set_limit). fd_install publishes and takes over the reference. */
int fd_alloc(struct fd_table *t, int min, bool cloexec) __must_check;
void fd_install(struct fd_table *t, int fd, struct file *f);
void fd_release_reserved(struct fd_table *t, int fd);
/** fd_open_file - alloc + install for the current table; on error puts @f. */
int fd_open_file(struct file *f, bool cloexec) __must_check;
int fd_close(struct fd_table *t, int fd); /* -EBADF */
int fd_dup_to(struct fd_table *t, int old_fd, int new_fd, bool cloexec); /* dup3 body */
int fd_get_cloexec(struct fd_table *t, int fd);
int fd_set_cloexec(struct fd_table *t, int fd, bool on);
int fd_close_range(struct fd_table *t, unsigned first, unsigned last, bool only_set_cloexec);
void fd_close_on_exec(struct fd_table *t);
/** fd_next - the smallest used descriptor >= @from, or -1: for /proc/self/fd. */
int fd_next(struct fd_table *t, int from);
void fd_table_set_limit(struct fd_table *t, unsigned long nofile_soft);
unsigned long fd_table_limit(struct fd_table *t);
/** fd_dup - the lowest free number >= @min for the same file; F_DUPFD. -EBADF, -EINVAL, -EMFILE. */
int fd_dup(struct fd_table *t, int fd, int min, bool cloexec);
/** fd_table_file - reference on the file behind @fd of any table (/proc/PID/fd), O_PATH included; NULL. */
struct file *fd_table_file(struct fd_table *t, int fd);
