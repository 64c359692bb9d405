// SPDX-License-Identifier: BSD-3-Clause
// `osv go`: the stock Go tool with osv-cc as its C compiler and external linker.
//
// Two things stock Go needs to be told. A program without cgo sets up its own thread-local storage and threads behind libc's back, so
// each program gets an import of runtime/cgo, by an overlay file that appears in its main package. And go takes an image for
// up to date as long as no Go file changed, so the linker flags name the kernel library's size and time.
#include "command.h"
#include "message.h"
#include "prefix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
    free(cc);
    free(cxx);
    free(pkg);
}

/* Options of go whose value is the next word. */
static bool takes_value(const char *word)
{
    static const char *const options[] = {"-o", "-p", "-asmflags", "-buildmode", "-buildvcs", "-compiler", "-gccgoflags", "-gcflags",
                                          "-installsuffix", "-ldflags", "-mod", "-modfile", "-overlay", "-pkgdir", "-tags", "-toolexec",
                                          "-exec", "-run", "-bench", "-count", "-cpu", "-timeout", "-C"};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (strcmp(word, options[i]) == 0)
            return true;
    return false;
}

/* The packages (or files) named in @argv, as arguments for `go list`; for `go run` only the first package or all files. */
static void add_packages(struct text *command, int argc, char **argv)
{
    bool is_run = !strcmp(argv[1], "run");
    for (int i = 2; i < argc; i++) {
        if (argv[i][0] == '-') {
            i += takes_value(argv[i]);
            continue;
        }
        if (!strcmp(argv[i], "--"))
            break;
        text_append_char(command, ' ');
        text_append_shell_word(command, argv[i]);
        if (is_run && !string_ends(argv[i], ".go"))
            break;
    }
}

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "we");
    if (!file || fputs(content, file) < 0 || fclose(file) != 0)
        fail("cannot write '%s' (%s); set TMPDIR to a writable directory", path, strerror(errno));
}

/* Write @dir/overlay.json, which adds a file to each package that `go list` names. Return: whether there is any. */
static bool write_overlay(const char *go, const char *dir, int argc, char **argv)
{
    struct text command = {0}, json = {0};
    char line[4096];
    int count = 0;
    text_append_shell_word(&command, go);
    text_append_string(&command, " list -find -f '{{.Name}} {{.Dir}}'");
    add_packages(&command, argc, argv);
    text_append_string(&command, " 2>/dev/null");
    FILE *pipe = popen(text_string(&command), "re");
    text_append_string(&json, "{\"Replace\":{");
    while (pipe && fgets(line, sizeof(line), pipe)) {
        line[strcspn(line, "\n")] = '\0';
        char *place = strchr(line, ' ');
        if (!place || strpbrk(place, "\"\\"))
            continue;
        *place++ = '\0';
        char *source = string_format("%s/%d.go", dir, count), *content = string_format("package %s\n\nimport _ \"runtime/cgo\"\n", line);
        write_file(source, content);
        text_printf(&json, "%s\"%s/osv_cgo_import.go\":\"%s\"", count++ ? "," : "", place, source);
        free(source);
        free(content);
    }
    if (pipe)
        pclose(pipe);
    text_append_string(&json, "}}\n");
    char *path = string_format("%s/overlay.json", dir);
    write_file(path, text_string(&json));
    free(path);
    text_fini(&json);
    text_fini(&command);
    return count > 0;
}

static void remove_overlay(const char *dir)
{
    struct text command = {0};
    text_append_string(&command, "rm -rf ");
    text_append_shell_word(&command, dir);
    if (system(text_string(&command)) != 0)
        warn("cannot remove '%s'", dir);
    text_fini(&command);
}

/* A linker flag that changes whenever the kernel library does. */
static char *library_mark(void)
{
    const char *profile = getenv("OSV_PROFILE");
    char *path = prefix_profile_path(profile && *profile ? profile : "release", "libosv.a");
    struct stat st = {0};
    (void)stat(path, &st);
    free(path);
    return string_format("-Wl,--defsym=osv_mark_%llx_%llx=0", (unsigned long long)st.st_size, (unsigned long long)st.st_mtime);
}

static int run_and_wait(const struct words *command)
{
    int status = 0;
    pid_t child = fork();
    if (child < 0)
        fail("cannot start a process (%s)", strerror(errno));
    if (child == 0) {
        execv(command->items[0], command->items);
        _exit(STATUS_FAILED);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void add_link_options(struct words *command, const char *go, const char *dir, int argc, char **argv)
{
    char *mark = library_mark();
    words_add(command, "-tags=netgo,osusergo"); /* Go's own resolver and user look-up, no host libraries */
    words_addf(command, "-ldflags=-linkmode=external \"-extldflags=-static %s\"", mark);
    if (write_overlay(go, dir, argc, argv))
        words_addf(command, "-overlay=%s/overlay.json", dir);
    if (!strcmp(argv[1], "run") || !strcmp(argv[1], "test")) {
        char *runner = prefix_path("bin/osv");
        words_addf(command, "-exec=%s run", runner);
        free(runner);
    }
    free(mark);
}

static int go_main(int argc, char **argv)
{
    if (argc < 2)
        fail("no sub-command of go named; usage: osv go build [arguments]");
    char *go = program_find("go");
    if (!go)
        fail("go is missing; install it: apt-get install golang");
    const char *tmp = getenv("TMPDIR");
    char *dir = string_format("%s/osv-go-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    struct words command = {0};
    words_add(&command, go);
    words_add(&command, argv[1]);
    set_environment();
    if (links(argv[1])) {
        if (!mkdtemp(dir))
            fail("cannot make a temporary directory '%s' (%s); set TMPDIR to a writable directory", dir, strerror(errno));
        add_link_options(&command, go, dir, argc, argv);
    }
    for (int i = 2; i < argc; i++)
        words_add(&command, argv[i]);
    int status = run_and_wait(&command);
    if (links(argv[1]))
        remove_overlay(dir);
    return status;
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
