// SPDX-License-Identifier: BSD-3-Clause
// The link of an image, and what is looked at afterwards.
#pragma once

#include "toolchain.h"

/** link_image - compile what is left to compile, link, and link again with all system calls if the code has the `syscall`
 * instruction. Return: the exit status. */
int link_image(const struct request *request, const struct toolchain *toolchain);

/** add_compile_flags - what compiling for an image needs, before the user's own words. */
void add_compile_flags(const struct request *request, const struct toolchain *toolchain, struct words *argv);
