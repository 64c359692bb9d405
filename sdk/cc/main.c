// SPDX-License-Identifier: BSD-3-Clause
// osv-cc and osv-c++: the host's compiler, told to make OSv images.
#include "link.h"
#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: osv-cc|osv-c++ [compiler options] FILE...\n"
    "\n"
    "The host's clang (or gcc) with musl's headers; links OSv images for `osv run`. Takes the compiler's options, and:\n"
    "  --osv-profile=release|debug   which libosv.a ($OSV_PROFILE; release)\n"
    "  --osv-compiler=PATH           which compiler ($OSV_CC, $OSV_CXX; clang, else gcc)\n"
    "  --osv-syscalls=auto|all|linked   which system calls the `syscall` instruction finds (auto: all if the code has one)\n"
    "  --osv-help                    this text; see also `man osv-cc`\n";

/* Without an input file the compiler answers questions (-v, --version, -print-...). */
static bool is_question(const struct request *request)
{
    return !request->has_input;
}

static int compile(const struct request *request, const struct toolchain *toolchain)
{
    struct words argv = {0};
    words_add(&argv, toolchain->compiler);
    if (!is_question(request))
        add_compile_flags(request, toolchain, &argv);
    words_add_all(&argv, &request->passed);
    if (toolchain->is_clang && !is_question(request))
        words_add(&argv, "-Qunused-arguments");
    execv(argv.items[0], argv.items);
    fail("cannot execute '%s' (%s)", argv.items[0], strerror(errno));
}

int main(int argc, char **argv)
{
    struct request request = {0};
    struct toolchain toolchain;
    const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    request.is_cxx = strstr(name, "++") != NULL;
    message_begin(request.is_cxx ? "osv-c++" : "osv-cc");
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--osv-help") == 0)
            return fputs(help, stdout) < 0;
    request_parse(&request, argc, argv);
    toolchain_find(&toolchain, &request);
    return request.links && !is_question(&request) ? link_image(&request, &toolchain) : compile(&request, &toolchain);
}
