// SPDX-License-Identifier: BSD-3-Clause
// Copying structures whose size the caller declares.
#include "linux/struct_in.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include <errno.h>

int struct_copy_in(void *dst, size_t size, const void *user, size_t user_size)
{
    size_t common = user_size < size ? user_size : size;
    uint8_t byte;

    for (size_t i = size; i < user_size; i++) {
        if (get_user_u8(&byte, (const char *)user + i) != 0)
            return -EFAULT;
        if (byte != 0)
            return -E2BIG;
    }
    memset((char *)dst + common, 0, size - common);
    return copy_in(dst, user, common);
}
