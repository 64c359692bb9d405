// SPDX-License-Identifier: BSD-3-Clause
// The parts of a device number, as functions.

#include "compat.h"
#include <sys/sysmacros.h>
#include <sys/types.h>

unsigned gnu_dev_major(dev_t dev)
{
    return major(dev);
}

unsigned gnu_dev_minor(dev_t dev)
{
    return minor(dev);
}

dev_t gnu_dev_makedev(unsigned high, unsigned low)
{
    return makedev(high, low);
}
