// SPDX-License-Identifier: BSD-3-Clause
// membarrier commands newer than libc's.
#pragma once

#include <sys/membarrier.h>

#define MEMBARRIER_CMD_GET_REGISTRATIONS 512
