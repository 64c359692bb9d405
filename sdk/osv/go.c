// SPDX-License-Identifier: BSD-3-Clause
// `osv go`: the stock Go tool with osv-cc as its C compiler and external linker.
#include "command.h"
#include "message.h"
#include "prefix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sub-commands that link; others run as they are. */
static bool links(const char *name)
{
    return !strcmp(name, "build") || !strcmp(name, "run") || !strcmp(name, "test") || !strcmp(name, "install");
}

static void set_environment(void)
{
    char *cc = prefix_path("bin/osv-cc"), *cxx = prefix_path("bin/osv-c++"), *pkg = prefix_path("bin/osv-pkg-config");
    setenv("CC", cc, 1);
    setenv("CXX", cxx, 1);
    setenv("PKG_CONFIG", pkg, 1);
    setenv("CGO_ENABLED", "1", 1);
    setenv("GOOS", "linux", 1);
    setenv("GOARCH", "amd64", 1);
    /* cgo objects of the cache must not be shared with native builds; Go's cache keys on CC by itself. */
    free(cc);
    free(cxx);
    free(pkg);
}

static int go_main(int argc, char **argv)
{
    if (argc < 2)
        fail("no sub-command of go named; usage: osv go build [arguments]");
    char *go = program_find("go");
    if (!go)
        fail("go is missing; install it: apt-get install golang");
    struct words command = {0};
    words_add(&command, go);
    words_add(&command, argv[1]);
    if (links(argv[1])) {
        /* netgo, osusergo: Go's own resolver, no host libraries. */
        words_add(&command, "-tags=netgo,osusergo");
        words_add(&command, "-ldflags=-linkmode=external -extldflags=-static");
    }
    if (!strcmp(argv[1], "run") || !strcmp(argv[1], "test")) {
        char *runner = prefix_path("bin/osv");
        words_addf(&command, "-exec=%s run", runner);
        free(runner);
    }
    for (int i = 2; i < argc; i++)
        words_add(&command, argv[i]);
    set_environment();
    execv(go, command.items);
    fail("cannot execute '%s' (%s)", go, strerror(errno));
}

const struct command command_go = {
    .name = "go",
    .summary = "the stock go tool, linking images: osv go build -o app.elf .",
    .help = "usage: osv go build|run|test|... [arguments of go]\n"
            "\n"
            "Runs go with CC=osv-cc, CGO_ENABLED=1 and an external static link, so that the result is an image for\n"
            "`osv run`. `osv go run` and `osv go test` boot what they build.\n",
    .run = go_main,
};
