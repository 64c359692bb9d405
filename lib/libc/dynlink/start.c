// SPDX-License-Identifier: BSD-3-Clause
// Starts a program with the built-in dynamic linker: loads it and its libraries, binds them to this libc, and
// enters it.

/*
 * Theory. The loader kernel is linked with every member of the libc archive, and a table of their public names (made by sdk/loader/names.sh
 * from the archive itself; carried.list has the exceptions). A dynamic program is mapped with its libraries, and what it wants of
 * libc.so.6 and its relatives is looked up in that table: one object in the scopes, the kernel image, stands for all of them and answers
 * every version. So a call of libc is a call, and a system call a call of the kernel's function.
 *
 * What makes a libc of musl's kind serve code that was compiled against glibc:
 * - layouts: locale_t, jmp_buf, regmatch_t, static initialisers of mutexes, FILE's read and write pointers agree or are adapted in
 *   glibc-compat and the musl port; the thread control block has the stack guard at %fs:0x28 and itself at %fs:0 as both want it;
 * - thread-local storage: the program's block must lie directly below the thread pointer, so the image keeps that place free (tls.c);
 * - variables that the program copies (COPY relocations): libc reaches environ, getopt's variables and the time zone's through pointers
 *   that the relocation sets (exports.c, variables.c); other variables that change are refused by `osv check`;
 * - atexit, __cxa_finalize and destructors of objects, which musl does not unload, are kept here (functions.c).
 *
 * What it does not do, and `auto` therefore leaves to the program's own libc: fork (the image, and so this libc's data, would be shared),
 * a malloc of the program's own (libc's internal calls are bound already), plug-ins (what they need is not known before), locales,
 * functions marked "~" in carried.list. STB_GNU_UNIQUE symbols are unique in the global scope only. dlmopen is not offered. An object with a static
 * TLS block is never unmapped.
 *
 * One lock, recursive, in dlfcn.c; it is held while constructors of dlopen() run, as in glibc. Nothing here depends on the depth that
 * an input controls: dependency graphs are walked with lists, and every number of a file is checked once, in tables.c.
 */
#include "dynlink.h"

#include "libc.h"
#undef libc
#include "osv/dynlink.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char *__progname, *__progname_full;
extern struct __libc __libc;
extern unsigned __default_stacksize;
extern char osv_image_start[], osv_image_end[];
DL_HIDDEN extern int dl_argc;
DL_HIDDEN extern char **dl_argv;
_Noreturn void dl_enter(uintptr_t entry, void *stack);
int osv_dl_start_main(int (*main)(int, char **, char **), int argc, char **argv);

/* The kernel image, in the place of libc: libgcc's unwinder goes through frames of libc's, too. */
static void describe_image(void)
{
    size_t phdrs = getauxval(AT_PHDR);

    dl_libc = (struct dl_object){.builtin = true,
                                 .relocated = true,
                                 .keep = true,
                                 .path = (char *)"libc.so.6",
                                 .directory = (char *)"/lib",
                                 .start = (uintptr_t)osv_image_start,
                                 .end = (uintptr_t)osv_image_end,
                                 .phdrs = (const void *)phdrs,
                                 .n_phdrs = (unsigned)getauxval(AT_PHNUM)};
    dl_libc.map.l_name = dl_libc.path;
    dl_libc.t.soname = "libc.so.6";
}

static int check_versions(const struct dl_object *o)
{
    for (unsigned i = 0; i < o->t.n_versions; i++) {
        const struct dl_version *v = &o->t.versions[i];
        if (!v->name || !v->file || v->optional || dl_is_libc(v->file))
            continue;
        for (unsigned k = 0; k < o->n_needed; k++) {
            const struct dl_object *d = o->needed[k];
            bool has = !d->t.versym || !d->t.soname || strcmp(d->t.soname, v->file) != 0;
            for (unsigned j = 0; j < d->t.n_versions && !has; j++)
                has = d->t.versions[j].name && !d->t.versions[j].file &&
                      strcmp(d->t.versions[j].name, v->name) == 0;
            if (!has)
                return dl_fail("%s: version `%s' not found (required by %s)", d->path, v->name, o->path);
        }
    }
    return 0;
}

static int load_preloads(const char *list)
{
    while (list && *list) {
        char name[1024];
        size_t n = strcspn(list, ": ");
        if (n && n < sizeof name) {
            memcpy(name, list, n);
            name[n] = '\0';
            struct dl_object **group, *o = dl_load(name, NULL);
            unsigned count;
            if (!o)
                fprintf(stderr,
                        "ERROR: ld.so: object '%s' from LD_PRELOAD cannot be preloaded (%s): ignored.\n",
                        name, dl_message);
            else if (dl_global_add(o) || dl_load_group(o, &group, &count))
                return -1;
            else
                free(group);
        }
        list += n + (list[n] != '\0');
    }
    return 0;
}

