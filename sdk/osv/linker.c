// SPDX-License-Identifier: BSD-3-Clause
// Compares what a program and its libraries need with what the loader kernel offers.
//
// The list of offered names is made when the loader kernel is linked. Beside missing names there are classes of programs for which
// the built-in linker cannot stand in: those that bring their own malloc (libc's internal calls would not reach it), that copy
// a variable whose later changes libc would not see, that want an executable stack, or more static TLS than there is room for.
#include "linker.h"

#include "image.h"
#include "message.h"
#include "prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATIC_TLS_BYTES = 16384, STATIC_TLS_ALIGN = 64 };

struct judge {
    struct text names;      /* the list, cut into lines */
    char **lines;           /* sorted by the name that they start with */
    size_t count;
    struct words defined;   /* by the program's own files; sorted after the first pass */
    struct words cannot, differs; /* reasons */
    uint64_t tls_bytes;
};

static size_t name_length(const char *line)
{
    return strcspn(line, " @\t");
}

static int compare_lines(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    size_t n = name_length(x), m = name_length(y);
    int order = memcmp(x, y, n < m ? n : m);
    return order ? order : (n > m) - (n < m);
}

static bool read_names(struct judge *judge, const char *profile)
{
    char *path = prefix_profile_path(profile, "osv-loader.names");
    bool good = text_read_file(&judge->names, path);
    free(path);
    if (!good)
        return false;
    size_t capacity = 0;
    char *rest = judge->names.data;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (!*line)
            continue;
        if (judge->count == capacity) {
            capacity = capacity ? 2 * capacity : 4096;
            judge->lines = realloc(judge->lines, capacity * sizeof(*judge->lines));
            if (!judge->lines)
                fail("out of memory");
        }
        judge->lines[judge->count++] = line;
    }
    if (judge->count)
        qsort(judge->lines, judge->count, sizeof(*judge->lines), compare_lines);
    return judge->count != 0;
}

static const char *offered(const struct judge *judge, const char *name)
{
    char **found = judge->count ? bsearch(&name, judge->lines, judge->count, sizeof(*judge->lines), compare_lines) : NULL;
    return found ? *found : NULL;
}

static bool defined_by_itself(const struct judge *judge, const char *name)
{
    return judge->defined.count &&
           bsearch(&name, judge->defined.items, judge->defined.count, sizeof(char *), compare_lines);
}

static bool is_libc(const char *path)
{
    static const char *const names[] = {"libc.so.6",   "libm.so.6",      "libpthread.so.0", "libdl.so.2",          "librt.so.1",
                                        "libresolv.so.2", "libutil.so.1", "ld-linux-x86-64.so.2", "libc.so", "ld-musl-x86_64.so.1"};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return string_starts(name, "libc.musl-") || string_starts(name, "ld-linux") || string_starts(name, "libc-2.") ||
           string_starts(name, "ld-2.");
}

