// SPDX-License-Identifier: BSD-3-Clause
// Directory records of getdents64.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off; /* position of the next record */
    uint16_t d_reclen;
    uint8_t d_type;
    char d_name[];
};

/* Of getdents: the type byte is the last of the record. */
struct linux_dirent {
    unsigned long d_ino;
    unsigned long d_off;
    unsigned short d_reclen;
    char d_name[];
};

_Static_assert(offsetof(struct linux_dirent64, d_name) == 19, "getdents64 ABI");
