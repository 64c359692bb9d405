// SPDX-License-Identifier: BSD-3-Clause
// __dso_handle: what C++ objects name themselves by when they register destructors; otherwise in crtbegin.o.

#include "compat.h"

__attribute__((visibility("hidden"))) void *__dso_handle = 0;
