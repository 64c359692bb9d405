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
    struct words syscalls;      /* "number\tfile", unknown ones */
    const char *file;           /* being read */
    const struct image *image;
};

static void note_syscall(void *context, size_t offset, long number)
{
    struct findings *findings = context;
    (void)offset;
    char *name = number >= 0 && number < 1024 ? exports_syscall_name(&findings->exports, number) : NULL;
    char *symbol = name ? string_format("sys_%s", name) : NULL;
    if (symbol && !exports_have(&findings->exports, symbol)) {
        char *line = string_format("%s (%ld)\t%s", name, number, findings->file);
        if (!words_contain(&findings->syscalls, line))
            words_add(&findings->syscalls, line);
        free(line);
    }
    free(symbol);
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
        read_code(findings);
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
        printf("  unknown system call: %.*s in %s (answers ENOSYS)\n", (int)(tab - findings->syscalls.items[i]),
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
