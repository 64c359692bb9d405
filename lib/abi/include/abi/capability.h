// SPDX-License-Identifier: BSD-3-Clause
// Capability sets of capget and capset.
#pragma once

#include <stdint.h>

#define CAPABILITY_VERSION_1 0x19980330u
#define CAPABILITY_VERSION_2 0x20071026u
#define CAPABILITY_VERSION_3 0x20080522u
#define CAPABILITY_LAST 40

struct cap_user_header {
    uint32_t version;
    int32_t pid;
};

struct cap_user_data {
    uint32_t effective;
    uint32_t permitted;
    uint32_t inheritable;
};
