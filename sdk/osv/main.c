// SPDX-License-Identifier: BSD-3-Clause
// `osv`: picks the sub-command and answers the questions that need none.
#include "command.h"
#include "message.h"
#include "prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef OSV_SDK_VERSION
#define OSV_SDK_VERSION "0.1.0"
#endif

static const struct command *const commands[] = {
    &command_run,        &command_check, &command_gdb, &command_doctor,
    &command_completion, &command_init,  &command_go,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
    fputs("usage: osv COMMAND [ARGUMENTS]\n\ncommands:\n", out);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\noptions:\n"
          "  --help             this text; `osv COMMAND --help` for one command\n"
          "  --version          version of the SDK\n"
          "  --prefix           where the SDK is installed\n"
          "  --cmake-toolchain  path of the CMake toolchain file\n"
          "  --pkg-config-path  directory of osv.pc, for PKG_CONFIG_PATH\n"
          "\nThe manual: `man osv`.\n",
          out);
}

static const struct command *command_find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int print_path(const char *relative)
{
    char *path = prefix_path(relative);
    if (!file_exists(path))
        fail("'%s' is missing; the install is incomplete, repeat `make install`", path);
    puts(path);
    free(path);
    return 0;
}

static int answer_option(const char *option)
{
    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(option, "--version") == 0)
        return puts("osv " OSV_SDK_VERSION) < 0;
    if (strcmp(option, "--prefix") == 0)
        return puts(prefix_dir()) < 0;
    if (strcmp(option, "--cmake-toolchain") == 0)
        return print_path("lib/cmake/OSv/OSvToolchain.cmake");
    if (strcmp(option, "--pkg-config-path") == 0)
        return print_path("lib/pkgconfig");
    fail("unknown option '%s'; `osv --help` lists them", option);
}

static int command_start(const struct command *command, int argc, char **argv)
{
    char *name = string_format("osv %s", command->name);
    message_begin(name);
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(command->help, stdout);
        return 0;
    }
    return command->run(argc, argv);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return STATUS_FAILED;
    }
    if (argv[1][0] == '-')
        return answer_option(argv[1]);
    if (strcmp(argv[1], "help") == 0 && argc < 3)
        return answer_option("--help");
    const struct command *command = command_find(strcmp(argv[1], "help") == 0 ? argv[2] : argv[1]);
    if (!command)
        fail("unknown command '%s'; `osv --help` lists them (to run a program: `osv run %s`)", argv[1], argv[1]);
    if (strcmp(argv[1], "help") == 0)
        return fputs(command->help, stdout) < 0;
    return command_start(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    int status = dispatch(argc, argv);
    if (fflush(stdout) != 0 && status == 0)
        fail("cannot write standard output; is the disk full or the pipe closed?");
    return status;
}
