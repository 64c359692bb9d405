// SPDX-License-Identifier: BSD-3-Clause
// The arguments of osv-cc: a compiler's, plus a few of our own, sorted by what they mean for an image.
//
// Build systems made for Linux ask for position-independent executables, shared libraries, a dynamic linker. An image is a static
// ELF file at a fixed address, so these requests are dropped here, silently: the program itself does not depend on them.
#include "arguments.h"

#include "message.h"

#include <stdlib.h>
#include <string.h>

/* Options whose value is the next word. */
static bool takes_value(const char *word)
{
    static const char *const options[] = {
        "-o", "-I", "-L", "-D", "-U", "-l", "-x", "-T", "-u", "-z", "-e", "-isystem", "-iquote", "-idirafter", "-include", "-imacros",
        "-iprefix", "-iwithprefix", "-isysroot", "--sysroot", "-Xlinker", "-Xclang", "-Xassembler", "-Xpreprocessor", "-MF", "-MT", "-MQ",
        "-target", "--param", "-aux-info", "-B", "-mllvm", "-arch", "-A", "-dumpdir", "-Tbss", "-Tdata", "-Ttext",
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (strcmp(word, options[i]) == 0)
            return true;
    return false;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool has_suffix(const char *word, const char *const *suffixes)
{
    for (; *suffixes; suffixes++)
        if (string_ends(word, *suffixes))
            return true;
    return false;
}

static bool stops_before_link(const char *word)
{
    static const char *const options[] = {"-c", "-S", "-E", "-M", "-MM", "-r", "-fsyntax-only", "--analyze", "--precompile", NULL};
    return is_one_of(word, options);
}

/* What asks for a kind of file that an image is not, and what osv-cc adds itself. */
static bool is_dropped(const char *word)
{
    static const char *const options[] = {
        "-pie", "-static-pie", "-no-pie", "-static", "-rdynamic", "-nostdlib", "-nodefaultlibs", "-nostartfiles", "-static-libgcc",
        "-shared-libgcc", "-static-libstdc++", "-dynamic", "-pthread", "-nolibc", "-lgcc_s", NULL,
    };
    return is_one_of(word, options);
}

/* The same for words meant for the linker. @skip_next: its value goes as well. */
static bool is_dropped_by_linker(const char *word, bool *skip_next)
{
    static const char *const options[] = {
        "-Bdynamic", "-dy", "-call_shared", "-pie", "--pie", "-pic-executable", "-no-pie", "--no-pie", "-export-dynamic",
        "--export-dynamic", "-E", "-Bsymbolic", "-Bsymbolic-functions", "--no-undefined", NULL,
    };
    static const char *const with_value[] = {"-dynamic-linker", "--dynamic-linker", "-I", "-rpath", "--rpath", "-rpath-link", NULL};
    *skip_next = is_one_of(word, with_value);
    return *skip_next || is_one_of(word, options) || string_starts(word, "--dynamic-linker=") ||
           string_starts(word, "-dynamic-linker=") || string_starts(word, "-rpath=") || string_starts(word, "--rpath=");
}

/* -Wl,a,b,c: pass what stays, as one -Wl word. */
static void add_linker_words(struct request *request, const char *list)
{
    struct text kept = {0};
    char *copy = string_copy(list), *rest = copy;
    bool skip = false, skip_next;
    for (char *word; (word = strsep(&rest, ","));) {
        bool dropped = skip || is_dropped_by_linker(word, &skip_next);
        skip = !skip && skip_next;
        /* -z relro, -z now: the linker script lays out what is read-only after start */
        if (!dropped && strcmp(word, "-z") == 0 && rest &&
            (string_starts(rest, "relro") || string_starts(rest, "now") || string_starts(rest, "defs"))) {
            strsep(&rest, ",");
            dropped = true;
        }
        request->own_script |= !dropped && (string_starts(word, "-T") || string_starts(word, "--script"));
        if (!dropped)
            text_printf(&kept, ",%s", word);
    }
    if (kept.length)
        words_addf(&request->passed, "-Wl%s", text_string(&kept));
    text_fini(&kept);
    free(copy);
}

static bool parse_own(struct request *request, const char *word)
{
    if (!string_starts(word, "--osv-"))
        return false;
    const char *value = strchr(word, '=') ? strchr(word, '=') + 1 : "";
    if (string_starts(word, "--osv-profile=") || string_starts(word, "--osv-preset=")) {
        request->profile = value;
        if (strcmp(value, "release") != 0 && strcmp(value, "debug") != 0)
            fail("--osv-profile takes release or debug, not '%s'", value);
    } else if (string_starts(word, "--osv-compiler=") && *value) {
        request->compiler = value;
    } else if (strcmp(word, "--osv-syscalls=all") == 0) {
        request->syscalls = SYSCALLS_ALL;
    } else if (strcmp(word, "--osv-syscalls=auto") == 0) {
        request->syscalls = SYSCALLS_AUTO;
    } else if (strcmp(word, "--osv-syscalls=linked") == 0) {
        request->syscalls = SYSCALLS_LINKED;
    } else {
        fail("unknown option '%s'; known are --osv-profile=release|debug, --osv-compiler=PATH, --osv-syscalls=auto|all|linked", word);
    }
    return true;
}

static void note_file(struct request *request, const char *word)
{
    static const char *const c[] = {".c", ".i", ".S", ".sx", ".s", NULL};
    static const char *const cxx[] = {".cc", ".cpp", ".cxx", ".c++", ".C", ".CPP", ".cp", ".ii", NULL};
    request->has_input = true;
    request->has_sources |= has_suffix(word, c) || has_suffix(word, cxx) || strcmp(word, "-") == 0;
    request->is_cxx |= has_suffix(word, cxx);
}

static void note_option(struct request *request, const char *word, const char *value)
{
    if (stops_before_link(word))
        request->links = false;
    else if (strcmp(word, "-o") == 0 && value)
        request->output = value;
    else if (string_starts(word, "-o") && word[2] && !value)
        request->output = word + 2;
    else if (string_starts(word, "-l"))
        request->has_input = true;
    else if (string_starts(word, "-T"))
        request->own_script = true;
    else if (strcmp(word, "-x") == 0 && value)
        request->has_sources = true, request->is_cxx |= string_starts(value, "c++");
    request->wants_pic |= string_starts(word, "-fpic") || string_starts(word, "-fPIC") || string_starts(word, "-fpie") ||
                          string_starts(word, "-fPIE");
    request->is_shared |= strcmp(word, "-shared") == 0;
    request->keeps_includes |= strcmp(word, "-nostdinc") == 0;
    request->no_libstdcxx |= strcmp(word, "-nostdlib++") == 0;
    request->verbose |= strcmp(word, "-v") == 0 || strcmp(word, "-###") == 0;
}

/* Handle argv[@i]. Return: how many words were used. */
static int parse_word(struct request *request, int argc, char **argv, int i)
{
    const char *word = argv[i];
    if (parse_own(request, word))
        return 1;
    if (word[0] != '-' || word[1] == '\0') {
        note_file(request, word);
        words_add(&request->passed, word);
        return 1;
    }
    if (string_starts(word, "-Wl,")) {
        add_linker_words(request, word + 4);
        return 1;
    }
    bool has_value = takes_value(word) && i + 1 < argc, skip_next;
    const char *value = has_value ? argv[i + 1] : NULL;
    if (strcmp(word, "-Xlinker") == 0 && value) {
        if (is_dropped_by_linker(value, &skip_next))
            return 2 + (skip_next && i + 3 < argc ? 2 : 0);
    } else if (is_dropped(word) || (strcmp(word, "-l") == 0 && value && strcmp(value, "gcc_s") == 0)) {
        return 1 + has_value;
    }
    note_option(request, word, value);
    words_add(&request->passed, word);
    if (has_value)
        words_add(&request->passed, value);
    return 1 + has_value;
}

/* Response files (@FILE) are the linker's habit of rustc and CMake: read them here, since they hold options that matter. */
static void read_response(struct words *words, const char *path)
{
    struct text text = {0}, word = {0};
    bool in_word = false;
    char quote = '\0';
    text_append(&text, "", 0);
    if (!text_read_file(&text, path)) {
        words_addf(words, "@%s", path);
        return;
    }
    for (const char *c = text.data; *c || in_word; c++) {
        if (!*c || (!quote && strchr(" \t\r\n", *c))) {
            if (in_word)
                words_add(words, text_string(&word));
            in_word = false;
            text_clear(&word);
            if (!*c)
                break;
            continue;
        }
        in_word = true;
        if (*c == quote)
            quote = '\0';
        else if (!quote && (*c == '"' || *c == '\''))
            quote = *c;
        else if (*c == '\\' && c[1] && quote != '\'')
            text_append_char(&word, *++c);
        else
            text_append_char(&word, *c);
    }
    text_fini(&word);
    text_fini(&text);
}

void request_parse(struct request *request, int argc, char **argv)
{
    const char *profile = getenv("OSV_PROFILE");
    struct words words = {0};
    for (int i = 0; i < argc; i++) {
        if (i > 0 && argv[i][0] == '@')
            read_response(&words, argv[i] + 1);
        else
            words_add(&words, argv[i]);
    }
    request->links = true;
    request->output = "a.out";
    request->profile = profile && *profile ? profile : "release";
    for (int i = 1; i < (int)words.count;)
        i += parse_word(request, (int)words.count, words.items, i);
    if (strcmp(request->profile, "release") != 0 && strcmp(request->profile, "debug") != 0)
        fail("OSV_PROFILE is '%s'; use release or debug", request->profile);
}
