// SPDX-License-Identifier: BSD-3-Clause
// The 8254 timer's channel 2 as a reference counter: no interrupt, free on every PC.
#include "arch/io.h"
#include "reference.h"

#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND 0x43
#define PIT_GATE 0x61       /* bit 0: channel 2 counts, bit 1: speaker, bit 5: output of channel 2 */
#define SELECT_2_MODE_0 0xb0
#define LATCH_2 0x80

/* Mode 0: counts down from 65535, the output rises at 0, the count goes on from 65535. */
static void pit_start(void)
{
    out8(PIT_GATE, (uint8_t)((in8(PIT_GATE) & ~2u) | 1u));
    out8(PIT_COMMAND, SELECT_2_MODE_0);
    out8(PIT_CHANNEL_2, 0xff);
    out8(PIT_CHANNEL_2, 0xff);
}

static uint64_t pit_read(void)
{
    out8(PIT_COMMAND, LATCH_2);
    unsigned low = in8(PIT_CHANNEL_2);
    return 0xffff - (in8(PIT_CHANNEL_2) << 8 | low);
}

static bool pit_wrapped(void)
{
    return in8(PIT_GATE) & 0x20;
}

const struct reference pit_reference = {
    .name = "PIT", .hz_times_3 = 3579545, .mask = 0xffff, .start = pit_start, .read = pit_read, .wrapped = pit_wrapped};
