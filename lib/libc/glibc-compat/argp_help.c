// SPDX-License-Identifier: BSD-3-Clause
// The texts that argp makes from option tables: --help, --usage, and what follows an error.

#include "compat.h"
#include "argp_private.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

__attribute__((weak)) const char *argp_program_bug_address;

enum {
    SHORT_COLUMN = 2,
    LONG_COLUMN = 6,
    DOC_OPTION_COLUMN = 2,
    DOC_COLUMN = 29,
    HEADER_COLUMN = 1,
    USAGE_INDENT = 12,
    RIGHT_MARGIN = 79,
};

struct help {
    FILE *stream;
    const struct argp_state *state;
    struct option_list list;
    int column;
    bool anything, argument_left_out;
};

/* ---- Text ---- */

static void put(struct help *h, const char *text, size_t length)
{
    fwrite(text, 1, length, h->stream);
    for (size_t i = 0; i < length; i++)
        h->column = text[i] == '\n' ? 0 : h->column + 1;
}

static void put_string(struct help *h, const char *text)
{
    put(h, text, strlen(text));
}

static void newline(struct help *h)
{
    put(h, "\n", 1);
}

static void pad_to(struct help *h, int column)
{
    while (h->column < column)
        put(h, " ", 1);
}

/* Words, wrapped, each line beginning at column @left. */
static void put_wrapped(struct help *h, const char *text, int left)
{
    while (*text) {
        size_t spaces = strspn(text, " "), length = strcspn(text + spaces, " \n");
        if (h->column > left && length && h->column + (int)(spaces + length) > RIGHT_MARGIN) {
            newline(h);
            spaces = 0;
            text += strspn(text, " ");
        }
        pad_to(h, left);
        put(h, text, spaces + length);
        text += spaces + length;
        if (*text == '\n') {
            newline(h);
            text++;
        }
    }
}

/* A piece of a usage line that isn't broken. */
static void put_piece(struct help *h, const char *piece)
{
    if (h->column + 1 + (int)strlen(piece) >= RIGHT_MARGIN) {
        newline(h);
        pad_to(h, USAGE_INDENT);
    } else {
        put(h, " ", 1);
    }
    put_string(h, piece);
}

/* What the table's help_filter makes of @text; *@owned is to be freed. */
static const char *filtered(struct help *h, const struct argp *argp, int key, const char *text, char **owned)
{
    *owned = NULL;
    if (!argp || !argp->help_filter)
        return text;
    char *made = argp->help_filter(key, text, _argp_input(argp, h->state));
    if (made != text)
        *owned = made;
    return made;
}

/* ---- --help ---- */

static void print_header(struct help *h, const char *text, const struct argp *argp)
{
    char *owned;
    const char *header = filtered(h, argp, ARGP_KEY_HELP_HEADER, text, &owned);

    if (header && *header) {
        if (h->anything)
            newline(h);
        pad_to(h, HEADER_COLUMN);
        put_wrapped(h, header, HEADER_COLUMN);
        newline(h);
        h->anything = true;
    }
    free(owned);
}

static void print_argument(struct help *h, const struct argp_option *o, const char *between)
{
    if (!o->arg)
        return;
    if (o->flags & OPTION_ARG_OPTIONAL)
        put(h, "[", 1);
    if (*between != ' ' || !(o->flags & OPTION_ARG_OPTIONAL))
        put_string(h, between);
    put_string(h, o->arg);
    if (o->flags & OPTION_ARG_OPTIONAL)
        put(h, "]", 1);
}

static void separate(struct help *h, bool *first, int column)
{
    if (*first)
        pad_to(h, column);
    else
        put(h, ", ", 2);
    *first = false;
}

