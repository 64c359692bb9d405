// SPDX-License-Identifier: BSD-3-Clause
// A Linux program of the host (or of a root directory) with everything it needs, as a guest tree.
//
// Three sources, in the order in which they win: --rootfs, -v, and what this file finds by itself: the program, its
// dynamic linker, the closure of DT_NEEDED, the data files that its package and that package's relatives installed, files
// that its arguments name, and the handful of /etc files that every libc reads.
#include "foreign.h"

#include "closure.h"
#include "cpio.h"
#include "foreign_data.h"
#include "image.h"
#include "message.h"
#include "prefix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_DEPTH = 4 };

/* An absolute path with the links left as they are: the guest gets the same ones. */
static char *absolute(const char *path)
{
    if (*path == '/')
        return string_copy(path);
    char here[PATH_MAX];
    if (!getcwd(here, sizeof(here)))
        fail("the current directory is gone (%s); change to another", strerror(errno));
    return string_format("%s/%s", strcmp(here, "/") ? here : "", path);
}

char *foreign_locate(const char *name, const char *rootfs, bool *in_rootfs)
{
    *in_rootfs = false;
    if (rootfs && *name == '/') {
        struct guest_tree scratch;
        guest_tree_init(&scratch, rootfs);
        char *real = guest_tree_add(&scratch, name);
        guest_tree_fini(&scratch);
        if (real) {
            free(real);
            *in_rootfs = true;
            return string_copy(name);
        }
    }
    if (strchr(name, '/') || file_exists(name))
        return file_exists(name) ? absolute(name) : NULL;
    char *found = program_find(name);
    char *path = found ? absolute(found) : NULL;
    free(found);
    return path;
}

/* "#!INTERPRETER [ARGUMENT]" of the guest file @path. Return: false if it is no script. */
static bool read_shebang(const struct guest_tree *tree, const char *path, char **interpreter, char **argument)
{
    char line[256] = "";
    char *host = guest_tree_host_path(tree, path);
    int fd = open(host, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, line, sizeof(line) - 1) : 0;
    if (fd >= 0)
        close(fd);
    free(host);
    line[got > 0 ? got : 0] = '\0';
    if (!string_starts(line, "#!"))
        return false;
    line[strcspn(line, "\n")] = '\0';
    char *word = line + 2 + strspn(line + 2, " \t");
    char *rest = word + strcspn(word, " \t");
    if (*rest)
        *rest++ = '\0';
    rest += strspn(rest, " \t");
    for (size_t n = strlen(rest); n && strchr(" \t\r", rest[n - 1]); n--)
        rest[n - 1] = '\0';
    *interpreter = string_copy(word);
    *argument = *rest ? string_copy(rest) : NULL;
    return *word == '/';
}

static void prepend(struct words *words, const char *first, const char *second)
{
    struct words old = *words;
    *words = (struct words){0};
    words_add(words, first);
    if (second)
        words_add(words, second);
    words_add_all(words, &old);
    words_fini(&old);
}

/* "#!/usr/bin/env NAME": take NAME itself. Return: its path in @tree, or a copy of @interpreter. */
static char *through_env(const char *interpreter, char **argument)
{
    if (!string_ends(interpreter, "/env") || !*argument || **argument == '-' || strchr(*argument, '='))
        return string_copy(interpreter);
    char *name = string_format("%.*s", (int)strcspn(*argument, " \t"), *argument);
    char *found = program_find(name);
    if (found)
        *argument = NULL;
    free(name);
    return found ? found : string_copy(interpreter);
}

/* Follow scripts to a real ELF program; the command becomes "interpreter [argument] script ...". Return: path of the ELF file. */
static char *resolve_scripts(struct foreign *foreign, struct guest_tree *tree, char *path)
{
    char *interpreter, *argument;
    for (int depth = 0; read_shebang(tree, path, &interpreter, &argument); depth++) {
        if (depth == SCRIPT_DEPTH)
            fail("'%s' is a script of a script of a script...; name the interpreter yourself", path);
        char *real = guest_tree_add(tree, path);
        free(real);
        free(path);
        path = through_env(interpreter, &argument);
        prepend(&foreign->command, path, argument);
        free(interpreter);
    }
    return path;
}

/* Load the program's headers, to learn its interpreter; ends the command if it cannot run. */
static void inspect(struct guest_tree *tree, const char *path, char **interpreter, char **real)
{
    struct image image;
    struct text why = {0};
    *real = guest_tree_add(tree, path);
    if (!*real)
        fail("cannot find '%s'%s%s (%s)", path, *tree->root ? " below " : "", tree->root, strerror(errno));
    char *host = guest_tree_host_path(tree, *real);
    if (!image_open(&image, host, &why))
        fail("%s", text_string(&why));
    if (image.kind == IMAGE_OBJECT)
        fail("'%s' is an object or core file, not a program; link it first", path);
    if (image.kind == IMAGE_LIBRARY && image.header.e_entry == 0)
        fail("'%s' is a shared library, not a program; name a program that uses it", path);
    *interpreter = image.interpreter ? string_copy(image.interpreter) : NULL;
    image_close(&image);
    free(host);
}

