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

/* A block of options that stands under a header of its own. */
struct cluster {
    const char *header;
    const struct argp *argp;
    const struct cluster *parent;
    int group, index, depth;
};

/* An option with its other names; a header; or a line of documentation. */
struct entry {
    const struct argp_option *options;
    int count, group, order;
    const struct cluster *cluster;
    const struct argp *argp;
};

struct help {
    FILE *stream;
    const struct argp_state *state;
    struct entry *entries;
    struct cluster *clusters;
    int count, cluster_count, column;
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
    char *made = argp->help_filter(key, text, argp_input_of(argp, h->state));
    if (made != text)
        *owned = made;
    return made;
}

/* ---- The list of options ---- */

static bool is_header(const struct argp_option *o)
{
    return !o->name && !o->key;
}

static bool is_visible(const struct argp_option *o)
{
    return !(o->flags & OPTION_HIDDEN);
}

static size_t count_options(const struct argp *a, size_t *clusters)
{
    size_t n = 0;

    for (const struct argp_option *o = a->options; o && !option_is_end(o); o++)
        n++;
    for (const struct argp_child *c = a->children; c && c->argp; c++) {
        ++*clusters;
        n += count_options(c->argp, clusters);
    }
    return n;
}

static void collect(struct help *h, const struct argp *a, const struct cluster *cluster)
{
    int group = 0;

    for (const struct argp_option *o = a->options; o && !option_is_end(o); o++) {
        if ((o->flags & OPTION_ALIAS) && h->count) {
            h->entries[h->count - 1].count++;
            continue;
        }
        group = o->group ? o->group : is_header(o) ? group + 1 : group;
        h->entries[h->count] =
            (struct entry){.options = o, .count = 1, .group = group, .order = h->count, .cluster = cluster, .argp = a};
        h->count++;
    }
    for (const struct argp_child *c = a->children; c && c->argp; c++) {
        const struct cluster *own = cluster;
        if (c->header || c->group) {
            struct cluster *made = &h->clusters[h->cluster_count];
            *made = (struct cluster){.header = c->header,
                                     .argp = a,
                                     .parent = cluster,
                                     .group = c->group,
                                     .index = h->cluster_count++,
                                     .depth = cluster ? cluster->depth + 1 : 1};
            own = made;
        }
        collect(h, c->argp, own);
    }
}

/* The order of groups: 0, 1 ... then ... -2, -1. */
static int compare_groups(int a, int b)
{
    if ((a < 0) != (b < 0))
        return a < 0 ? 1 : -1;
    return (a > b) - (a < b);
}

static int first_short(const struct entry *e)
{
    for (int i = 0; i < e->count; i++)
        if (option_is_short(&e->options[i]) && is_visible(&e->options[i]))
            return e->options[i].key;
    return 0;
}

static const char *first_long(const struct entry *e)
{
    for (int i = 0; i < e->count; i++)
        if (e->options[i].name && is_visible(&e->options[i]))
            return e->options[i].name;
    return NULL;
}

static int compare_names(const struct entry *a, const struct entry *b)
{
    int short_a = first_short(a), short_b = first_short(b);
    const char *long_a = first_long(a), *long_b = first_long(b);
    bool doc_a = a->options->flags & OPTION_DOC, doc_b = b->options->flags & OPTION_DOC;

    if (doc_a && long_a) {
        long_a += strspn(long_a, " \t");
        doc_a = *long_a != '-';
    }
    if (doc_b && long_b) {
        long_b += strspn(long_b, " \t");
        doc_b = *long_b != '-';
    }
    if (doc_a != doc_b)
        return doc_a - doc_b;
    if (!short_a && !short_b && long_a && long_b)
        return strcasecmp(long_a, long_b);
    int first_a = short_a ? short_a : long_a ? *long_a : 0, first_b = short_b ? short_b : long_b ? *long_b : 0;
    int order = tolower(first_a) - tolower(first_b);
    return order ? order : first_b - first_a;
}

