// SPDX-License-Identifier: BSD-3-Clause
// Signals as a file.
#pragma once

#include "base/compiler.h"
#include <stdint.h>

struct file;
/** signalfd_create - a file that reads the signals in @mask of whoever reads. @flags: O_NONBLOCK or 0. -ENOMEM. */
int signalfd_create(uint64_t mask, unsigned flags, struct file **out) __must_check;
/** signalfd_set_mask - -EINVAL: @f is no signalfd. */
int signalfd_set_mask(struct file *f, uint64_t mask) __must_check;