/* Arguments that name files of the host go along, at the same place. */
static void add_argument_files(struct foreign *foreign, struct guest_tree *tree, const struct words *arguments)
{
    bool relative = false;
    for (size_t i = 0; i < arguments->count; i++) {
        const char *word = arguments->items[i];
        struct stat st;
        if (*word == '-' || stat(word, &st) != 0 || !S_ISREG(st.st_mode) || string_starts(word, "/dev/") ||
            string_starts(word, "/proc/") || string_starts(word, "/sys/"))
            continue;
        char *path = absolute(word);
        free(guest_tree_add(tree, path));
        relative |= *word != '/';
        free(path);
    }
    if (relative && !foreign->working_dir) {
        foreign->working_dir = absolute(".");
        foreign->working_dir[strlen(foreign->working_dir) - 2] = '\0';
        if (!*foreign->working_dir)
            strcpy(foreign->working_dir, "/");
        guest_tree_add_dir(tree, foreign->working_dir, 0755);
    }
}

static void add_volumes(struct guest_tree *tree, const struct words *volumes)
{
    for (size_t i = 0; i < volumes->count; i++) {
        char *host = string_copy(volumes->items[i]);
        char *colon = strrchr(host, ':');
        *colon = '\0';
        const char *guest = colon + 1;
        size_t length = strlen(guest);
        char *path = string_format("%.*s", (int)(length > 1 && guest[length - 1] == '/' ? length - 1 : length), guest);
        if (strstr(path, "/../") || string_ends(path, "/..") || strstr(path, "//"))
            fail("-v %s: the guest path must be plain, without '..' or '//'", volumes->items[i]);
        char *real = realpath(host, NULL);
        if (!real || !guest_tree_graft(tree, real, strcmp(path, "/") ? path : ""))
            fail("-v %s: cannot read '%s' (%s)", volumes->items[i], host, strerror(errno));
        free(real);
        free(path);
        free(host);
    }
}

/* The program and what belongs to it, from the tree's own root. */
static void collect_program(struct foreign *foreign, struct guest_tree *tree, const struct run_options *options, char *path)
{
    char *interpreter, *real;
    path = resolve_scripts(foreign, tree, path);
    inspect(tree, path, &interpreter, &real);
    struct closure closure;
    closure_init(&closure, tree, interpreter);
    closure_add(&closure, path, NULL);
    words_add_all(&foreign->missing, &closure.missing); /* what plug-ins lack is not worth a warning */
    if (!*tree->root) {
        foreign_data_add(tree, &closure, real, options->all_files);
        add_argument_files(foreign, tree, &options->arguments);
    }
    closure_fini(&closure);
    free(interpreter);
    free(real);
    free(path);
}

static void check_rootfs(const char *rootfs)
{
    struct stat st;
    if (stat(rootfs, &st) != 0)
        fail("--rootfs %s: cannot read it (%s)", rootfs, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        fail("--rootfs %s: it is no directory", rootfs);
}

bool foreign_is_script(const char *path)
{
    struct guest_tree host;
    char *interpreter = NULL, *argument = NULL;
    guest_tree_init(&host, "");
    bool is_script = read_shebang(&host, path, &interpreter, &argument);
    guest_tree_fini(&host);
    free(interpreter);
    free(argument);
    return is_script;
}

char *foreign_program_of(const char *path, const char *rootfs)
{
    struct foreign scratch = {0};
    guest_tree_init(&scratch.tree, rootfs);
    char *program = resolve_scripts(&scratch, &scratch.tree, string_copy(path));
    foreign_fini(&scratch);
    return program;
}

void foreign_collect_files(struct foreign *foreign, const struct run_options *options)
{
    *foreign = (struct foreign){0};
    if (options->rootfs)
        check_rootfs(options->rootfs);
    guest_tree_init(&foreign->tree, options->rootfs ? options->rootfs : "");
    if (options->rootfs)
        guest_tree_add_all(&foreign->tree, "/", NULL);
    add_volumes(&foreign->tree, &options->volumes);
    foreign_data_add_base(&foreign->tree);
}

void foreign_collect(struct foreign *foreign, const struct run_options *options)
{
    *foreign = (struct foreign){.working_dir = options->working_dir ? string_copy(options->working_dir) : NULL};
    bool in_rootfs;
    if (options->rootfs)
        check_rootfs(options->rootfs);
    char *path = foreign_locate(options->program, options->rootfs, &in_rootfs);
    if (!path)
        fail("cannot find the program '%s'%s%s; check the path", options->program, options->rootfs ? ", nor below " : "",
             options->rootfs ? options->rootfs : "");
    words_add(&foreign->command, path);
    words_add_all(&foreign->command, &options->arguments);
    struct guest_tree host;
    guest_tree_init(&host, "");
    guest_tree_init(&foreign->tree, options->rootfs ? options->rootfs : "");
    if (options->rootfs)
        guest_tree_add_all(&foreign->tree, "/", NULL);
    add_volumes(&foreign->tree, &options->volumes);
    collect_program(foreign, in_rootfs ? &foreign->tree : &host, options, path);
    guest_tree_merge(&foreign->tree, &host);
    guest_tree_fini(&host);
    foreign_data_add_base(&foreign->tree);
}

void foreign_fini(struct foreign *foreign)
{
    guest_tree_fini(&foreign->tree);
    words_fini(&foreign->command);
    words_fini(&foreign->missing);
    free(foreign->working_dir);
}

uint64_t foreign_write_initrd(struct foreign *foreign, const char *path)
{
    struct text why = {0};
    uint64_t bytes = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        fail("cannot write '%s' (%s); free some disk space or set TMPDIR", path, strerror(errno));
    if (!cpio_write(fd, &foreign->tree, &bytes, &why)) {
        (void)unlink(path);
        fail("%s", text_string(&why));
    }
    close(fd);
    return bytes;
}
