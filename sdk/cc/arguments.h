// SPDX-License-Identifier: BSD-3-Clause
// The arguments of osv-cc: a compiler's, plus a few of our own, sorted by what they mean for an image.
#pragma once

#include "text.h"

enum syscalls_mode { SYSCALLS_AUTO, SYSCALLS_ALL, SYSCALLS_LINKED };

struct request {
    bool is_cxx;          /* called as osv-c++, or with C++ sources: the host's C++ headers, libstdc++ */
    bool has_input;       /* at least one file, or -l */
    bool has_sources;     /* something to compile or preprocess */
    bool links;           /* makes an image: none of -c -S -E -M -r -shared ... */
    bool wants_pic;       /* -fPIC, -fPIE: keep it */
    bool no_libstdcxx;    /* -nostdlib++ */
    bool keeps_includes;  /* -nostdinc: the user brings all headers */
    bool own_script;      /* -T: the user brings a linker script */
    bool is_shared;       /* -shared: refused */
    bool verbose;         /* -v or -### */
    const char *compiler; /* --osv-compiler=, or NULL */
    const char *profile;  /* release or debug */
    const char *output;   /* -o, or "a.out" */
    enum syscalls_mode syscalls;
    struct words passed;  /* what the compiler gets, in order, without what an image cannot have */
};

/** request_parse - sort @argv; ends the command on a wrong --osv-... option. */
void request_parse(struct request *request, int argc, char **argv);
