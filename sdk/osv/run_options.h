// SPDX-License-Identifier: BSD-3-Clause
// The options of `osv run`, parsed and checked.
#pragma once

#include "text.h"

#include <stdint.h>

enum machine_kind { MACHINE_MICROVM, MACHINE_Q35, MACHINE_PC };
enum accel_kind { ACCEL_AUTO, ACCEL_TCG, ACCEL_KVM };
enum console_kind { CONSOLE_SERIAL, CONSOLE_VIRTIO };
enum linker_kind { LINKER_AUTO, LINKER_OSV, LINKER_SYSTEM };
enum net_kind { NET_AUTO, NET_NONE, NET_USER, NET_TAP };

struct run_options {
    uint64_t memory_bytes;    /* 0: not given */
    unsigned cpus;
    enum machine_kind machine;
    enum accel_kind accel;
    enum console_kind console;
    enum net_kind net;
    enum linker_kind linker;  /* of Linux programs */
    struct words nets;        /* one a network device: "user" or "tap:INTERFACE" */
    struct words forwards;    /* QEMU hostfwd rules */
    struct words volumes;     /* HOST:GUEST pairs as typed */
    struct words environment; /* K=V */
    struct words kernel;      /* further kernel options, passed as they are */
    struct words qemu_args;   /* further QEMU arguments, passed as they are */
    char *rootfs;             /* directory that becomes the guest's root, or NULL */
    char *working_dir;        /* --cwd, or NULL */
    char *qemu;               /* QEMU to use, or NULL */
    char *cpu_model;
    char *profile;            /* of the loader kernel: release or debug */
    bool strace, verbose, dry_run, gdb, all_files;
    unsigned gdb_port;
    double timeout_s;         /* 0: none */
    char *program;
    struct words arguments;
};

/** run_options_parse - fill @options from the command's arguments; ends the command on an error. */
void run_options_parse(struct run_options *options, int argc, char **argv);

const char *machine_name(enum machine_kind machine);
