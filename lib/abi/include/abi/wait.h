// SPDX-License-Identifier: BSD-3-Clause
// waitid on a file descriptor and other wait constants.
#pragma once

#include <sys/wait.h>

#define ABI_P_PIDFD 3
#ifndef __WNOTHREAD
#define __WNOTHREAD 0x20000000
#endif
#ifndef __WALL
#define __WALL 0x40000000
#endif
#ifndef __WCLONE
#define __WCLONE 0x80000000u
#endif