static int compare(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    const struct cluster *ca = a->cluster, *cb = b->cluster;
    int order = 0;

    if (ca != cb) {
        /* Compare at the level where the two part: each as its cluster there, or as itself. */
        const struct cluster *under_a = NULL, *under_b = NULL;
        while (ca != cb) {
            int depth_a = ca ? ca->depth : 0, depth_b = cb ? cb->depth : 0;
            if (depth_a >= depth_b) {
                under_a = ca;
                ca = ca->parent;
            }
            if (depth_b >= depth_a) {
                under_b = cb;
                cb = cb->parent;
            }
        }
        order = compare_groups(under_a ? under_a->group : a->group, under_b ? under_b->group : b->group);
        if (!order)
            order = under_a && under_b ? under_a->index - under_b->index : under_a ? 1 : -1;
    } else {
        order = compare_groups(a->group, b->group);
        if (!order)
            order = compare_names(a, b);
    }
    return order ? order : a->order - b->order;
}

static bool gather(struct help *h, const struct argp *argp)
{
    size_t clusters = 1, options = argp ? count_options(argp, &clusters) : 0;

    h->entries = calloc(options + 1, sizeof(*h->entries));
    h->clusters = calloc(clusters, sizeof(*h->clusters));
    if (!h->entries || !h->clusters)
        return false;
    if (argp)
        collect(h, argp, NULL);
    qsort(h->entries, (size_t)h->count, sizeof(*h->entries), compare);
    return true;
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
    bool first = true, has_long = first_long(e) && !(e->options->flags & OPTION_DOC);

    for (int i = 0; i < e->count; i++) {
        const struct argp_option *o = &e->options[i];
        if (!option_is_short(o) || !is_visible(o))
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
        if (!o->name || !is_visible(o))
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

    if (is_header(o)) {
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

    for (int i = 0; i < h->count; i++) {
        const struct entry *e = &h->entries[i];
        if (!is_header(e->options) && !first_short(e) && !first_long(e))
            continue;
        if (last && e->cluster != last->cluster && e->cluster && e->cluster->header && *e->cluster->header)
            print_cluster_headers(h, e->cluster, last->cluster);
        else if (!last)
            print_cluster_headers(h, e->cluster, NULL);
        else if ((e->group != last->group || e->cluster != last->cluster) && !is_header(e->options))
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

    for (int i = 0; i < h->count; i++)
        for (int k = 0; k < h->entries[i].count; k++) {
            const struct argp_option *real = h->entries[i].options, *o = &real[k];
            if (option_is_short(o) && is_visible(o) && !real->arg && !((o->flags | real->flags) & OPTION_NO_USAGE) &&
                n < sizeof(flags) - 2)
                flags[n++] = (char)o->key;
        }
    memcpy(flags + n, "]", 2);
    if (n > 2)
        put_piece(h, flags);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < h->count; i++)
            for (int k = 0; k < h->entries[i].count; k++) {
                const struct argp_option *real = h->entries[i].options, *o = &real[k];
                const char *argument = o->arg ? o->arg : real->arg;
                if (!is_visible(o) || ((o->flags | real->flags) & OPTION_NO_USAGE))
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
            put_string(h, h->count ? " [OPTION...]" : "");
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
    if (gather(&h, argp)) {
        if (flags & (ARGP_HELP_USAGE | ARGP_HELP_SHORT_USAGE))
            print_usage(&h, argp, name, flags & ARGP_HELP_SHORT_USAGE);
        if ((flags & ARGP_HELP_PRE_DOC) && argp)
            h.anything |= print_doc(&h, argp, false, false, true);
        if (flags & ARGP_HELP_SEE) {
            fprintf(stream, "Try `%s --help' or `%s --usage' for more information.\n", name, name);
            h.anything = true;
        }
        if ((flags & ARGP_HELP_LONG) && h.count) {
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
    free(h.entries);
    free(h.clusters);
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