static void print_names(struct help *h, const struct entry *e)
{
    bool first = true, has_long = __argp_first_long(e) && !(e->options->flags & OPTION_DOC);

    for (int i = 0; i < e->count; i++) {
        const struct argp_option *o = &e->options[i];
        if (!option_is_short(o) || !option_is_visible(o))
            continue;
        separate(h, &first, SHORT_COLUMN);
        put(h, (char[]){'-', (char)o->key}, 2);
        if (!has_long)
            print_argument(h, e->options, " ");
        else if (e->options->arg)
            h->argument_left_out = true;
    }
    for (int i = 0; i < e->count; i++) {
        const struct argp_option *o = &e->options[i];
        if (!o->name || !option_is_visible(o))
            continue;
        if (e->options->flags & OPTION_DOC) {
            separate(h, &first, DOC_OPTION_COLUMN);
            put_string(h, o->name);
        } else {
            separate(h, &first, LONG_COLUMN);
            put(h, "--", 2);
            put_string(h, o->name);
            print_argument(h, e->options, "=");
        }
    }
}

static void print_entry(struct help *h, const struct entry *e)
{
    const struct argp_option *o = e->options;
    char *owned;

    if (option_is_header(o)) {
        if (o->doc)
            print_header(h, o->doc, e->argp);
        return;
    }
    print_names(h, e);
    const char *doc = filtered(h, e->argp, o->key, o->doc, &owned);
    if (doc && *doc) {
        if (h->column > DOC_COLUMN + 3)
            newline(h);
        else if (h->column >= DOC_COLUMN)
            put(h, "   ", 3);
        pad_to(h, DOC_COLUMN);
        put_wrapped(h, doc, DOC_COLUMN);
    }
    free(owned);
    newline(h);
    h->anything = true;
}

static void print_cluster_headers(struct help *h, const struct cluster *c, const struct cluster *open)
{
    for (const struct cluster *o = open; o; o = o->parent)
        if (o == c)
            return;
    if (!c)
        return;
    print_cluster_headers(h, c->parent, open);
    if (c->header && *c->header)
        print_header(h, c->header, c->argp);
}

static void print_options(struct help *h)
{
    const struct entry *last = NULL;

    for (int i = 0; i < h->list.count; i++) {
        const struct entry *e = &h->list.entries[i];
        if (!option_is_header(e->options) && !__argp_first_short(e) && !__argp_first_long(e))
            continue;
        if (last && e->cluster != last->cluster && e->cluster && e->cluster->header && *e->cluster->header)
            print_cluster_headers(h, e->cluster, last->cluster);
        else if (!last)
            print_cluster_headers(h, e->cluster, NULL);
        else if ((e->group != last->group || e->cluster != last->cluster) && !option_is_header(e->options))
            newline(h);
        print_entry(h, e);
        last = e;
    }
    if (h->argument_left_out) {
        char *owned;
        const char *note = filtered(h, h->state ? h->state->root_argp : NULL, ARGP_KEY_HELP_DUP_ARGS_NOTE,
                                    "Mandatory or optional arguments to long options are also mandatory or optional for any "
                                    "corresponding short options.",
                                    &owned);
        if (note && *note) {
            newline(h);
            put_wrapped(h, note, 0);
            newline(h);
        }
        free(owned);
    }
}

/* The text of @argp (and its children) before the options, or that after them. true: something was printed. */
static bool print_doc(struct help *h, const struct argp *argp, bool post, bool blank_before, bool first_only)
{
    char *copy = NULL, *owned, *owned_extra = NULL;
    const char *text = NULL, *extra = NULL;
    bool printed = false;

    if (argp->doc) {
        const char *split = strchr(argp->doc, '\v');
        if (post)
            text = split ? split + 1 : NULL;
        else
            text = split ? (copy = strndup(argp->doc, (size_t)(split - argp->doc))) : argp->doc;
    }
    text = filtered(h, argp, post ? ARGP_KEY_HELP_POST_DOC : ARGP_KEY_HELP_PRE_DOC, text, &owned);
    if (post && argp->help_filter)
        extra = filtered(h, argp, ARGP_KEY_HELP_EXTRA, NULL, &owned_extra);
    const char *parts[] = {text, extra};
    for (int i = 0; i < 2; i++) {
        if (!parts[i] || !*parts[i])
            continue;
        if (blank_before || printed)
            newline(h);
        put_wrapped(h, parts[i], 0);
        if (h->column)
            newline(h);
        printed = true;
    }
    free(owned);
    free(owned_extra);
    free(copy);
    for (const struct argp_child *c = argp->children; c && c->argp && !(first_only && printed); c++)
        printed |= print_doc(h, c->argp, post, printed || blank_before, first_only);
    return printed;
}

