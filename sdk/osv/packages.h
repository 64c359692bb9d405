// SPDX-License-Identifier: BSD-3-Clause
// What Debian's package manager knows of the installed packages: who owns a file, which files belong together.
#pragma once

#include "text.h"

struct package {
    char *name;    /* with ":amd64" cut off */
    char *list;    /* path of its file list */
    char *source;  /* source package */
    char *depends; /* Depends and Pre-Depends, raw; or NULL */
    bool is_base;  /* essential, or of priority required: part of every system, not of a program */
};

struct packages {
    struct package *items;
    size_t count;
};

/** packages_read - read dpkg's status file and list directory below @root. Finds nothing on a system without dpkg. */
void packages_read(struct packages *packages, const char *root);
void packages_fini(struct packages *packages);

/** packages_owner - the package that owns @path (also under its unmerged name: /bin for /usr/bin), or NULL. */
const struct package *packages_owner(const struct packages *packages, const char *path);

/** packages_family - add to @names the packages that run-time data of @owner may live in: those of the same source package, except
 * for documentation and development, and what these depend on, except for base packages. */
void packages_family(const struct packages *packages, const struct package *owner, struct words *names);

/** packages_files - add the paths that package @name installed. */
void packages_files(const struct packages *packages, const char *name, struct words *paths);
