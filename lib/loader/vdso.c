// SPDX-License-Identifier: BSD-3-Clause
// Maps the vDSO and connects it with the kernel's functions.
#include "loader/vdso.h"

#include "base/compiler.h"
#include "base/string.h"
#include "device/class.h"
#include "mem/kalloc.h"
#include "vm/object.h"
#include "vm/space.h"
#include <sys/mman.h>

/*
 * Theory. Kernel and program share one privilege level and one address space, so the vDSO needs no data page with clock parameters: its functions
 * call the kernel's lock-free ones through a table that is patched into a private copy of the image. The copy is one memory object,
 * made at the first use and mapped by every program.
 */

extern const char vdso_blob_start[], vdso_blob_end[];

static const uint64_t calls_magic = 0x6f73762d7664736full;
static const struct vdso_calls *registered_calls;
static struct vm_object *_Atomic vdso_object;

void vdso_set_calls(const struct vdso_calls *calls) { registered_calls = calls; }

static void patch_calls(char *image, size_t n)
{
    for (size_t at = 0; at + sizeof calls_magic + sizeof *registered_calls <= n; at += 8) {
        if (memcmp(image + at, &calls_magic, sizeof calls_magic) == 0) {
            memcpy(image + at + sizeof calls_magic, registered_calls, sizeof *registered_calls);
            return;
        }
    }
}

static long copy_page(void *cursor, void *page_bytes, size_t n)
{
    const char **from = cursor;
    memcpy(page_bytes, *from, n);
    *from += n;
    return (long)n;
}

static struct vm_object *make_object(size_t bytes)
{
    char *image = kmalloc(bytes);
    if (image == NULL)
        return NULL;
    memcpy(image, vdso_blob_start, bytes);
    if (registered_calls != NULL)
        patch_calls(image, bytes);
    struct vm_object *o = vm_object_create_anon(ALIGN_UP(bytes, 4096));
    if (o != NULL) {
        const char *cursor = image;
        if (page_cache_write(o, 0, bytes, copy_page, &cursor) != (long)bytes) {
            vm_object_put(o);
            o = NULL;
        }
    }
    kfree(image);
    return o;
}

vaddr_t vdso_map(struct address_space *as)
{
    size_t bytes = (size_t)(vdso_blob_end - vdso_blob_start);
    struct vm_object *o = vdso_object;
    if (o == NULL) {
        o = make_object(bytes);
        struct vm_object *expected = NULL;
        if (o == NULL)
            return 0;
        if (!__c11_atomic_compare_exchange_strong(&vdso_object, &expected, o, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            vm_object_put(o);
            o = expected;
        }
    }
    const struct vm_map_request r = {
        .length = ALIGN_UP(bytes, 4096), .prot = PROT_READ | PROT_EXEC, .flags = MAP_PRIVATE, .object = o};
    long at = vm_map(as, &r);
    if (at < 0)
        return 0;
    vm_set_area_kind(as, (vaddr_t)at, r.length, VM_AREA_VDSO);
    return (vaddr_t)at;
}
