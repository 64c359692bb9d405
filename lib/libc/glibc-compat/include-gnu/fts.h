// SPDX-License-Identifier: BSD-3-Clause
// fts(3): walks of file trees, in glibc's layout.
#pragma once

#include <features.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct stat;

typedef struct {
    struct _ftsent *fts_cur, *fts_child, **fts_array;
    dev_t fts_dev;
    char *fts_path;
    int fts_rfd, fts_pathlen, fts_nitems;
    int (*fts_compar)(const void *, const void *);
    int fts_options;
} FTS;

/* Options of fts_open(). */
#define FTS_COMFOLLOW 0x0001  /* follow the symbolic links that are roots */
#define FTS_LOGICAL 0x0002    /* follow every symbolic link */
#define FTS_NOCHDIR 0x0004    /* here always: the walk never changes the working directory */
#define FTS_NOSTAT 0x0008     /* fts_statp of what isn't a directory isn't needed */
#define FTS_PHYSICAL 0x0010   /* return symbolic links themselves */
#define FTS_SEEDOT 0x0020     /* return "." and ".." too */
#define FTS_XDEV 0x0040       /* don't enter directories of other devices */
#define FTS_WHITEOUT 0x0080
#define FTS_OPTIONMASK 0x00ff
#define FTS_NAMEONLY 0x0100   /* of fts_children(): names are enough */
#define FTS_STOP 0x0200       /* private */

typedef struct _ftsent {
    struct _ftsent *fts_cycle, *fts_parent, *fts_link;
    long fts_number;   /* the caller's */
    void *fts_pointer; /* the caller's */
    char *fts_accpath, *fts_path;
    int fts_errno, fts_symfd;
    unsigned short fts_pathlen, fts_namelen;
    ino_t fts_ino;
    dev_t fts_dev;
    nlink_t fts_nlink;
    short fts_level;
    unsigned short fts_info, fts_flags, fts_instr;
    struct stat *fts_statp;
    char fts_name[1];
} FTSENT;

#define FTS_ROOTPARENTLEVEL (-1)
#define FTS_ROOTLEVEL 0

/* fts_info */
#define FTS_D 1       /* directory, before what it holds */
#define FTS_DC 2      /* directory that is one of its own parents: fts_cycle */
#define FTS_DEFAULT 3 /* something else */
#define FTS_DNR 4     /* directory that can't be read: fts_errno */
#define FTS_DOT 5     /* "." or ".." */
#define FTS_DP 6      /* directory, after what it holds */
#define FTS_ERR 7     /* error: fts_errno */
#define FTS_F 8       /* regular file */
#define FTS_INIT 9
#define FTS_NS 10     /* no stat to be had: fts_errno */
#define FTS_NSOK 11   /* no stat asked for */
#define FTS_SL 12     /* symbolic link */
#define FTS_SLNONE 13 /* symbolic link to nothing */
#define FTS_W 14

/* fts_flags, private */
#define FTS_DONTCHDIR 0x01
#define FTS_SYMFOLLOW 0x02

/* Instructions of fts_set(). */
#define FTS_AGAIN 1
#define FTS_FOLLOW 2
#define FTS_NOINSTR 3
#define FTS_SKIP 4

/* fts_open - begin to walk the trees of @roots (ends with NULL) in the order of @compare (NULL: as found). NULL, errno. */
FTS *fts_open(char *const *roots, int options, int (*compare)(const FTSENT **, const FTSENT **));
/* fts_read - the next entry, owned by @walk until the one after it; NULL with errno 0 at the end. */
FTSENT *fts_read(FTS *walk);
/* fts_children - the list (fts_link) of what the directory returned last holds; the roots before the first fts_read(). */
FTSENT *fts_children(FTS *walk, int options);
/* fts_set - what to do with @entry next. -1, EINVAL for an unknown instruction. */
int fts_set(FTS *walk, FTSENT *entry, int instruction);
/* fts_close - end the walk and free all of it. */
int fts_close(FTS *walk);

#ifdef __cplusplus
}
#endif
