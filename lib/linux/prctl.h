// SPDX-License-Identifier: BSD-3-Clause
// The parts of prctl.
#pragma once

#include <abi/capability.h>

/** prctl_security - options on capabilities, privileges and memory protection; -EINVAL for others. */
long prctl_security(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5);
