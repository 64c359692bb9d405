// SPDX-License-Identifier: BSD-3-Clause
// The options of a tree of argp tables as one list, in the order of --help: by group, under headers, by name.

#include "compat.h"
#include "argp_private.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

static void collect(struct option_list *list, const struct argp *a, const struct cluster *cluster)
{
    int group = 0;

    for (const struct argp_option *o = a->options; o && !option_is_end(o); o++) {
        if ((o->flags & OPTION_ALIAS) && list->count) {
            list->entries[list->count - 1].count++;
            continue;
        }
        group = o->group ? o->group : option_is_header(o) ? group + 1 : group;
        list->entries[list->count] =
            (struct entry){.options = o, .count = 1, .group = group, .order = list->count, .cluster = cluster, .argp = a};
        list->count++;
    }
    for (const struct argp_child *c = a->children; c && c->argp; c++) {
        const struct cluster *own = cluster;
        if (c->header || c->group) {
            struct cluster *made = &list->clusters[list->cluster_count];
            *made = (struct cluster){.header = c->header,
                                     .argp = a,
                                     .parent = cluster,
                                     .group = c->group,
                                     .index = list->cluster_count++,
                                     .depth = cluster ? cluster->depth + 1 : 1};
            own = made;
        }
        collect(list, c->argp, own);
    }
}

/* The order of groups: 0, 1 ... then ... -2, -1. */
static int compare_groups(int a, int b)
{
    if ((a < 0) != (b < 0))
        return a < 0 ? 1 : -1;
    return (a > b) - (a < b);
}

int __argp_first_short(const struct entry *e)
{
    for (int i = 0; i < e->count; i++)
        if (option_is_short(&e->options[i]) && option_is_visible(&e->options[i]))
            return e->options[i].key;
    return 0;
}

const char *__argp_first_long(const struct entry *e)
{
    for (int i = 0; i < e->count; i++)
        if (e->options[i].name && option_is_visible(&e->options[i]))
            return e->options[i].name;
    return NULL;
}

static int compare_names(const struct entry *a, const struct entry *b)
{
    int short_a = __argp_first_short(a), short_b = __argp_first_short(b);
    const char *long_a = __argp_first_long(a), *long_b = __argp_first_long(b);
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

bool __argp_list_make(struct option_list *list, const struct argp *argp)
{
    size_t clusters = 1, options = argp ? count_options(argp, &clusters) : 0;

    list->entries = calloc(options + 1, sizeof(*list->entries));
    list->clusters = calloc(clusters, sizeof(*list->clusters));
    if (!list->entries || !list->clusters)
        return false;
    if (argp)
        collect(list, argp, NULL);
    qsort(list->entries, (size_t)list->count, sizeof(*list->entries), compare);
    return true;
}

void __argp_list_free(struct option_list *list)
{
    free(list->entries);
    free(list->clusters);
}
