// SPDX-License-Identifier: BSD-3-Clause
// syslog: the kernel's log goes to the console; there is no buffer to read.
#include "base/log.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include <abi/capability.h>
#include <errno.h>

enum { CLOSE, OPEN, READ, READ_ALL, READ_CLEAR, CLEAR, CONSOLE_OFF, CONSOLE_ON, CONSOLE_LEVEL, SIZE_UNREAD, SIZE_BUFFER };

#define BUFFER_BYTES 16384 /* what dmesg allocates */

long sys_syslog(int type, char *buf, int len)
{
    if (type != READ_ALL && type != SIZE_BUFFER && !process_capable(CAP_SYSLOG) && !process_capable(CAP_SYS_ADMIN))
        return -EPERM;
    switch (type) {
    case CLOSE:
    case OPEN:
    case CLEAR:
    case CONSOLE_OFF:
    case CONSOLE_ON:
    case SIZE_UNREAD:
        return 0;
    case READ:
    case READ_ALL:
    case READ_CLEAR:
        return buf == NULL || len < 0 ? -EINVAL : 0;
    case CONSOLE_LEVEL:
        return len < 1 || len > 8 ? -EINVAL : 0;
    case SIZE_BUFFER:
        return BUFFER_BYTES;
    default:
        return -EINVAL;
    }
}
