// SPDX-License-Identifier: BSD-3-Clause
// lwIP's view of the compiler and the machine.
#pragma once

#include "base/panic.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LWIP_NO_STDINT_H 0
#define LWIP_NO_CTYPE_H 1
#ifndef BYTE_ORDER
#define BYTE_ORDER LITTLE_ENDIAN
#endif
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS 1
#define lwip_htons(x) __builtin_bswap16(x)
#define lwip_htonl(x) __builtin_bswap32(x)
#ifndef htonl
#define htonl(x) __builtin_bswap32(x) /* nd6.c says it without the prefix */
#endif
#define LWIP_ERR_T int

#define PACK_STRUCT_STRUCT __attribute__((packed))
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) panic("lwIP: %s", x)
#define LWIP_NO_UNISTD_H 1

void *net_lwip_malloc(size_t n);
void *net_lwip_calloc(size_t count, size_t n);
void net_lwip_free(void *p);
void net_lwip_copy(void *dst, const void *src, size_t n);
uint32_t net_lwip_random(void);
uint16_t net_lwip_checksum(const void *data, int n);
#define LWIP_CHKSUM net_lwip_checksum

#define mem_init lwip_mem_init /* room mem has one of its own */
