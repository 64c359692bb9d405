// SPDX-License-Identifier: BSD-3-Clause
// AF_UNIX sockets: registration and what room linux tells them about senders.
#pragma once

#include <sys/socket.h>

struct ucred;
/** unix_family_register - once, before the first AF_UNIX socket. */
void unix_family_register(void);
/** unix_set_credentials_hook - fills in who the calling thread is; SCM_CREDENTIALS of others are checked by @may_claim (0 or -EPERM). */
void unix_set_credentials_hook(void (*own)(struct ucred *out), int (*may_claim)(const struct ucred *claimed));
