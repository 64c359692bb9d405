// SPDX-License-Identifier: BSD-3-Clause
// Runs the compiler, and adds advice to what the linker complains about.
#include "diagnose.h"

#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *advice_for(const char *symbol)
{
    static const struct {
        const char *start, *advice;
    } known[] = {
        {"main", "the image needs a main(): add the file that defines it"},
        {"fork", "one image is one process: use posix_spawn-free designs, threads, or `osv run` of several guests"},
        {"vfork", "one image is one process: use threads, or several guests"},
        {"exec", "an image cannot become another program: call its code as a function, or use `osv run PROGRAM`"},
        {"_Unwind_", "link the compiler's runtime: keep -lgcc_eh, or link with osv-c++"},
        {"__cxa_", "this is C++: link with osv-c++"},
        {"_ZSt", "this is C++: link with osv-c++"},
        {"_ZNSt", "this is C++: link with osv-c++"},
        {"_ZNKSt", "this is C++: link with osv-c++"},
        {"_Z", "no object or library given defines this C++ name"},
        {"__asan_", "sanitizers need a host: drop -fsanitize, and test against libosv-host.a"},
        {"__tsan_", "sanitizers need a host: drop -fsanitize, and test against libosv-host.a"},
        {"__ubsan_", "use -fsanitize-trap=undefined, which needs no runtime"},
        {"__gcov_", "drop --coverage: there is no place to write the counts"},
        {"__llvm_profile", "drop -fprofile-instr-generate: there is no place to write the counts"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].start, "main") == 0 || strcmp(known[i].start, "fork") == 0
                ? strcmp(symbol, known[i].start) == 0
                : string_starts(symbol, known[i].start))
            return known[i].advice;
    return "libosv.a does not have it: add the library that defines it (a static one), or do without";
}

/* "undefined symbol: NAME" (lld), "undefined reference to `NAME'" (GNU ld). */
static void collect_symbol(const char *line, struct words *symbols)
{
    const char *at = strstr(line, "undefined symbol: ");
    size_t skip = 18;
    if (!at) {
        at = strstr(line, "undefined reference to `");
        skip = 24;
    }
    if (!at)
        return;
    char *name = string_format("%.*s", (int)strcspn(at + skip, "'\n"), at + skip);
    if (!words_contain(symbols, name))
        words_add(symbols, name);
    free(name);
}

static void print_advice(const struct text *complaints)
{
    struct words symbols = {0};
    char *copy = string_copy(text_string(complaints)), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        collect_symbol(line, &symbols);
    for (size_t i = 0; i < symbols.count; i++)
        warn("undefined: %s: %s", symbols.items[i], advice_for(symbols.items[i]));
    words_fini(&symbols);
    free(copy);
}

static void pass_through(int fd, struct text *complaints)
{
    char bytes[4096];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR)) {
        if (got <= 0)
            continue;
        if (write(STDERR_FILENO, bytes, (size_t)got) < 0)
            continue; /* nobody listens */
        if (complaints->length < 1 << 20)
            text_append(complaints, bytes, (size_t)got);
    }
}

int diagnose_run(const struct words *argv)
{
    int ends[2], status = 0;
    struct text complaints = {0};
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("cannot make a pipe (%s)", strerror(errno));
    pid_t child = fork();
    if (child < 0)
        fail("cannot start a process (%s)", strerror(errno));
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        execv(argv->items[0], argv->items);
        _exit(127);
    }
    close(ends[1]);
    pass_through(ends[0], &complaints);
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    print_advice(&complaints);
    text_fini(&complaints);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
