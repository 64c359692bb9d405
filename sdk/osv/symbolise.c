// SPDX-License-Identifier: BSD-3-Clause
// Addresses of an image to "function() at file:line", from DWARF and the symbol table.
//
// libdw reads the DWARF where the build found it. Without it the function comes from .symtab (libelf) and the line from
// llvm-symbolizer or addr2line, where one is installed.
#include "symbolise.h"

#include "image.h"
#include "prefix.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_CODE 0x1000u /* page 0 is never mapped */

#ifdef HAVE_LIBDW
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#endif

struct symboliser {
    struct image image;
    bool is_open;
    uint64_t bias; /* of an image linked at 0; none so far */
#ifdef HAVE_LIBDW
    Dwfl *dwfl;
    Dwfl_Module *module;
#endif
};

#ifdef HAVE_LIBDW
static void open_dwarf(struct symboliser *symboliser, const char *path)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
    };
    symboliser->dwfl = dwfl_begin(&callbacks);
    if (!symboliser->dwfl)
        return;
    symboliser->module = dwfl_report_elf(symboliser->dwfl, path, path, -1, 0, true);
    dwfl_report_end(symboliser->dwfl, NULL, NULL);
}

/* clang writes no .debug_aranges, by which libdw would find the compilation unit: ask each. */
static bool describe_line(struct symboliser *symboliser, uint64_t address, struct text *out)
{
    Dwarf_Addr bias = 0;
    int line = 0;
    if (address < FIRST_CODE) /* where the linker leaves the line tables of code that it removed */
        return false;
    for (Dwarf_Die *unit = NULL; symboliser->module && (unit = dwfl_module_nextcu(symboliser->module, unit, &bias));) {
        if (dwarf_haspc(unit, address - bias) <= 0)
            continue;
        Dwarf_Line *found = dwarf_getsrc_die(unit, address - bias);
        const char *file = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
        if (!file || dwarf_lineno(found, &line) != 0 || line <= 0)
            return false;
        text_printf(out, "%s:%d", file, line);
        return true;
    }
    return false;
}
#else
static void open_dwarf(struct symboliser *symboliser, const char *path)
{
    (void)symboliser;
    (void)path;
}

static bool describe_line(struct symboliser *symboliser, uint64_t address, struct text *out)
{
    if (address < FIRST_CODE)
        return false;
    char *tool = program_find("llvm-symbolizer-14");
    if (!tool)
        tool = program_find("addr2line");
    if (!tool)
        return false;
    struct text command = {0};
    text_append_shell_word(&command, tool);
    text_append_string(&command, strstr(tool, "llvm") ? " --output-style=GNU --functions=none -e " : " -e ");
    text_append_shell_word(&command, symboliser->image.path);
    text_printf(&command, " 0x%llx 2>/dev/null", (unsigned long long)address);
    FILE *pipe = popen(text_string(&command), "re");
    char line[1024] = "";
    bool known = pipe && fgets(line, sizeof(line), pipe) && line[0] != '?' && strchr(line, ':');
    if (pipe)
        pclose(pipe);
    line[strcspn(line, " \n")] = '\0';
    if (known)
        text_append_string(out, line);
    text_fini(&command);
    free(tool);
    return known;
}
#endif

/* Kernel symbols carry the prefix "osv." in a linked image: not part of the name in the source. */
static bool describe_function(struct symboliser *symboliser, uint64_t address, struct text *out)
{
    GElf_Shdr header;
    Elf_Scn *section = image_section(&symboliser->image, ".symtab", &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    GElf_Sym symbol;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++) {
        if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF)
            continue;
        if (address - symbol.st_value >= (symbol.st_size ? symbol.st_size : 1))
            continue;
        const char *name = elf_strptr(symboliser->image.elf, header.sh_link, symbol.st_name);
        if (!name || !*name)
            continue;
        text_printf(out, "%s()", string_starts(name, "osv.") ? name + 4 : name);
        return true;
    }
    return false;
}

struct symboliser *symboliser_create(const char *path)
{
    struct symboliser *symboliser = memory_allocate(sizeof(*symboliser));
    struct text why = {0};
    symboliser->is_open = image_open(&symboliser->image, path, &why);
    if (symboliser->is_open)
        open_dwarf(symboliser, path);
    text_fini(&why);
    return symboliser;
}

void symboliser_destroy(struct symboliser *symboliser)
{
    if (!symboliser)
        return;
#ifdef HAVE_LIBDW
    if (symboliser->dwfl)
        dwfl_end(symboliser->dwfl);
#endif
    if (symboliser->is_open)
        image_close(&symboliser->image);
    free(symboliser);
}

bool symboliser_describe(struct symboliser *symboliser, uint64_t address, struct text *out)
{
    if (!symboliser->is_open)
        return false;
    struct text line = {0};
    bool function = describe_function(symboliser, address, out);
    bool place = describe_line(symboliser, address, &line);
    if (place)
        text_printf(out, "%s%s", function ? " at " : "", text_string(&line));
    text_fini(&line);
    return function || place;
}
