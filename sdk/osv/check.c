// SPDX-License-Identifier: BSD-3-Clause
// `osv check`: says before any boot what would go wrong.
#include "check.h"

#include "command.h"
#include "foreign.h"
#include "message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int problem(const char *format, ...) PRINTF_LIKE(1, 2);

static int problem(const char *format, ...)
{
    struct text text = {0};
    va_list args;
    va_start(args, format);
    text_vprintf(&text, format, args);
    va_end(args);
    printf("  problem: %s\n", text_string(&text));
    text_fini(&text);
    return 1;
}

static int check_note(const struct image *image)
{
    if (image->kind == IMAGE_BARE)
        return problem("no .note.osv.abi: the file was not linked by this SDK; link it with osv-cc");
    if (image->abi.version != OSV_ABI_VERSION)
        return problem("ABI version %u, this SDK knows %u; link it again with this SDK's osv-cc", image->abi.version,
                       OSV_ABI_VERSION);
    if (image->abi.machine != image->header.e_machine)
        return problem("the ABI note is for %s, the file for %s; link it again", image_machine_name(image->abi.machine),
                       image_machine_name(image->header.e_machine));
    printf("  ABI version %u, %s%s\n", image->abi.version, image->abi.flags & OSV_ABI_FLAG_DEBUG ? "debug" : "release",
           image->abi.flags & OSV_ABI_FLAG_LOADER ? ", loader kernel" : "");
    return 0;
}

/* A linked image may keep weak undefined symbols (their value is 0); any other would be called at address 0. */
static int check_undefined(const struct image *image)
{
    GElf_Shdr header;
    Elf_Scn *section = image_section(image, ".symtab", &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    GElf_Sym symbol;
    int problems = 0;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++)
        if (symbol.st_shndx == SHN_UNDEF && GELF_ST_BIND(symbol.st_info) == STB_GLOBAL) {
            const char *name = elf_strptr(image->elf, header.sh_link, symbol.st_name);
            problems += problem("undefined symbol '%s'; link again without options that allow that", name ? name : "?");
        }
    return problems;
}

static int check_layout(const struct image *image)
{
    int problems = 0;
    if (!image->has_pvh)
        problems += problem("no PVH note: QEMU cannot boot it; do not strip notes, and link with osv-cc");
    if (image->is_dynamic || image->interpreter)
        problems += problem("dynamically linked: an image must be static; link with osv-cc, without -shared or -pie");
    if (image->has_writable_code)
        problems += problem("memory that is writable and executable (W^X): look for an executable stack (-z noexecstack) or -N");
    return problems;
}

int check_image(const struct image *image)
{
    printf("%s: OSv image, %" PRIu64 " bytes, loads below %" PRIu64 " KiB\n", image->path, image->file_bytes,
           (image->load_end + 1023) / 1024);
    int problems = check_note(image) + check_layout(image) + check_undefined(image);
    if (!problems)
        puts("  ready: `osv run` boots it");
    return problems;
}

static int check_file(const char *path, const char *rootfs)
{
    struct image image;
    struct text why = {0};
    bool in_rootfs;
    char *found = foreign_locate(path, rootfs, &in_rootfs);
    if (!found)
        fail("cannot find '%s'; check the path", path);
    char *host = in_rootfs ? string_format("%s%s", rootfs, found) : string_copy(found);
    int problems = 0;
    if (image_open(&image, host, &why)) {
        bool is_image = image.kind == IMAGE_OSV || image.kind == IMAGE_BARE;
        bool is_object = image.kind == IMAGE_OBJECT;
        if (is_image)
            problems = check_image(&image);
        image_close(&image);
        if (is_object)
            fail("'%s' is an object or core file; link it with osv-cc first", path);
        if (!is_image)
            problems = check_program(path, rootfs);
    } else if (foreign_is_script(host)) {
        problems = check_program(path, rootfs);
    } else {
        fail("%s", text_string(&why));
    }
    free(host);
    free(found);
    return problems;
}

static int check_main(int argc, char **argv)
{
    const char *rootfs = NULL;
    int problems = 0, i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--rootfs") == 0 && i + 1 < argc)
            rootfs = argv[++i];
        else
            fail("unknown option '%s'; see `osv check --help`", argv[i]);
    }
    if (i >= argc)
        fail("no file named; usage: osv check [--rootfs DIR] FILE...");
    for (; i < argc; i++)
        problems += check_file(argv[i], rootfs);
    return problems != 0;
}

const struct command command_check = {
    .name = "check",
    .summary = "say before any boot what an image or a Linux program would miss",
    .help = "usage: osv check [--rootfs DIR] FILE...\n"
            "\n"
            "For an image: ABI note, boot note, W^X, undefined symbols. For a Linux program: libraries that are not\n"
            "found, symbols that libosv.a does not offer (they matter if it is linked with osv-cc), system calls in the code\n"
            "that the kernel does not know. Ends with 0 if it can run, 1 if something is missing, 125 if FILE cannot be read.\n",
    .run = check_main,
};
