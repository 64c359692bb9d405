// SPDX-License-Identifier: BSD-3-Clause
// Who made the running system call, for the log.

#include "caller.h"

#include <arch/frame.h>
#include <arch/thread.h>
#include <arch/uaccess.h>
#include <base/format.h>
#include <process/process.h>
#include <sys/syscall.h>
#include <vm/space.h>

/* A plain gate call has not written its return address down yet: it is on the caller's stack. */
static vaddr_t call_site(const struct arch_frame *f)
{
    long nr = arch_frame_nr(f);
    bool complete = f->entry != ARCH_ENTRY_GATE || nr == SYS_clone || nr == SYS_clone3 || nr == SYS_fork || nr == SYS_vfork;
    uint64_t address;
    if (complete)
        return arch_frame_ip(f);
    return copy_in(&address, (const void *)arch_frame_sp(f), sizeof(address)) == 0 ? address : 0;
}

static int first_area(const struct vm_area_info *a, void *arg)
{
    *(struct vm_area_info *)arg = *a;
    return 1;
}

const char *caller_text(char text[CALLER_BYTES])
{
    struct thread *t = thread_current();
    vaddr_t at = call_site(arch_user_frame(&t->arch));
    struct vm_area_info area = {0};
    size_t used = 0;
    char name[16];
    thread_get_name(t, name);
    format_append(text, CALLER_BYTES, &used, "%s[%u] at ", name, t->tid);
    if (vm_for_each_area(process_current()->space, at, false, first_area, &area) == 1 && at >= area.start && at < area.end && area.name[0] == '/' &&
        area.inode != 0)
        format_append(text, CALLER_BYTES, &used, "%.100s+%#lx", area.name, at - area.start + area.offset);
    else
        format_append(text, CALLER_BYTES, &used, "%#lx", at);
    return text;
}
