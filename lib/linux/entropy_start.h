// SPDX-License-Identifier: BSD-3-Clause
// Inside room linux: entropy devices.
#pragma once

/** entropy_start - once: find virtio-rng devices and mix what they give into the kernel's generator. May sleep. */
void entropy_start(void);
