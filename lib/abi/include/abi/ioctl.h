// SPDX-License-Identifier: BSD-3-Clause
// ioctl numbers of files, block devices and random that libc lacks.
#pragma once

#include <stdint.h>
#include <sys/ioctl.h>

#define ABI_IOC(dir, type, nr, size) ((unsigned)(dir) << 30 | (unsigned)(size) << 16 | (unsigned)(type) << 8 | (nr))
#define ABI_IOC_DIR(cmd) ((unsigned)(cmd) >> 30)
#define ABI_IOC_TYPE(cmd) ((unsigned)(cmd) >> 8 & 0xff)
#define ABI_IOC_NR(cmd) ((unsigned)(cmd)&0xff)
#define ABI_IOC_SIZE(cmd) ((unsigned)(cmd) >> 16 & 0x3fff)

/* files */
#define FS_IOC_GETFLAGS 0x80086601u
#define FS_IOC_SETFLAGS 0x40086602u
#define FS_IOC_FIEMAP 0xc020660bu
#define FICLONE 0x40049409u
#define FICLONERANGE 0x4020940du
#define FIBMAP 1u
#define FIGETBSZ 2u

/* block devices */
#define BLKROSET 0x125du
#define BLKROGET 0x125eu
#define BLKGETSIZE 0x1260u
#define BLKFLSBUF 0x1261u
#define BLKSSZGET 0x1268u
#define BLKBSZGET 0x80081270u
#define BLKGETSIZE64 0x80081272u
#define BLKDISCARD 0x1277u
#define BLKIOMIN 0x1278u
#define BLKIOOPT 0x1279u
#define BLKALIGNOFF 0x127au
#define BLKPBSZGET 0x127bu
#define BLKZEROOUT 0x127fu

/* random */
#define RNDGETENTCNT 0x80045200u
#define RNDADDTOENTCNT 0x40045201u
#define RNDADDENTROPY 0x40085203u
#define RNDZAPENTCNT 0x5204u
#define RNDCLEARPOOL 0x5206u
#define RNDRESEEDCRNG 0x5207u
