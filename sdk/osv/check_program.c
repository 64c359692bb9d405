// SPDX-License-Identifier: BSD-3-Clause
// What a Linux program would miss: libraries, symbols for the built-in dynamic linker, system calls.
#include "check.h"
#include "closure.h"
#include "exports.h"
#include "foreign.h"
#include "linker.h"
#include "message.h"
#include "x86_length.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct findings {
    struct exports exports;
    bool have_exports;
    struct words syscalls;      /* "name\tfile" of those that answer ENOSYS */
    const char *file;           /* being read */
    const struct image *image;
};

/* Libraries of libc itself. */
static bool is_libc(const char *path)
{
    static const char *const names[] = {"/libc.so.6", "/libm.so.6", "/libpthread.so.0", "/libdl.so.2", "/librt.so.1",
                                        "/libresolv.so.2", "/libutil.so.1", "/libmvec.so.1", "/ld-linux-x86-64.so.2",
                                        "/libc.so", "/ld-musl-x86_64.so.1"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (string_ends(path, names[i]))
            return true;
    return strstr(path, "/libc.musl-") != NULL;
}

/* Whether system call @name answers ENOSYS: the archive lacks it, or has a member that says so. */
static bool is_refused(const struct findings *findings, const char *name)
{
    char *symbol = string_format("sys_%s", name), *marker = string_format("osv_enosys_%s", name);
    bool refused = !exports_have(&findings->exports, symbol) || exports_have(&findings->exports, marker);
    free(symbol);
    free(marker);
    return refused;
}

static void add_refused(struct findings *findings, char *line)
{
    if (!words_contain(&findings->syscalls, line))
        words_add(&findings->syscalls, line);
    free(line);
}

/* A function of libc that needs a second process, or is a system call that answers ENOSYS. */
static void read_import(struct findings *findings, const char *name)
{
    static const char *const second_process[] = {"posix_spawn", "posix_spawnp", "system", "popen", "forkpty", "daemon", "wordexp"};
    char *marker = string_format("osv_enosys_%s", name);
    if (exports_have(&findings->exports, marker))
        add_refused(findings, string_format("%s\t%s", name, findings->file));
    free(marker);
    for (size_t i = 0; i < sizeof(second_process) / sizeof(second_process[0]); i++)
        if (strcmp(name, second_process[i]) == 0)
            add_refused(findings, string_format("fork, for %s()\t%s", name, findings->file));
}

static void read_imports(struct findings *findings)
{
    GElf_Shdr header;
    Elf_Scn *section = image_section(findings->image, ".dynsym", &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    GElf_Sym symbol;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(findings->image->elf, header.sh_link, symbol.st_name);
        if (!name || !*name || GELF_ST_BIND(symbol.st_info) == STB_LOCAL)
            continue;
        if (symbol.st_shndx == SHN_UNDEF)
            read_import(findings, name);
    }
}

static void note_syscall(void *context, size_t offset, long number)
{
    struct findings *findings = context;
    (void)offset;
    char *name = number >= 0 && number < 1024 ? exports_syscall_name(&findings->exports, number) : NULL;
    if (name && is_refused(findings, name))
        add_refused(findings, string_format("%s (%ld)\t%s", name, number, findings->file));
    free(name);
}

static void read_code(struct findings *findings)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(findings->image->elf, section));) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_PROGBITS || !(header.sh_flags & SHF_EXECINSTR))
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        if (data && data->d_buf)
            x86_find_syscalls(data->d_buf, data->d_size, note_syscall, findings);
    }
}

static void read_file(struct findings *findings, const struct guest_tree *tree, const char *path)
{
    struct image image;
    struct text why = {0};
    char *host = guest_tree_host_path(tree, path);
    if (image_open(&image, host, &why)) {
        findings->file = path;
        findings->image = &image;
        if (!is_libc(path)) { /* libc contains every call; what is asked of it matters */
            read_imports(findings);
            read_code(findings);
        }
        image_close(&image);
    }
    text_fini(&why);
    free(host);
}

static void read_files(struct findings *findings, const struct closure *closure)
{
    for (size_t i = 0; i < closure->files.count; i++)
        read_file(findings, closure->tree, closure->files.items[i]);
}

static int print_findings(struct findings *findings, const struct closure *closure, bool is_static)
{
    for (size_t i = 0; i < closure->missing.count; i++)
        printf("  missing library: %s; install its package, or pass it with -v or --rootfs\n", closure->missing.items[i]);
    if (!findings->have_exports)
        return (int)closure->missing.count;
    for (size_t i = 0; i < findings->syscalls.count; i++) {
        const char *tab = strchr(findings->syscalls.items[i], '\t');
        printf("  answers ENOSYS: %.*s in %s\n", (int)(tab - findings->syscalls.items[i]),
               findings->syscalls.items[i], tab + 1);
    }
    if (!is_static)
        linker_print(closure->tree, closure);
    if (!closure->missing.count)
        printf("  ready: `osv run` starts it with %s\n",
               is_static ? "its own libc (static)" : "the dynamic linker named above");
    return (int)closure->missing.count;
}

int check_program(const char *path, const char *rootfs)
{
    struct findings findings = {0};
    struct text why = {0};
    struct guest_tree tree;
    struct closure closure;
    struct image image;
    bool in_rootfs;
    char *found = foreign_locate(path, rootfs, &in_rootfs);
    char *program = foreign_program_of(found, in_rootfs ? rootfs : "");
    guest_tree_init(&tree, in_rootfs ? rootfs : "");
    char *host = guest_tree_host_path(&tree, program);
    if (!image_open(&image, host, &why))
        fail("%s", text_string(&why));
    closure_init(&closure, &tree, image.interpreter);
    closure_add(&closure, program, NULL);
    printf("%s: Linux program%s%s, %zu files\n", program, image.interpreter ? ", dynamic linker " : ", static",
           image.interpreter ? image.interpreter : "", closure.files.count);
    findings.have_exports = exports_read(&findings.exports, "release", &why);
    if (!findings.have_exports)
        warn("%s", text_string(&why));
    read_files(&findings, &closure);
    int problems = print_findings(&findings, &closure, !image.interpreter);
    image_close(&image);
    closure_fini(&closure);
    guest_tree_fini(&tree);
    exports_fini(&findings.exports);
    words_fini(&findings.syscalls);
    text_fini(&why);
    free(host);
    free(program);
    free(found);
    return problems;
}
