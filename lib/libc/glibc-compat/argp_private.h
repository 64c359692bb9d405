// SPDX-License-Identifier: BSD-3-Clause
// What argp's parser, its list of options and its help texts share.
#pragma once

#include "include-gnu/argp.h"
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>

static inline bool option_is_short(const struct argp_option *o)
{
    return !(o->flags & OPTION_DOC) && o->key > 0 && o->key <= UCHAR_MAX && isprint(o->key);
}

static inline bool option_is_end(const struct argp_option *o)
{
    return !o->key && !o->name && !o->doc && !o->group;
}

static inline bool option_is_header(const struct argp_option *o)
{
    return !o->name && !o->key;
}

static inline bool option_is_visible(const struct argp_option *o)
{
    return !(o->flags & OPTION_HIDDEN);
}

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

/* All options of a table and its children, in the order of --help. */
struct option_list {
    struct entry *entries;
    struct cluster *clusters;
    int count, cluster_count;
};

/* __argp_list_make - fill @list from @argp (NULL: no options). false: no memory. Free it in either case. */
bool __argp_list_make(struct option_list *list, const struct argp *argp);
void __argp_list_free(struct option_list *list);

/* The first short option (0: none) and long name (NULL: none) of @e that is not hidden. */
int __argp_first_short(const struct entry *e);
const char *__argp_first_long(const struct entry *e);

/* _argp_input - the input of table @argp in the parse that @state belongs to; NULL: none. */
void *_argp_input(const struct argp *argp, const struct argp_state *state);