static int make_global_scope(struct dl_object *program)
{
    struct dl_object **group;
    unsigned n;

    if (dl_global_add(program) || load_preloads(getenv("LD_PRELOAD")))
        return -1;
    for (unsigned i = 0; i < dl_n_globals; i++) { /* breadth first over program and preloads together */
        if (dl_load_group(dl_globals[i], &group, &n))
            return -1;
        for (unsigned k = 1; k < n; k++) {
            bool direct = false;
            for (unsigned d = 0; d < dl_globals[i]->n_needed; d++)
                direct |= dl_globals[i]->needed[d] == group[k];
            if (direct && dl_global_add(group[k]))
                return -1;
        }
        free(group);
    }
    return dl_global_add(&dl_libc);
}

static int bind_all(void)
{
    bool now = getenv("LD_BIND_NOW") && *getenv("LD_BIND_NOW");

    for (unsigned i = 0; i < dl_n_globals; i++) {
        struct dl_object *o = dl_globals[i];
        o->keep = true;
        if (o->builtin)
            continue;
        if (o->wants_exec_stack)
            return dl_fail("%s: wants an executable stack; run it with --linker=system", o->path);
        if (check_versions(o) || dl_tls_add(o, true))
            return -1;
    }
    for (unsigned i = dl_n_globals; i-- > 0;)
        if (dl_relocate(dl_globals[i], now))
            return -1;
    for (unsigned i = 0; i < dl_n_globals; i++) {
        if (dl_globals[i]->builtin)
            continue;
        dl_tls_publish(dl_globals[i]);
        if (dl_protect(dl_globals[i]))
            return -1;
    }
    return 0;
}

static void set_aux(size_t type, size_t value)
{
    for (size_t *aux = __libc.auxv; aux[0] != AT_NULL; aux += 2)
        if (aux[0] == type)
            aux[1] = value;
}

static void take_identity(const struct dl_object *program, char **argv)
{
    const char *slash = strrchr(program->path, '/');

    set_aux(AT_PHDR, (size_t)program->phdrs);
    set_aux(AT_PHNUM, program->n_phdrs);
    set_aux(AT_ENTRY, program->entry);
    set_aux(AT_EXECFN, (size_t)program->path);
    __progname_full = argv[0];
    slash = strrchr(argv[0], '/');
    __progname = slash ? (char *)slash + 1 : argv[0];
    slash = strrchr(program->path, '/');
    prctl(PR_SET_NAME, (unsigned long)(slash ? slash + 1 : program->path), 0, 0, 0);
}

static struct dl_object *load_program(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct dl_object *o = NULL;

    if (fd < 0 || fstat(fd, &st))
        dl_fail("%s: %s", path, strerror(errno));
    else
        o = dl_image_open(path, &st, fd);
    if (fd >= 0)
        close(fd);
    return o;
}

int osv_dynlink_run(char **argv, char **stack)
{
    describe_image();
    dl_search_init(getenv("LD_LIBRARY_PATH"));
    struct dl_object *program = load_program(argv[0]);
    if (!program)
        goto fail;
    program->is_main = true;
    dl_objects = program;
    /* Variables that the program copies are copied with their values of now. */
    take_identity(program, argv);
    program->next = &dl_libc;
    program->map.l_next = &dl_libc.map;
    dl_libc.map.l_prev = &program->map;
    if (make_global_scope(program) || bind_all())
        goto fail;
    for (dl_argc = 0; argv[dl_argc]; dl_argc++)
        ;
    dl_argv = argv;
    __default_stacksize = 8u << 20;
    dl_debug_state(false);
    dl_at_exit_init();
    stack[0] = (char *)(intptr_t)dl_argc;
    dl_run_constructors(dl_globals, dl_n_globals);
    dl_enter(program->entry, stack);
fail:
    fprintf(stderr, "%s: error while loading shared libraries: %s\n", argv[0], dl_message);
    return 127;
}

/* What the program's first code calls as __libc_start_main. Its own constructors are run here, whoever built
 * it. */
int osv_dl_start_main(int (*main)(int, char **, char **), int argc, char **argv)
{
    dl_run_own_constructors(dl_objects);
    exit(main(argc, argv, environ));
}
