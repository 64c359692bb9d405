// SPDX-License-Identifier: BSD-3-Clause
// fts(3): walks of file trees. Each entry has its path in its own allocation, so no walk ever changes the working directory.

#include "compat.h"
#include "include-gnu/fts.h"
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_dot(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* An entry for @name below @parent (a root: its path is @name), in one allocation with its stat and its path. */
static FTSENT *entry_new(FTSENT *parent, const char *name)
{
    size_t length = strlen(name), before = 0;

    if (parent->fts_level >= 0) {
        before = parent->fts_pathlen;
        if (before && parent->fts_path[before - 1] == '/')
            before--;
        before++;
    }
    if (before + length > 0xffff) {
        errno = ENAMETOOLONG; /* what the fields of the ABI hold */
        return NULL;
    }
    size_t stat_at = (offsetof(FTSENT, fts_name) + length + 1 + 15) & ~(size_t)15;
    FTSENT *e = calloc(1, stat_at + sizeof(struct stat) + before + length + 1);
    if (!e)
        return NULL;
    e->fts_statp = (struct stat *)(void *)((char *)e + stat_at);
    e->fts_path = e->fts_accpath = (char *)(e->fts_statp + 1);
    if (before) {
        memcpy(e->fts_path, parent->fts_path, before - 1);
        e->fts_path[before - 1] = '/';
    }
    memcpy(e->fts_path + before, name, length + 1);
    memcpy(e->fts_name, name, length + 1);
    e->fts_pathlen = (unsigned short)(before + length);
    e->fts_namelen = (unsigned short)length;
    e->fts_parent = parent;
    e->fts_level = (short)(parent->fts_level + 1);
    e->fts_instr = FTS_NOINSTR;
    return e;
}

static void free_list(FTSENT *e)
{
    while (e) {
        FTSENT *next = e->fts_link;
        free(e);
        e = next;
    }
}

static int kind_of(FTSENT *e)
{
    const struct stat *s = e->fts_statp;

    e->fts_dev = s->st_dev;
    e->fts_ino = s->st_ino;
    e->fts_nlink = s->st_nlink;
    if (S_ISLNK(s->st_mode))
        return FTS_SL;
    if (S_ISREG(s->st_mode))
        return FTS_F;
    if (!S_ISDIR(s->st_mode))
        return FTS_DEFAULT;
    if (e->fts_level > 0 && is_dot(e->fts_name))
        return FTS_DOT;
    for (FTSENT *up = e->fts_parent; up->fts_level >= 0; up = up->fts_parent)
        if (up->fts_ino == e->fts_ino && up->fts_dev == e->fts_dev) {
            e->fts_cycle = up;
            return FTS_DC;
        }
    return FTS_D;
}

/* Look at @e, through a symbolic link if @follow: its fts_info. */
static unsigned short look(FTS *w, FTSENT *e, bool follow)
{
    e->fts_errno = 0;
    if ((w->fts_options & FTS_LOGICAL) || follow) {
        if (stat(e->fts_accpath, e->fts_statp) == 0)
            return (unsigned short)kind_of(e);
        int error = errno;
        if (lstat(e->fts_accpath, e->fts_statp) == 0 && S_ISLNK(e->fts_statp->st_mode)) {
            errno = 0;
            return FTS_SLNONE;
        }
        e->fts_errno = error;
    } else if (lstat(e->fts_accpath, e->fts_statp) == 0) {
        return (unsigned short)kind_of(e);
    } else {
        e->fts_errno = errno;
    }
    memset(e->fts_statp, 0, sizeof(struct stat));
    return FTS_NS;
}

static FTSENT *sorted(FTS *w, FTSENT *list, int count)
{
    if (!w->fts_compar || count < 2)
        return list;
    FTSENT **array = malloc((size_t)count * sizeof(*array)), **p = array;
    if (!array)
        return list; /* any order is right without memory for another */
    for (FTSENT *e = list; e; e = e->fts_link)
        *p++ = e;
    qsort(array, (size_t)count, sizeof(*array), w->fts_compar);
    for (int i = 0; i < count; i++)
        array[i]->fts_link = i + 1 < count ? array[i + 1] : NULL;
    list = array[0];
    free(array);
    return list;
}

FTS *fts_open(char *const *roots, int options, int (*compare)(const FTSENT **, const FTSENT **))
{
    if (options & ~FTS_OPTIONMASK) {
        errno = EINVAL;
        return NULL;
    }
    FTS *w = calloc(1, sizeof(*w));
    FTSENT *top = calloc(1, sizeof(*top));
    FTSENT *list = NULL, **last = &list;
    int count = 0;

    if (!w || !top)
        goto fail;
    w->fts_compar = (int (*)(const void *, const void *))(void *)compare;
    w->fts_options = options | FTS_NOCHDIR;
    w->fts_rfd = -1;
    top->fts_level = FTS_ROOTPARENTLEVEL;
    for (; *roots; roots++, count++) {
        FTSENT *e;
        if (!**roots)
            errno = ENOENT;
        if (!**roots || !(e = entry_new(top, *roots)))
            goto fail;
        e->fts_info = look(w, e, options & FTS_COMFOLLOW);
        if (e->fts_info == FTS_DOT)
            e->fts_info = FTS_D;
        *last = e;
        last = &e->fts_link;
    }
    w->fts_child = sorted(w, list, count);
    /* The walk begins at an entry before the first root. */
    w->fts_cur = top;
    top->fts_info = FTS_INIT;
    return w;
fail:
    free_list(list);
    free(top);
    free(w);
    return NULL;
}

int fts_close(FTS *w)
{
    FTSENT *e = w->fts_cur;

    free_list(w->fts_child);
    while (e) {
        FTSENT *up = e->fts_level >= 0 ? e->fts_parent : NULL;
        free_list(e);
        e = up;
    }
    free(w);
    return 0;
}

/* The list of what directory @dir holds. NULL: none, or fts_info says that it can't be read. */
static FTSENT *children_of(FTS *w, FTSENT *dir, bool names_only)
{
    DIR *d = opendir(dir->fts_accpath);
    FTSENT *list = NULL, **last = &list;
    struct dirent *item;
    int count = 0;

    if (!d) {
        dir->fts_info = FTS_DNR;
        dir->fts_errno = errno;
        return NULL;
    }
    while (errno = 0, (item = readdir(d))) {
        if (is_dot(item->d_name) && !(w->fts_options & FTS_SEEDOT))
            continue;
        FTSENT *e = entry_new(dir, item->d_name);
        if (!e) {
            int error = errno;
            free_list(list);
            closedir(d);
            dir->fts_info = FTS_ERR;
            dir->fts_errno = errno = error;
            if (error == ENOMEM)
                w->fts_options |= FTS_STOP;
            return NULL;
        }
        bool known = item->d_type != DT_UNKNOWN && item->d_type != DT_DIR &&
                     !(item->d_type == DT_LNK && (w->fts_options & FTS_LOGICAL));
        if (names_only || ((w->fts_options & FTS_NOSTAT) && known)) {
            e->fts_info = FTS_NSOK;
            e->fts_ino = item->d_ino;
        } else {
            e->fts_info = look(w, e, false);
        }
        *last = e;
        last = &e->fts_link;
        count++;
    }
    if (errno) {
        dir->fts_errno = errno;
        dir->fts_info = count ? dir->fts_info : FTS_DNR;
    }
    closedir(d);
    return sorted(w, list, count);
}

static FTSENT *settle(FTS *w, FTSENT *e)
{
    w->fts_cur = e;
    w->fts_path = e->fts_path;
    if (e->fts_level == FTS_ROOTLEVEL && e->fts_info != FTS_DP)
        w->fts_dev = e->fts_dev;
    return e;
}

static bool is_symlink(const FTSENT *e)
{
    return e->fts_info == FTS_SL || e->fts_info == FTS_SLNONE;
}

/* What comes after @e on its level, or its parent again. */
static FTSENT *onward(FTS *w, FTSENT *e)
{
    for (;;) {
        FTSENT *next = e->fts_link, *up = e->fts_parent;

        free(e);
        if (next) {
            if (next->fts_instr == FTS_SKIP) {
                e = next;
                continue;
            }
            if (next->fts_instr == FTS_FOLLOW && is_symlink(next)) {
                next->fts_info = look(w, next, true);
                next->fts_flags |= FTS_SYMFOLLOW;
            }
            next->fts_instr = FTS_NOINSTR;
            return settle(w, next);
        }
        if (up->fts_level == FTS_ROOTPARENTLEVEL) {
            free(up);
            w->fts_cur = NULL;
            errno = 0;
            return NULL;
        }
        up->fts_info = up->fts_errno ? FTS_ERR : FTS_DP;
        return settle(w, up);
    }
}

FTSENT *fts_read(FTS *w)
{
    FTSENT *e = w->fts_cur;

    if (!e || (w->fts_options & FTS_STOP)) {
        errno = e ? errno : 0;
        return NULL;
    }
    if (e->fts_info == FTS_INIT) {
        FTSENT first = {.fts_parent = e, .fts_link = w->fts_child}, *start = malloc(sizeof(first));
        if (!start)
            return NULL;
        *start = first;
        w->fts_child = NULL;
        e->fts_info = 0;
        return onward(w, start);
    }
    int instruction = e->fts_instr;
    e->fts_instr = FTS_NOINSTR;
    if (instruction == FTS_AGAIN) {
        e->fts_info = look(w, e, e->fts_flags & FTS_SYMFOLLOW);
        return e;
    }
    if (instruction == FTS_FOLLOW && is_symlink(e)) {
        e->fts_info = look(w, e, true);
        e->fts_flags |= FTS_SYMFOLLOW;
        return e;
    }
    if (e->fts_info != FTS_D)
        return onward(w, e);
    if (instruction == FTS_SKIP || ((w->fts_options & FTS_XDEV) && e->fts_dev != w->fts_dev)) {
        free_list(w->fts_child);
        w->fts_child = NULL;
        e->fts_info = FTS_DP;
        return e;
    }
    if (w->fts_child && (w->fts_options & FTS_NAMEONLY)) {
        free_list(w->fts_child);
        w->fts_child = NULL;
    }
    w->fts_options &= ~FTS_NAMEONLY;
    FTSENT *child = w->fts_child ? w->fts_child : children_of(w, e, false);
    w->fts_child = NULL;
    if (!child) {
        if (w->fts_options & FTS_STOP)
            return NULL;
        if (e->fts_info == FTS_D)
            e->fts_info = FTS_DP;
        return e;
    }
    FTSENT *start = malloc(sizeof(*start));
    if (!start) {
        free_list(child);
        w->fts_options |= FTS_STOP;
        return NULL;
    }
    *start = (FTSENT){.fts_parent = e, .fts_link = child};
    return onward(w, start);
}

FTSENT *fts_children(FTS *w, int options)
{
    FTSENT *e = w->fts_cur;

    if (options && options != FTS_NAMEONLY) {
        errno = EINVAL;
        return NULL;
    }
    errno = 0;
    if (!e || (w->fts_options & FTS_STOP))
        return NULL;
    if (e->fts_info == FTS_INIT)
        return w->fts_child;
    if (e->fts_info != FTS_D)
        return NULL;
    free_list(w->fts_child);
    w->fts_child = children_of(w, e, options == FTS_NAMEONLY);
    w->fts_options = (w->fts_options & ~FTS_NAMEONLY) | options;
    if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
        errno = e->fts_errno;
    return w->fts_child;
}

int fts_set(FTS *w, FTSENT *e, int instruction)
{
    (void)w;
    if (instruction && (instruction < FTS_AGAIN || instruction > FTS_SKIP)) {
        errno = EINVAL;
        return -1;
    }
    e->fts_instr = (unsigned short)instruction;
    return 0;
}

/* struct stat is the same with 64-bit offsets. */
__attribute__((alias("fts_open"))) FTS *fts64_open(char *const *, int, int (*)(const FTSENT **, const FTSENT **));
__attribute__((alias("fts_read"))) FTSENT *fts64_read(FTS *);
__attribute__((alias("fts_children"))) FTSENT *fts64_children(FTS *, int);
__attribute__((alias("fts_set"))) int fts64_set(FTS *, FTSENT *, int);
__attribute__((alias("fts_close"))) int fts64_close(FTS *);
