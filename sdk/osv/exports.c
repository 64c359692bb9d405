// SPDX-License-Identifier: BSD-3-Clause
// What libosv.a offers: global symbols, and system calls by number.
#include "exports.h"

#include "prefix.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Copy first, point later: the storage moves while it grows. */
static void copy_names(struct exports *exports, const Elf_Arsym *symbols, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (symbols[i].as_name)
            text_append(&exports->storage, symbols[i].as_name, strlen(symbols[i].as_name) + 1);
    exports->names = memory_allocate((count + 1) * sizeof(*exports->names));
    for (char *name = exports->storage.data; name && name < exports->storage.data + exports->storage.length;
         name += strlen(name) + 1)
        exports->names[exports->count++] = name;
    qsort(exports->names, exports->count, sizeof(*exports->names), compare_names);
}

bool exports_read(struct exports *exports, const char *profile, struct text *why)
{
    *exports = (struct exports){0};
    char *path = prefix_profile_path(profile, "libosv.a");
    char *header = prefix_path("lib/x86_64/include/bits/syscall.h");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    elf_version(EV_CURRENT);
    Elf *archive = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    size_t count = 0;
    Elf_Arsym *symbols = archive ? elf_getarsym(archive, &count) : NULL;
    if (symbols)
        copy_names(exports, symbols, count);
    else
        text_printf(why, "cannot read the symbols of '%s' (%s); repeat `make install`", path,
                    fd < 0 ? strerror(errno) : elf_errmsg(-1));
    text_append(&exports->syscall_header, "", 0);
    (void)text_read_file(&exports->syscall_header, header);
    if (archive)
        elf_end(archive);
    if (fd >= 0)
        close(fd);
    free(path);
    free(header);
    return symbols != NULL;
}

void exports_fini(struct exports *exports)
{
    free(exports->names);
    text_fini(&exports->storage);
    text_fini(&exports->syscall_header);
}

bool exports_have(const struct exports *exports, const char *symbol)
{
    return exports->count && bsearch(&symbol, exports->names, exports->count, sizeof(*exports->names), compare_names);
}

char *exports_syscall_name(const struct exports *exports, long number)
{
    static const char marker[] = "#define __NR_";
    for (const char *at = text_string(&exports->syscall_header); (at = strstr(at, marker));) {
        char name[64];
        long value;
        at += sizeof(marker) - 1;
        if (sscanf(at, "%63[a-z0-9_A-Z] %ld", name, &value) == 2 && value == number)
            return string_copy(name);
    }
    return NULL;
}
