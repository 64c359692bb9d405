// SPDX-License-Identifier: BSD-3-Clause
// backtrace and its family: the frames by the unwinder of libgcc where it is linked, else by frame pointers; the names as
// glibc prints them for a static program.

#include "compat.h"
#include "libc_syscall.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

long sys_process_vm_readv();

/* From the C++ ABI's unwinder, in libgcc_eh. */
struct _Unwind_Context;
typedef int unwind_fn(struct _Unwind_Context *context, void *arg);
__attribute__((weak)) int _Unwind_Backtrace(unwind_fn *fn, void *arg);
__attribute__((weak)) uintptr_t _Unwind_GetIP(struct _Unwind_Context *context);

#define UNWIND_NO_REASON 0
#define UNWIND_END_OF_STACK 5
#define LINE_BYTES 64

struct walk {
    void **frames;
    int n, room;
};

static int collect(struct _Unwind_Context *context, void *arg)
{
    struct walk *walk = arg;

    if (walk->n < 0) { /* the first frame is backtrace() itself */
        walk->n = 0;
        return UNWIND_NO_REASON;
    }
    if (walk->n == walk->room)
        return UNWIND_END_OF_STACK;
    uintptr_t ip = _Unwind_GetIP(context);
    if (!ip)
        return UNWIND_END_OF_STACK;
    walk->frames[walk->n++] = (void *)ip;
    return UNWIND_NO_REASON;
}

/* A frame of code that keeps frame pointers. */
struct saved {
    struct saved *next;
    void *return_address;
};

/* A register may hold anything in code without frame pointers, so each frame is read as another process's memory would be. */
static int by_frame_pointers(const struct saved *at, void **frames, int room)
{
    int n = 0;

    while (n < room) {
        struct saved frame;
        struct iovec to = {&frame, sizeof(frame)}, from = {(void *)(uintptr_t)at, sizeof(frame)};
        long got = LIBC_SYSCALL(process_vm_readv, SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0);
        if (got != sizeof(frame) || !frame.return_address)
            break;
        frames[n++] = frame.return_address;
        if (frame.next <= at || ((uintptr_t)frame.next & 7))
            break;
        at = frame.next;
    }
    return n;
}

__attribute__((noinline)) int backtrace(void **frames, int room)
{
    struct walk walk = {frames, -1, room};

    if (room <= 0)
        return 0;
    if (!_Unwind_Backtrace)
        return by_frame_pointers(__builtin_frame_address(0), frames, room);
    _Unwind_Backtrace(collect, &walk);
    return walk.n < 0 ? 0 : walk.n;
}

char **backtrace_symbols(void *const *frames, int n)
{
    size_t table = (size_t)n * sizeof(char *);
    char **names = malloc(table + (size_t)n * LINE_BYTES);

    if (!names)
        return NULL;
    char *line = (char *)names + table;
    for (int i = 0; i < n; i++, line += LINE_BYTES) {
        snprintf(line, LINE_BYTES, "[%p]", frames[i]);
        names[i] = line;
    }
    return names;
}

void backtrace_symbols_fd(void *const *frames, int n, int fd)
{
    for (int i = 0; i < n; i++)
        dprintf(fd, "[%p]\n", frames[i]);
}