/* Variables of libc's that may be copied: constant ones, and those that libc finds again. */
static bool may_be_copied(const char *name)
{
    static const char *const names[] = {"stdin", "stdout", "stderr", "environ", "__environ", "_environ", "optarg", "optind",
                                        "opterr", "optopt", "timezone", "__timezone", "daylight", "__daylight", "tzname",
                                        "__tzname", "program_invocation_name", "program_invocation_short_name", "__progname",
                                        "__progname_full", "in6addr_any", "in6addr_loopback", "__libc_single_threaded"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* "@GLIBC_2.34" for symbol @index, or "". */
static char *version_of(const struct image *image, int index)
{
    GElf_Shdr header, need_header;
    GElf_Versym wanted;
    Elf_Scn *versions = image_section(image, ".gnu.version", &header);
    Elf_Scn *needs = image_section(image, ".gnu.version_r", &need_header);
    Elf_Data *data = versions ? elf_getdata(versions, NULL) : NULL, *need_data = needs ? elf_getdata(needs, NULL) : NULL;
    if (!data || !need_data || !gelf_getversym(data, index, &wanted))
        return string_copy("");
    int at = 0;
    for (unsigned n = 0; n < need_header.sh_info; n++) {
        GElf_Verneed need;
        if (!gelf_getverneed(need_data, at, &need))
            break;
        int aux_at = at + (int)need.vn_aux;
        for (unsigned a = 0; a < need.vn_cnt; a++) {
            GElf_Vernaux aux;
            if (!gelf_getvernaux(need_data, aux_at, &aux))
                break;
            const char *name = elf_strptr(image->elf, need_header.sh_link, aux.vna_name);
            if (aux.vna_other == (wanted & 0x7fff) && name)
                return string_format("@%s", name);
            aux_at += (int)aux.vna_next;
        }
        at += (int)need.vn_next;
    }
    return string_copy("");
}

static void judge_needed(struct judge *judge, const struct image *image, const char *file, int index, const char *name, bool weak)
{
    const char *line = offered(judge, name);
    if (defined_by_itself(judge, name) || (!line && weak))
        return;
    if (!line) {
        char *version = version_of(image, index);
        words_addf(&judge->cannot, "no %s%s (needed by %s)", name, version, file);
        free(version);
    } else if (string_ends(line, " differs")) {
        words_addf(&judge->differs, "%s differs from glibc's (needed by %s)", name, file);
    }
}

static void judge_symbols(struct judge *judge, const struct image *image, const char *file, bool collect)
{
    GElf_Shdr header;
    Elf_Scn *section = image_section(image, ".dynsym", &header);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    GElf_Sym symbol;
    for (int i = 1; data && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(image->elf, header.sh_link, symbol.st_name);
        unsigned bind = GELF_ST_BIND(symbol.st_info);
        if (!name || !*name || bind == STB_LOCAL)
            continue;
        if (collect && symbol.st_shndx != SHN_UNDEF) {
            words_add(&judge->defined, name);
            if (!strcmp(name, "malloc") || !strcmp(name, "free") || !strcmp(name, "realloc"))
                words_addf(&judge->cannot, "%s brings its own %s", file, name);
        } else if (!collect && symbol.st_shndx == SHN_UNDEF) {
            judge_needed(judge, image, file, i, name, bind == STB_WEAK);
        }
    }
}

static void judge_copies(struct judge *judge, const struct image *image, const char *file)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(image->elf, section));) {
        GElf_Shdr header, symbols;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_RELA)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        Elf_Scn *table = elf_getscn(image->elf, header.sh_link);
        Elf_Data *symbol_data = table && gelf_getshdr(table, &symbols) ? elf_getdata(table, NULL) : NULL;
        GElf_Rela relocation;
        for (int i = 0; data && symbol_data && gelf_getrela(data, i, &relocation); i++) {
            GElf_Sym symbol;
            if (GELF_R_TYPE(relocation.r_info) != R_X86_64_COPY ||
                !gelf_getsym(symbol_data, (int)GELF_R_SYM(relocation.r_info), &symbol))
                continue;
            const char *name = elf_strptr(image->elf, symbols.sh_link, symbol.st_name);
            if (name && offered(judge, name) && !may_be_copied(name))
                words_addf(&judge->cannot, "%s has its own copy of the variable %s", file, name);
        }
    }
}

static void judge_segments(struct judge *judge, const struct image *image, const char *file)
{
    size_t count = 0;
    GElf_Phdr segment;
    elf_getphdrnum(image->elf, &count);
    for (size_t i = 0; i < count && gelf_getphdr(image->elf, (int)i, &segment); i++) {
        if (segment.p_type == PT_GNU_STACK && (segment.p_flags & PF_X))
            words_addf(&judge->cannot, "%s wants an executable stack", file);
        if (segment.p_type != PT_TLS)
            continue;
        judge->tls_bytes += segment.p_memsz + segment.p_align;
        if (segment.p_align > STATIC_TLS_ALIGN || judge->tls_bytes > STATIC_TLS_BYTES)
            words_addf(&judge->cannot, "%s needs more static thread-local storage than there is", file);
    }
}

