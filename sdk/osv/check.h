// SPDX-License-Identifier: BSD-3-Clause
// The two halves of `osv check`: images, and Linux programs.
#pragma once

#include "image.h"

/** check_image - print what @image is and what is wrong with it. Return: number of problems. */
int check_image(const struct image *image);

/** check_program - print what the Linux program at @path would miss. Return: number of problems that stop it. */
int check_program(const char *path, const char *rootfs);
