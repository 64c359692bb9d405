// SPDX-License-Identifier: BSD-3-Clause
// Inside room linux: what the socket calls share.
#pragma once

#include "base/compiler.h"
#include <sys/socket.h>

struct file;
struct socket;

/** net_start - before the first socket of @family: start the stack and its devices. Once; may sleep. */
int net_start(int family) __must_check;
/** socket_get - the socket behind a descriptor, with a reference on its file. -EBADF, -ENOTSOCK. */
int socket_get(int fd, struct file **f, struct socket **s) __must_check;
int socket_address_in(const struct sockaddr *user, int n, struct sockaddr_storage *out) __must_check;
int socket_address_out(const struct sockaddr_storage *from, unsigned n, struct sockaddr *user, int *user_n) __must_check;