/* ---- --usage ---- */

static void piece_of(struct help *h, const char *before, const char *name, const char *argument, const struct argp_option *o,
                     const char *between)
{
    char piece[512];

    if (!argument)
        snprintf(piece, sizeof(piece), "[%s%s]", before, name);
    else if (o->flags & OPTION_ARG_OPTIONAL)
        snprintf(piece, sizeof(piece), "[%s%s[%s%s]]", before, name, *between == ' ' ? "" : between, argument);
    else
        snprintf(piece, sizeof(piece), "[%s%s%s%s]", before, name, between, argument);
    put_piece(h, piece);
}

static void print_usage_options(struct help *h)
{
    char flags[512] = "[-";
    size_t n = 2;

    for (int i = 0; i < h->list.count; i++)
        for (int k = 0; k < h->list.entries[i].count; k++) {
            const struct argp_option *real = h->list.entries[i].options, *o = &real[k];
            if (option_is_short(o) && option_is_visible(o) && !real->arg && !((o->flags | real->flags) & OPTION_NO_USAGE) &&
                n < sizeof(flags) - 2)
                flags[n++] = (char)o->key;
        }
    memcpy(flags + n, "]", 2);
    if (n > 2)
        put_piece(h, flags);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < h->list.count; i++)
            for (int k = 0; k < h->list.entries[i].count; k++) {
                const struct argp_option *real = h->list.entries[i].options, *o = &real[k];
                const char *argument = o->arg ? o->arg : real->arg;
                if (!option_is_visible(o) || ((o->flags | real->flags) & OPTION_NO_USAGE))
                    continue;
                if (pass == 0 && option_is_short(o) && argument)
                    piece_of(h, "-", (char[]){(char)o->key, 0}, argument, real, " ");
                else if (pass == 1 && o->name)
                    piece_of(h, "--", o->name, argument, real, "=");
            }
}

/* How many alternatives the arguments of @argp and its children have: the most of any of them. */
static int count_patterns(const struct argp *argp)
{
    int most = 1, own = 1;

    for (const char *p = argp->args_doc; p && (p = strchr(p, '\n')); p++)
        own++;
    if (own > most)
        most = own;
    for (const struct argp_child *c = argp->children; c && c->argp; c++) {
        int n = count_patterns(c->argp);
        most = n > most ? n : most;
    }
    return most;
}

static void print_arguments(struct help *h, const struct argp *argp, int pattern)
{
    char *owned;
    const char *text = filtered(h, argp, ARGP_KEY_HELP_ARGS_DOC, argp->args_doc, &owned);

    for (const char *p = text, *end; p && *p; p = end + 1) {
        end = strchrnul(p, '\n');
        if (pattern-- > 0 && *end)
            continue; /* past its last pattern, a table repeats that one */
        for (const char *word = p; word < end;) {
            size_t length = strcspn(word, " \n");
            char piece[256];
            snprintf(piece, sizeof(piece), "%.*s", (int)length, word);
            if (length)
                put_piece(h, piece);
            word += length + (word + length < end);
        }
        break;
    }
    free(owned);
    for (const struct argp_child *c = argp->children; c && c->argp; c++)
        print_arguments(h, c->argp, pattern < 0 ? 0 : pattern);
}

