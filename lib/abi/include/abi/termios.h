// SPDX-License-Identifier: BSD-3-Clause
// Terminal settings as ioctl carries them.
#pragma once

#include <stdint.h>

#define KERNEL_NCCS 19

/* TCGETS, TCSETS, TCSETSW, TCSETSF */
struct kernel_termios {
    uint32_t c_iflag;
    uint32_t c_oflag;
    uint32_t c_cflag;
    uint32_t c_lflag;
    uint8_t c_line;
    uint8_t c_cc[KERNEL_NCCS];
};

/* TCGETS2 and its companions */
struct kernel_termios2 {
    uint32_t c_iflag;
    uint32_t c_oflag;
    uint32_t c_cflag;
    uint32_t c_lflag;
    uint8_t c_line;
    uint8_t c_cc[KERNEL_NCCS];
    uint32_t c_ispeed;
    uint32_t c_ospeed;
};

/* TCGETA */
struct kernel_termio {
    uint16_t c_iflag;
    uint16_t c_oflag;
    uint16_t c_cflag;
    uint16_t c_lflag;
    uint8_t c_line;
    uint8_t c_cc[8];
};

_Static_assert(sizeof(struct kernel_termios) == 36, "termios ABI");
_Static_assert(sizeof(struct kernel_termios2) == 44, "termios2 ABI");

#define KERNEL_TCGETS2 0x802c542a
#define KERNEL_TCSETS2 0x402c542b
#define KERNEL_TCSETSW2 0x402c542c
#define KERNEL_TCSETSF2 0x402c542d
