// SPDX-License-Identifier: BSD-3-Clause
// The network options of the command line; init fills them in, the stack reads them when it starts.
#include "net/net.h"

struct net_config net_boot_config;
