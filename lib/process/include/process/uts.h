// SPDX-License-Identifier: BSD-3-Clause
// The names of the machine and of the system.
#pragma once

struct utsname; /* <sys/utsname.h> */
void uts_get(struct utsname *out);
/** uts_set_host, uts_set_domain - at most 64 bytes. Context: any. */
void uts_set_host(const char *name);
void uts_set_domain(const char *name);
