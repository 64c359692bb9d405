// SPDX-License-Identifier: BSD-3-Clause
// Terminals: N_TTY line discipline, termios, window size, job-control identity. Used by the console and by pseudo terminals.
#pragma once

#include "abi/termios.h"
#include "base/types.h"
#include "sched/mutex.h"
#include "sched/wait.h"
#include <stdbool.h>
#include <stddef.h>

struct tty;
/** struct tty_driver_ops - the far side: a console or the pty master. */
struct tty_driver_ops {
    void (*write)(struct tty *t, const char *s, size_t n); /* after output processing */
    size_t (*write_room)(struct tty *t);
    void (*set_termios)(struct tty *t);
    void (*start_input)(struct tty *t); /* first reader or poller: input may come from now on; may be NULL */
    void (*closed)(struct tty *t);      /* the last file of this side went; may be NULL */
};
struct tty *tty_create(const struct tty_driver_ops *ops, void *priv); /* NULL: no memory */
struct tty *tty_console(void);          /* created on first use, on console_primary() */
/** tty_set_hvc - who finds the terminal behind /dev/hvc0, if this image can. */
void tty_set_hvc(struct tty *(*fn)(void));
struct tty *tty_hvc(void); /* NULL: no such device */
void tty_receive(struct tty *t, const char *s, size_t n); /* context: interrupt */
struct file;
/** tty_open - a file on @t, which needs no name: descriptors 0-2 of a program. 0, -ENOMEM, -EIO (hung up). */
int tty_open(struct tty *t, unsigned flags, struct file **out);
extern const struct file_ops tty_file_ops; /* priv: struct tty; release through tty_file_opened/closed */
void tty_file_opened(struct tty *t);
/** tty_set_signal_hook - room process: send @signo to @t's foreground process group (^C ^\ ^Z, SIGWINCH, SIGHUP). Context: interrupt. */
void tty_set_signal_hook(void (*fn)(struct tty *t, int signo));
void *tty_priv(struct tty *t);
/** tty_send_signal - to the foreground group through the hook. Context: any. */
void tty_send_signal(struct tty *t, int signo);
int tty_foreground_group(struct tty *t); /* 0: none set */
void tty_set_foreground_group(struct tty *t, int pgrp);
int tty_session(struct tty *t);
/** struct tty_job_ops - room process: identity and job control of the calling process. Any member may be NULL. */
struct tty_job_ops {
    int (*session)(void);
    int (*group)(void);
    /** may_use - background access: 0 go on; -EIO; -ERESTARTSYS after a SIGTTIN or SIGTTOU was sent. */
    int (*background)(struct tty *t, int signo);
    bool (*group_in_session)(int pgrp, int session);
};
void tty_set_job_ops(const struct tty_job_ops *ops);
extern const struct tty_job_ops *tty_job_ops;

/** Pseudo terminals (device/pty.c): the master side is a file; the slave a tty found by number. */
int pty_open_master(struct file *f); /* make @f, fresh from file_alloc, a master. -ENOSPC: too many; -ENOMEM */
struct tty *pty_slave(unsigned number);                 /* borrowed; NULL: no such terminal, or locked */
int pty_next(int from);                                 /* the smallest number in use >= @from, or -1: listing /dev/pts */
int pty_number(struct file *master);                    /* -1: not a master */
/** tty_hangup - the far side went: readers get end of file, writers -EIO, and the group SIGHUP and SIGCONT. */
void tty_hangup(struct tty *t);
void tty_output_ready(struct tty *t); /* the driver has room again */
void tty_destroy(struct tty *t);
void tty_set_index(struct tty *t, unsigned major, unsigned minor);
