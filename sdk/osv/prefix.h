// SPDX-License-Identifier: BSD-3-Clause
// Where the SDK is installed: found from the running program, so that the prefix can be moved.
#pragma once

#include <stdbool.h>

/** prefix_dir - the install prefix, without a trailing slash. OSV_PREFIX overrides (tests, uninstalled trees). */
const char *prefix_dir(void);

/** prefix_path - PREFIX/@relative as a fresh string that the caller frees. */
char *prefix_path(const char *relative);

/** prefix_profile_path - PREFIX/lib/x86_64/@profile/@file as a fresh string. */
char *prefix_profile_path(const char *profile, const char *file);

/** program_find - look @name up in PATH (or check it, if it has a slash). Return: fresh path, or NULL. */
char *program_find(const char *name);

bool file_exists(const char *path);
