// SPDX-License-Identifier: BSD-3-Clause
// mimalloc's options as constants, its messages and its errors, in place of its options.c; no environment is read.

#include "mimalloc.h"
#include "mimalloc-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const short options[_mi_option_last] = {
    [mi_option_eager_commit] = 1, /* no work with memory that is there when touched */
    [mi_option_allow_decommit] = 1,
    [mi_option_decommit_delay] = 25, /* milliseconds */
    [mi_option_segment_decommit_delay] = 500,
    [mi_option_decommit_extend_delay] = 1,
    [mi_option_max_segment_reclaim] = 8,
    [mi_option_use_numa_nodes] = 1,
};

void _mi_options_init(void)
{
}

long mi_option_get(mi_option_t option)
{
    return options[option];
}

long mi_option_get_clamp(mi_option_t option, long min, long max)
{
    long value = options[option];
    return value < min ? min : value > max ? max : value;
}

bool mi_option_is_enabled(mi_option_t option)
{
    return options[option] != 0;
}

void _mi_fputs(mi_output_fun *out, void *arg, const char *prefix, const char *message)
{
    (void)!write(STDERR_FILENO, message, strlen(message));
}

void _mi_fprintf(mi_output_fun *out, void *arg, const char *format, ...)
{
}

void _mi_trace_message(const char *format, ...)
{
}

void _mi_verbose_message(const char *format, ...)
{
}

void _mi_warning_message(const char *format, ...)
{
}

/* Out of memory is the caller's news; a damaged heap ends the program. */
void _mi_error_message(int error, const char *format, ...)
{
    if (error == ENOMEM || error == EOVERFLOW) {
        errno = ENOMEM;
        return;
    }
    _mi_fputs(NULL, NULL, NULL, "malloc: ");
    _mi_fputs(NULL, NULL, NULL, format);
    abort();
}
