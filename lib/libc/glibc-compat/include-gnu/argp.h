// SPDX-License-Identifier: BSD-3-Clause
// argp: command lines parsed by tables of options, with --help and --usage made from them; glibc's layout and names.
#pragma once

#include <errno.h>
#include <features.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef __error_t_defined
#define __error_t_defined 1
typedef int error_t;
#endif

struct argp;
struct argp_state;
struct argp_child;

struct argp_option {
    const char *name; /* long name without "--"; NULL: none */
    int key;          /* what the parser gets; if printable, the short option too */
    const char *arg;  /* name of its argument; NULL: takes none */
    int flags;        /* OPTION_* */
    const char *doc;
    int group; /* order in --help: 0, 1 ... then ... -2, -1; 0 means that of the option before it */
};

#define OPTION_ARG_OPTIONAL 0x1
#define OPTION_HIDDEN 0x2
#define OPTION_ALIAS 0x4 /* another name of the option before it */
#define OPTION_DOC 0x8   /* not an option: a line of documentation */
#define OPTION_NO_USAGE 0x10

/* A parser answers 0, an errno, or ARGP_ERR_UNKNOWN for a key that it doesn't know. */
typedef error_t (*argp_parser_t)(int key, char *arg, struct argp_state *state);
#define ARGP_ERR_UNKNOWN E2BIG

#define ARGP_KEY_ARG 0              /* @arg is an argument that is no option */
#define ARGP_KEY_ARGS 0x1000006     /* all that remain, from state->next */
#define ARGP_KEY_END 0x1000001
#define ARGP_KEY_NO_ARGS 0x1000002
#define ARGP_KEY_INIT 0x1000003
#define ARGP_KEY_FINI 0x1000007
#define ARGP_KEY_SUCCESS 0x1000004
#define ARGP_KEY_ERROR 0x1000005

struct argp {
    const struct argp_option *options; /* ends with an empty one */
    argp_parser_t parser;
    const char *args_doc; /* the arguments in the usage line; alternatives are separated by newlines */
    const char *doc;      /* before the options; after a '\v', behind them */
    const struct argp_child *children;
    char *(*help_filter)(int key, const char *text, void *input);
    const char *argp_domain;
};

#define ARGP_KEY_HELP_PRE_DOC 0x2000001
#define ARGP_KEY_HELP_POST_DOC 0x2000002
#define ARGP_KEY_HELP_HEADER 0x2000003
#define ARGP_KEY_HELP_EXTRA 0x2000004
#define ARGP_KEY_HELP_DUP_ARGS_NOTE 0x2000005
#define ARGP_KEY_HELP_ARGS_DOC 0x2000006

struct argp_child {
    const struct argp *argp;
    int flags;
    const char *header; /* above its options in --help; not NULL keeps them together */
    int group;
};

struct argp_state {
    const struct argp *root_argp;
    int argc;
    char **argv;
    int next; /* index of the argument to be parsed next */
    unsigned flags;
    unsigned arg_num; /* number of this ARGP_KEY_ARG, from 0 */
    int quoted;       /* index after "--"; 0: none was met */
    void *input;
    void **child_inputs;
    void *hook;
    char *name;
    FILE *err_stream, *out_stream;
    void *pstate;
};

/* Flags of argp_parse(). */
#define ARGP_PARSE_ARGV0 0x01
#define ARGP_NO_ERRS 0x02
#define ARGP_NO_ARGS 0x04
#define ARGP_IN_ORDER 0x08
#define ARGP_NO_HELP 0x10
#define ARGP_NO_EXIT 0x20
#define ARGP_LONG_ONLY 0x40
#define ARGP_SILENT (ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP)

/* Flags of argp_help() and argp_state_help(). */
#define ARGP_HELP_USAGE 0x01
#define ARGP_HELP_SHORT_USAGE 0x02
#define ARGP_HELP_SEE 0x04
#define ARGP_HELP_LONG 0x08
#define ARGP_HELP_PRE_DOC 0x10
#define ARGP_HELP_POST_DOC 0x20
#define ARGP_HELP_DOC (ARGP_HELP_PRE_DOC | ARGP_HELP_POST_DOC)
#define ARGP_HELP_BUG_ADDR 0x40
#define ARGP_HELP_LONG_ONLY 0x80
#define ARGP_HELP_EXIT_ERR 0x100
#define ARGP_HELP_EXIT_OK 0x200
#define ARGP_HELP_STD_ERR (ARGP_HELP_SEE | ARGP_HELP_EXIT_ERR)
#define ARGP_HELP_STD_USAGE (ARGP_HELP_SHORT_USAGE | ARGP_HELP_SEE | ARGP_HELP_EXIT_ERR)
#define ARGP_HELP_STD_HELP (ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_EXIT_OK | ARGP_HELP_DOC | ARGP_HELP_BUG_ADDR)

/* The program's own, where it defines or sets them. */
extern const char *argp_program_version;
extern void (*argp_program_version_hook)(FILE *stream, struct argp_state *state);
extern const char *argp_program_bug_address;
extern error_t argp_err_exit_status;

/*
 * argp_parse - parse @argv by @argp and its children; @index, if not NULL, gets the index of the first argument left over.
 * 0, what a parser answered, or EINVAL for an unknown option; without ARGP_NO_EXIT errors and --help end the program.
 */
error_t argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *index, void *input);
/* argp_help - print what @flags (ARGP_HELP_*) ask for to @stream; @name is the program's. */
void argp_help(const struct argp *argp, FILE *stream, unsigned flags, char *name);
/* For parsers: print, then exit if the flags of @state allow it. */
void argp_state_help(const struct argp_state *state, FILE *stream, unsigned flags);
void argp_usage(const struct argp_state *state);
void argp_error(const struct argp_state *state, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));
void argp_failure(const struct argp_state *state, int status, int errnum, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

#ifdef __cplusplus
}
#endif