static void print_usage(struct help *h, const struct argp *argp, const char *name, bool brief)
{
    int patterns = argp ? count_patterns(argp) : 1;

    for (int i = 0; i < patterns; i++) {
        put_string(h, i ? "  or: " : "Usage:");
        put_piece(h, name);
        if (brief || i)
            put_string(h, h->list.count ? " [OPTION...]" : "");
        else
            print_usage_options(h);
        if (argp)
            print_arguments(h, argp, i);
        newline(h);
        h->anything = true;
    }
}

static void print_help(const struct argp *argp, const struct argp_state *state, FILE *stream, unsigned flags, const char *name)
{
    struct help h = {.stream = stream, .state = state};

    if (!stream)
        return;
    flockfile(stream);
    if (__argp_list_make(&h.list, argp)) {
        if (flags & (ARGP_HELP_USAGE | ARGP_HELP_SHORT_USAGE))
            print_usage(&h, argp, name, flags & ARGP_HELP_SHORT_USAGE);
        if ((flags & ARGP_HELP_PRE_DOC) && argp)
            h.anything |= print_doc(&h, argp, false, false, true);
        if (flags & ARGP_HELP_SEE) {
            fprintf(stream, "Try `%s --help' or `%s --usage' for more information.\n", name, name);
            h.anything = true;
        }
        if ((flags & ARGP_HELP_LONG) && h.list.count) {
            if (h.anything)
                newline(&h);
            h.anything = false;
            print_options(&h);
            h.anything = true;
        }
        if ((flags & ARGP_HELP_POST_DOC) && argp)
            h.anything |= print_doc(&h, argp, true, h.anything, false);
        if ((flags & ARGP_HELP_BUG_ADDR) && argp_program_bug_address)
            fprintf(stream, "%sReport bugs to %s.\n", h.anything ? "\n" : "", argp_program_bug_address);
    }
    __argp_list_free(&h.list);
    funlockfile(stream);
}

void argp_help(const struct argp *argp, FILE *stream, unsigned flags, char *name)
{
    print_help(argp, NULL, stream, flags, name);
}

void argp_state_help(const struct argp_state *state, FILE *stream, unsigned flags)
{
    if ((state && (state->flags & ARGP_NO_ERRS)) || !stream)
        return;
    print_help(state ? state->root_argp : NULL, state, stream, flags, state ? state->name : program_invocation_short_name);
    if (state && (state->flags & ARGP_NO_EXIT))
        return;
    if (flags & ARGP_HELP_EXIT_ERR)
        exit(argp_err_exit_status);
    if (flags & ARGP_HELP_EXIT_OK)
        exit(0);
}

void argp_usage(const struct argp_state *state)
{
    argp_state_help(state, stderr, ARGP_HELP_STD_USAGE);
}

static const char *name_of(const struct argp_state *state)
{
    return state ? state->name : program_invocation_short_name;
}

void argp_error(const struct argp_state *state, const char *format, ...)
{
    FILE *stream = state ? state->err_stream : stderr;
    va_list args;

    if ((state && (state->flags & ARGP_NO_ERRS)) || !stream)
        return;
    flockfile(stream);
    fprintf(stream, "%s: ", name_of(state));
    va_start(args, format);
    vfprintf(stream, format, args);
    va_end(args);
    fputc('\n', stream);
    argp_state_help(state, stream, ARGP_HELP_STD_ERR);
    funlockfile(stream);
}

void argp_failure(const struct argp_state *state, int status, int errnum, const char *format, ...)
{
    FILE *stream = state ? state->err_stream : stderr;
    va_list args;

    if ((state && (state->flags & ARGP_NO_ERRS)) || !stream)
        return;
    flockfile(stream);
    fputs(name_of(state), stream);
    if (format) {
        fputs(": ", stream);
        va_start(args, format);
        vfprintf(stream, format, args);
        va_end(args);
    }
    if (errnum)
        fprintf(stream, ": %s", strerror(errnum));
    fputc('\n', stream);
    funlockfile(stream);
    if (status && !(state && (state->flags & ARGP_NO_EXIT)))
        exit(status);
}
