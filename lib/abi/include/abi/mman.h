// SPDX-License-Identifier: BSD-3-Clause
// mmap, madvise and mremap numbers newer than libc's.
#pragma once

#include <sys/mman.h>

#ifndef MAP_32BIT
#define MAP_32BIT 0x40
#endif
#ifndef MAP_UNINITIALIZED
#define MAP_UNINITIALIZED 0x4000000
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#define MADV_DONTNEED_LOCKED 24
#define MADV_COLLAPSE 25
#endif
#ifndef MREMAP_MAYMOVE
#define MREMAP_MAYMOVE 1
#define MREMAP_FIXED 2
#define MREMAP_DONTUNMAP 4
#define MLOCK_ONFAULT 1
#endif
#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif
#ifndef PROT_GROWSDOWN
#define PROT_GROWSDOWN 0x01000000
#define PROT_GROWSUP 0x02000000
#endif
#define PROT_SEM 0x8

#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1u
#define MFD_ALLOW_SEALING 2u
#define MFD_HUGETLB 4u
#endif
#define MFD_NOEXEC_SEAL 8u
#define MFD_EXEC 16u
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif
