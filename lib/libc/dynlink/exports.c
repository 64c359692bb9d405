// SPDX-License-Identifier: BSD-3-Clause
// The names that the kernel image answers to in the place of libc.so.6 and its relatives: a sorted table made
// when it is linked.
#include "dynlink.h"

#include <string.h>

extern const struct dl_export osv_dl_exports[];
extern const uint32_t osv_dl_n_exports;
extern const char osv_dl_export_names[];

/* Variables whose place may change: the program has a copy that libc must use from then on. */
extern char ***__osv_environ;
DL_HIDDEN extern int *dl_optind, *dl_opterr, *dl_optopt;
DL_HIDDEN extern char **dl_optarg, ***dl_tzname;
DL_HIDDEN extern long *dl_timezone;
DL_HIDDEN extern int *dl_daylight;

static const struct {
    const char *name;
    void *place; /* of the pointer to the variable */
} movable[] = {
    {"environ", &__osv_environ}, {"__environ", &__osv_environ}, {"_environ", &__osv_environ},
    {"optarg", &dl_optarg},      {"optind", &dl_optind},        {"opterr", &dl_opterr},
    {"optopt", &dl_optopt},      {"timezone", &dl_timezone},    {"__timezone", &dl_timezone},
    {"daylight", &dl_daylight},  {"__daylight", &dl_daylight},  {"tzname", &dl_tzname},
    {"__tzname", &dl_tzname},
};

static void **place_of(const char *name)
{
    for (size_t i = 0; i < sizeof movable / sizeof movable[0]; i++)
        if (strcmp(movable[i].name, name) == 0)
            return movable[i].place;
    return NULL;
}

const struct dl_export *dl_export_find(const char *name)
{
    size_t low = 0, high = osv_dl_n_exports;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, osv_dl_export_names + osv_dl_exports[middle].name);
        if (order == 0)
            return &osv_dl_exports[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

uintptr_t dl_export_address(const struct dl_export *e)
{
    void **place = e->kind == DL_EXPORT_DATA ? place_of(osv_dl_export_names + e->name) : NULL;

    if (place)
        return (uintptr_t)*place;
    if (e->kind == DL_EXPORT_IFUNC)
        return ((uintptr_t(*)(void))(uintptr_t)e->address)();
    return e->address;
}

void dl_export_move(const char *name, void *address)
{
    void **place = place_of(name);
    if (place)
        *place = address;
}

const char *dl_export_name_at(uintptr_t address, uintptr_t *start)
{
    const struct dl_export *best = NULL;

    for (uint32_t i = 0; i < osv_dl_n_exports; i++) {
        const struct dl_export *e = &osv_dl_exports[i];
        if (e->address <= address && (address == e->address || address - e->address < e->size) &&
            (!best || e->address > best->address))
            best = e;
    }
    if (!best)
        return NULL;
    *start = best->address;
    return osv_dl_export_names + best->name;
}

bool dl_is_libc(const char *name)
{
    static const char *const names[] = {"libc.so.6",
                                        "libm.so.6",
                                        "libpthread.so.0",
                                        "libdl.so.2",
                                        "librt.so.1",
                                        "libresolv.so.2",
                                        "libutil.so.1",
                                        "ld-linux-x86-64.so.2",
                                        "libc.musl-x86_64.so.1",
                                        "libc.so",
                                        "ld-musl-x86_64.so.1",
                                        "linux-vdso.so.1"};
    const char *slash = strrchr(name, '/');

    name = slash ? slash + 1 : name;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}
