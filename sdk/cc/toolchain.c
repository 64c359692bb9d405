// SPDX-License-Identifier: BSD-3-Clause
// The compiler behind osv-cc, and the folders it needs to know.
//
// C sees musl's headers, the compiler's own, and the kernel's (linux/, asm/): nothing else of the host. C++ sees the host's
// headers, because libstdc++ is built against glibc's; libosv.a carries the names and layouts that these promise.
#include "toolchain.h"

#include "message.h"
#include "prefix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *find_first(const char *const *names)
{
    char *found = NULL;
    for (; !found && *names; names++)
        found = program_find(*names);
    return found;
}

void toolchain_find(struct toolchain *toolchain, const struct request *request)
{
    static const char *const c[] = {"clang", "clang-14", "gcc", "cc", NULL};
    static const char *const cxx[] = {"clang++", "clang++-14", "g++", "c++", NULL};
    static const char *const lld[] = {"ld.lld", "ld.lld-14", NULL};
    const char *wanted = request->compiler ? request->compiler : getenv(request->is_cxx ? "OSV_CXX" : "OSV_CC");
    toolchain->compiler = wanted && *wanted ? program_find(wanted) : find_first(request->is_cxx ? cxx : c);
    if (!toolchain->compiler && wanted && *wanted)
        fail("the compiler '%s' is not there; correct --osv-compiler or %s", wanted, request->is_cxx ? "OSV_CXX" : "OSV_CC");
    if (!toolchain->compiler)
        fail("no compiler found; install one: apt-get install %s", request->is_cxx ? "clang g++" : "clang lld");
    const char *slash = strrchr(toolchain->compiler, '/');
    toolchain->is_clang = strstr(slash ? slash : toolchain->compiler, "clang") != NULL;
    char *linker = find_first(lld);
    toolchain->has_lld = linker != NULL;
    free(linker);
}

/* The compiler's own headers (stddef.h, immintrin.h): asked once a compiler, remembered beside nothing, it takes a millisecond. */
static char *compiler_headers(const struct toolchain *toolchain)
{
    struct text command = {0};
    text_append_shell_word(&command, toolchain->compiler);
    text_append_string(&command, " -print-file-name=include 2>/dev/null");
    FILE *pipe = popen(text_string(&command), "re");
    char line[4096] = "";
    if (!pipe || !fgets(line, sizeof(line), pipe))
        line[0] = '\0';
    if (pipe)
        pclose(pipe);
    line[strcspn(line, "\n")] = '\0';
    text_fini(&command);
    return *line == '/' ? string_copy(line) : NULL;
}

/* A folder of links to the kernel's headers alone, since the host keeps them among glibc's. Return: its path, or NULL. */
static char *kernel_headers(void)
{
    static const struct {
        const char *name, *target;
    } links[] = {{"linux", "/usr/include/linux"}, {"asm-generic", "/usr/include/asm-generic"},
                 {"asm", "/usr/include/x86_64-linux-gnu/asm"}, {"mtd", "/usr/include/mtd"}};
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *base = cache && *cache ? string_copy(cache) : string_format("%s/.cache", home && *home ? home : "/tmp");
    char *osv = string_format("%s/osv", base), *dir = string_format("%s/linux-headers", osv);
    (void)mkdir(base, 0700);
    (void)mkdir(osv, 0700);
    bool good = mkdir(dir, 0700) == 0 || errno == EEXIST;
    for (size_t i = 0; good && i < sizeof(links) / sizeof(links[0]); i++) {
        char *link = string_format("%s/%s", dir, links[i].name);
        if (file_exists(links[i].target) && symlink(links[i].target, link) != 0 && errno != EEXIST)
            good = false;
        free(link);
    }
    free(base);
    free(osv);
    if (good)
        return dir;
    free(dir);
    return NULL;
}

static void add_dir(struct words *argv, const char *option, char *dir)
{
    if (dir) {
        words_add(argv, option);
        words_add(argv, dir);
    }
    free(dir);
}

void toolchain_add_includes(const struct toolchain *toolchain, const struct request *request, struct words *argv)
{
    if (!request->keeps_includes && !request->is_cxx) {
        words_add(argv, "-nostdinc");
        add_dir(argv, "-isystem", prefix_path("lib/x86_64/include-libc"));
        add_dir(argv, "-isystem", prefix_path("lib/x86_64/include"));
        add_dir(argv, "-isystem", compiler_headers(toolchain));
        add_dir(argv, "-idirafter", kernel_headers());
    }
    if (!request->keeps_includes && request->is_cxx)
        add_dir(argv, "-isystem", prefix_path("lib/x86_64/include-glibc"));
    add_dir(argv, "-isystem", prefix_path("include"));
}