static void judge_file(struct judge *judge, const struct guest_tree *tree, const char *path, bool collect)
{
    struct image image;
    struct text why = {0};
    char *host = guest_tree_host_path(tree, path);
    if (!is_libc(path) && image_open(&image, host, &why)) {
        judge_symbols(judge, &image, path, collect);
        if (!collect) {
            judge_copies(judge, &image, path);
            judge_segments(judge, &image, path);
        }
        image_close(&image);
    }
    text_fini(&why);
    free(host);
}

static void judge_closure(struct judge *judge, const struct guest_tree *tree, const struct closure *closure)
{
    for (size_t i = 0; i < closure->files.count; i++)
        judge_file(judge, tree, closure->files.items[i], true);
    if (judge->defined.count)
        qsort(judge->defined.items, judge->defined.count, sizeof(char *), compare_lines);
    for (size_t i = 0; i < closure->files.count; i++)
        judge_file(judge, tree, closure->files.items[i], false);
    for (size_t i = 0; i < closure->missing.count; i++)
        words_addf(&judge->cannot, "library not found: %s", closure->missing.items[i]);
}

static void judge_fini(struct judge *judge)
{
    text_fini(&judge->names);
    free(judge->lines);
    words_fini(&judge->defined);
    words_fini(&judge->cannot);
    words_fini(&judge->differs);
}

enum linker_verdict linker_judge(const char *program, const char *root, const char *profile, struct text *why)
{
    struct judge judge = {0};
    struct guest_tree tree;
    struct closure closure;
    struct image image;
    enum linker_verdict verdict = LINKER_CANNOT;
    guest_tree_init(&tree, root);
    char *host = guest_tree_host_path(&tree, program);
    if (!image_open(&image, host, why))
        goto out;
    if (!image.interpreter) {
        verdict = LINKER_STATIC;
    } else if (!read_names(&judge, profile)) {
        text_append_string(why, "the loader kernel's list of names is not installed; repeat `make install`");
    } else {
        closure_init(&closure, &tree, image.interpreter);
        closure_add(&closure, program, NULL);
        judge_closure(&judge, &tree, &closure);
        closure_fini(&closure);
        verdict = judge.cannot.count ? LINKER_CANNOT : judge.differs.count ? LINKER_DIFFERS : LINKER_FITS;
        if (verdict != LINKER_FITS)
            text_append_string(why, judge.cannot.count ? judge.cannot.items[0] : judge.differs.items[0]);
    }
    image_close(&image);
out:
    judge_fini(&judge);
    guest_tree_fini(&tree);
    free(host);
    return verdict;
}

void linker_print(struct guest_tree *tree, const struct closure *closure)
{
    struct judge judge = {0};
    if (read_names(&judge, "release")) {
        judge_closure(&judge, tree, closure);
        for (size_t i = 0; i < judge.cannot.count; i++)
            printf("  built-in linker: %s\n", judge.cannot.items[i]);
        for (size_t i = 0; i < judge.differs.count; i++)
            printf("  built-in linker: %s\n", judge.differs.items[i]);
        printf("  --linker=auto takes %s\n",
               judge.cannot.count || judge.differs.count ? "the program's own (system)" : "the built-in one (osv)");
    }
    judge_fini(&judge);
}

bool linker_locale_fits(const struct words *environment)
{
    for (size_t i = 0; i < environment->count; i++) {
        const char *word = environment->items[i], *value = strchr(word, '=');
        if (!string_starts(word, "LC_") && !string_starts(word, "LANG=") && !string_starts(word, "LANGUAGE="))
            continue;
        if (value && value[1] && strcmp(value + 1, "C") && strcmp(value + 1, "POSIX") && strcmp(value + 1, "C.UTF-8"))
            return false;
    }
    return true;
}
