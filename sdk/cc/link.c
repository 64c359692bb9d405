// SPDX-License-Identifier: BSD-3-Clause
// The link of an image, and what is looked at afterwards.
#include "link.h"

#include "diagnose.h"
#include "image.h"
#include "message.h"
#include "prefix.h"
#include "x86_length.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void add_compile_flags(const struct request *request, const struct toolchain *toolchain, struct words *argv)
{
    toolchain_add_includes(toolchain, request, argv);
    words_add(argv, "-D__OSV__=1");
    if (!request->wants_pic)
        words_add(argv, "-fno-pie");
}

static void add_profile_file(struct words *argv, const char *before, const struct request *request, const char *file)
{
    char *path = prefix_profile_path(request->profile, file);
    words_addf(argv, "%s%s", before, path);
    free(path);
}

static void require_install(const struct request *request)
{
    static const char *const files[] = {"libosv.a", "osv-start.o", "osv.ld"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char *path = prefix_profile_path(request->profile, files[i]);
        if (!file_exists(path))
            fail("'%s' is missing; install the %s profile: make install PREFIX=%s", path, request->profile, prefix_dir());
        free(path);
    }
}

static void add_link_flags(const struct request *request, const struct toolchain *toolchain, bool all_syscalls, struct words *argv)
{
    static const char *const flags[] = {"-static", "-nostdlib", "-Wl,--gc-sections", "-Wl,--eh-frame-hdr",
                                        "-Wl,--no-dynamic-linker", "-Wl,-z,noexecstack", "-Wl,-z,norelro", "-Wl,--build-id=none"};
    if (toolchain->is_clang && toolchain->has_lld)
        words_add(argv, "-fuse-ld=lld");
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        words_add(argv, flags[i]);
    if (!request->own_script)
        add_profile_file(argv, "-Wl,-T,", request, "osv.ld");
    if (all_syscalls)
        words_add(argv, "-Wl,-u,osv_syscall_any");
    add_profile_file(argv, "-L", request, "");
    add_profile_file(argv, "", request, "osv-start.o");
}

/* The whole command of one link. */
static void build_command(const struct request *request, const struct toolchain *toolchain, bool all_syscalls, struct words *argv)
{
    words_add(argv, toolchain->compiler);
    if (request->has_sources)
        add_compile_flags(request, toolchain, argv);
    add_link_flags(request, toolchain, all_syscalls, argv);
    words_add_all(argv, &request->passed);
    words_add(argv, "-Wl,--start-group");
    if (request->is_cxx && !request->no_libstdcxx)
        words_add(argv, "-lstdc++");
    words_add(argv, "-losv");
    words_add(argv, "-lgcc");
    words_add(argv, "-lgcc_eh");
    words_add(argv, "-Wl,--end-group");
    if (toolchain->is_clang)
        words_add(argv, "-Qunused-arguments");
}

static void note_found(void *context, size_t offset, long number)
{
    (void)offset;
    (void)number;
    *(bool *)context = true;
}

/* Kernel functions keep a prefix that no program's function has. */
static bool is_program_code(const GElf_Sym *symbol, const char *name)
{
    return GELF_ST_TYPE(symbol->st_info) == STT_FUNC && symbol->st_size && name && !string_starts(name, "osv.") &&
           !string_starts(name, "osv_") && !string_starts(name, "sys_");
}

static bool function_has_syscall(const struct image *image, const GElf_Sym *symbol)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_getscn(image->elf, symbol->st_shndx);
    Elf_Data *data = section && gelf_getshdr(section, &header) && header.sh_type == SHT_PROGBITS ? elf_getdata(section, NULL) : NULL;
    bool found = false;
    uint64_t offset = data ? symbol->st_value - header.sh_addr : 0;
    if (data && data->d_buf && offset < data->d_size && symbol->st_size <= data->d_size - offset)
        x86_find_syscalls((const uint8_t *)data->d_buf + offset, symbol->st_size, note_found, &found);
    return found;
}

/* Whether code of the program (not of the kernel) in @path contains the `syscall` instruction. */
static bool has_syscall_instruction(const char *path)
{
    struct image image;
    struct text why = {0};
    bool found = false;
    if (!image_open(&image, path, &why)) {
        text_fini(&why);
        return false;
    }
    GElf_Shdr header;
    Elf_Scn *section = image_section(&image, ".symtab", &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    GElf_Sym symbol;
    for (int i = 1; !found && data && gelf_getsym(data, i, &symbol); i++)
        if (is_program_code(&symbol, elf_strptr(image.elf, header.sh_link, symbol.st_name)))
            found = function_has_syscall(&image, &symbol);
    if (image_symbol_exists(&image, "osv_syscall_any", NULL))
        found = false; /* linked in already */
    image_close(&image);
    return found;
}

int link_image(const struct request *request, const struct toolchain *toolchain)
{
    struct words argv = {0};
    if (request->is_shared)
        fail("-shared: an image is one static file; build a static library (ar) instead, or run the dynamic program with `osv run`");
    require_install(request);
    build_command(request, toolchain, request->syscalls == SYSCALLS_ALL, &argv);
    int status = diagnose_run(&argv);
    if (status == 0 && request->syscalls == SYSCALLS_AUTO && has_syscall_instruction(request->output)) {
        words_fini(&argv);
        build_command(request, toolchain, true, &argv);
        status = diagnose_run(&argv);
    }
    words_fini(&argv);
    return status;
}
