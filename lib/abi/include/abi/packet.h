// SPDX-License-Identifier: BSD-3-Clause
// The part of packet(7) that the C library's <netpacket/packet.h> lacks: rings, statistics, auxiliary data.
#pragma once

#include <stdint.h>

enum { TPACKET_V1 = 0, TPACKET_V2 = 1, TPACKET_V3 = 2 };
#define TP_STATUS_KERNEL 0u
#define TP_STATUS_USER 1u
#define TP_STATUS_COPY 2u
#define TP_STATUS_LOSING 4u
#define TP_STATUS_CSUMNOTREADY 8u
#define TP_STATUS_CSUM_VALID 128u
#define TPACKET_ALIGNMENT 16u

struct tpacket_stats {
    uint32_t tp_packets, tp_drops;
};
struct tpacket_auxdata {
    uint32_t tp_status, tp_len, tp_snaplen;
    uint16_t tp_mac, tp_net, tp_vlan_tci, tp_vlan_tpid;
};
_Static_assert(sizeof(struct tpacket_auxdata) == 20, "ABI");
struct tpacket2_hdr {
    uint32_t tp_status, tp_len, tp_snaplen;
    uint16_t tp_mac, tp_net;
    uint32_t tp_sec, tp_nsec;
    uint16_t tp_vlan_tci, tp_vlan_tpid;
    uint8_t tp_padding[4];
};
_Static_assert(sizeof(struct tpacket2_hdr) == 32, "ABI");
struct tpacket_req {
    uint32_t tp_block_size, tp_block_nr, tp_frame_size, tp_frame_nr;
};
