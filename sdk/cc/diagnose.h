// SPDX-License-Identifier: BSD-3-Clause
// Runs the compiler, and adds advice to what the linker complains about.
#pragma once

#include "text.h"

/** diagnose_run - run @argv with standard error passed through; undefined symbols get one line each on what to do.
 * Return: the exit status. */
int diagnose_run(const struct words *argv);
