// SPDX-License-Identifier: BSD-3-Clause
// The sub-commands of `osv`, and what each one offers to main.
#pragma once

struct command {
    const char *name;
    const char *summary;              /* for the list in `osv --help` */
    const char *help;                 /* printed by `osv NAME --help` */
    int (*run)(int argc, char **argv); /* argv[0] is the sub-command's name; returns the exit status */
};

extern const struct command command_run;
extern const struct command command_check;
extern const struct command command_gdb;
extern const struct command command_doctor;
extern const struct command command_completion;
extern const struct command command_init;
extern const struct command command_go;
