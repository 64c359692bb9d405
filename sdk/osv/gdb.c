// SPDX-License-Identifier: BSD-3-Clause
// `osv gdb`: a debugger attached to a guest that `osv run --gdb` started, with the SDK's helpers loaded.
#include "command.h"
#include "image.h"
#include "message.h"
#include "prefix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned parse_port(const char *word)
{
    char *end;
    unsigned long port = word ? strtoul(word, &end, 10) : 0;
    if (!word || *end || port < 1 || port > 65535)
        fail("--port takes a number from 1 to 65535");
    return (unsigned)port;
}

/* A Linux program's symbols are found by the helpers; the kernel that runs it is the loader. */
static char *kernel_of(const char *path)
{
    struct image image;
    struct text why = {0};
    if (!image_open(&image, path, &why))
        fail("%s", text_string(&why));
    bool is_program = image.kind == IMAGE_PROGRAM || image.kind == IMAGE_LIBRARY;
    image_close(&image);
    return is_program ? prefix_profile_path("release", "osv-loader.elf") : string_copy(path);
}

static int gdb_main(int argc, char **argv)
{
    unsigned port = 1234;
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--port") == 0)
            port = parse_port(argv[++i]);
        else
            fail("unknown option '%s'; see `osv gdb --help`", argv[i]);
        if (i >= argc)
            fail("--port needs a value");
    }
    if (i >= argc)
        fail("no image named; usage: osv gdb [--port N] IMAGE [gdb arguments]");
    char *gdb = program_find("gdb"), *helpers = prefix_path("share/osv/gdb/osv.py");
    if (!gdb)
        fail("gdb is missing; install it: apt-get install gdb");
    struct words command = {0};
    words_add(&command, gdb);
    words_add(&command, "-q");
    char *kernel = kernel_of(argv[i++]);
    words_add(&command, kernel);
    if (file_exists(helpers)) {
        words_add(&command, "-ex");
        words_addf(&command, "source %s", helpers);
    }
    words_add(&command, "-ex");
    words_addf(&command, "target remote 127.0.0.1:%u", port);
    while (i < argc)
        words_add(&command, argv[i++]);
    execv(gdb, command.items);
    fail("cannot execute '%s' (%s)", gdb, strerror(errno));
}

const struct command command_gdb = {
    .name = "gdb",
    .summary = "debug a guest started with `osv run --gdb`",
    .help = "usage: osv gdb [--port N] IMAGE [gdb arguments]\n"
            "\n"
            "Starts gdb on IMAGE, loads the SDK's helpers (`osv info`, `osv threads`, `osv mmap`), and connects to\n"
            "the guest that `osv run --gdb[=N] IMAGE` holds at its first instruction.\n",
    .run = gdb_main,
};
