// SPDX-License-Identifier: BSD-3-Clause
// What clone and clone3 have in common.
#pragma once

struct clone_args;
/** clone_common - @a checked by neither; stack + stack_size is the child's stack pointer (stack 0: the parent's). */
long clone_common(const struct clone_args *a);
