// SPDX-License-Identifier: BSD-3-Clause
// Turning a file into the running program: map it, its interpreter and its stack, then enter it.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include "loader/elf_plan.h"

struct file;
struct address_space;
struct process;

/** struct loaded_image - where a program or interpreter lies now. */
struct loaded_image {
    vaddr_t bias;  /* what is added to the file's addresses */
    vaddr_t entry; /* absolute */
    vaddr_t phdrs; /* absolute; 0 if not mapped */
    unsigned n_phdrs;
    vaddr_t end;   /* one past the last page */
};

/**
 * loader_map_image - map every segment of @plan from @f.
 * Context: may sleep. Return: 0; -ENOMEM, -EIO, -EEXIST (a fixed program's addresses are taken). On failure nothing stays mapped.
 */
int loader_map_image(struct address_space *as, struct file *f, const struct elf_plan *plan, struct loaded_image *out) __must_check;

/** loader_read_plan - read and check @f's headers. -ENOEXEC with *why, -EIO. */
int loader_read_plan(struct file *f, struct elf_plan *plan, const char **why) __must_check;

/** struct exec_strings - kernel copies of arguments or environment: @n NUL-terminated strings one after the other. */
struct exec_strings {
    char *bytes;
    size_t n_bytes;
    unsigned n;
};
void exec_strings_free(struct exec_strings *s);
/** exec_strings_copy - from an array of string pointers in application memory. -EFAULT, -E2BIG, -ENOMEM. */
int exec_strings_copy(const char *const *user_array, struct exec_strings *out) __must_check;
/** exec_strings_prepend - put @text in front. -ENOMEM. */
int exec_strings_prepend(struct exec_strings *s, const char *text) __must_check;

#define EXEC_MAX_BYTES (2u << 20) /* ARG_MAX: arguments and environment together (a quarter of the default stack) */

/** struct exec_request - what to run. The strings are consumed, whatever happens. */
struct exec_request {
    const char *path;          /* kernel string */
    char *owned_path;          /* kfree()d once @path is no longer needed; NULL: @path is the caller's */
    int dirfd;                 /* AT_FDCWD or the base of a relative path */
    int at_flags;              /* AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW */
    struct exec_strings argv, envp;
};
/**
 * loader_exec - replace the calling process's program, as execve(2). Other threads end; close-on-exec descriptors close;
 * handlers reset; the old program's memory goes (the linked image, where the kernel lives, stays).
 * Return: only on failure, with Linux's errno; a message on the log names the reason for -ENOEXEC.
 */
int loader_exec(struct exec_request *r);
