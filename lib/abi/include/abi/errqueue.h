// SPDX-License-Identifier: BSD-3-Clause
// What recvmsg(2) with MSG_ERRQUEUE hands out: ip(7), IP_RECVERR.
#pragma once

#include <stdint.h>

struct sock_extended_err {
    uint32_t ee_errno;
    uint8_t ee_origin, ee_type, ee_code, ee_pad;
    uint32_t ee_info, ee_data;
};
_Static_assert(sizeof(struct sock_extended_err) == 16, "as Linux lays it out");

enum { SO_EE_ORIGIN_NONE = 0, SO_EE_ORIGIN_LOCAL = 1, SO_EE_ORIGIN_ICMP = 2, SO_EE_ORIGIN_ICMP6 = 3 };
