// SPDX-License-Identifier: BSD-3-Clause
// Whether KVM on this machine really runs guests, found by trying and remembered until the next reboot.
#pragma once

#include <stdbool.h>

/** accel_kvm_works - boot an empty PVH guest under KVM for at most half a second. @qemu: path of QEMU. */
bool accel_kvm_works(const char *qemu);

/** accel_write_probe - write the empty PVH guest, an ELF file of a few hundred bytes, to @fd. Return: 0 or -errno. */
int accel_write_probe(int fd);
