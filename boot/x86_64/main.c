// SPDX-License-Identifier: BSD-3-Clause
// First C code: reads what the loader left into struct boot_handoff, then starts the kernel.

/*
 * Everything the loader wrote is copied and bounds-checked here; no pointer into its memory survives. It is read through the linear map,
 * whose 2 MiB entries are made on demand (boot_map) and then completed for all RAM below 1 GiB; room mem maps the rest.
 */

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "arch/pgtable.h"
#include "arch/start.h"
#include "base/panic.h"
#include "base/string.h"
#include "early.h"
#include "init/init.h"

#define LARGE 0x200000ul
#define EARLY_END (1ul << 30)

enum { PROTOCOL_PVH = 1, PROTOCOL_LINUX64 = 2 };

struct boot_handoff boot_handoff;

extern arch_pte_t osv_boot_pd_linear[ARCH_PT_ENTRIES];
extern uint64_t boot_entry_tsc, boot_tables_end;
extern char osv_image_start[];
void osv_boot_main(uint32_t protocol, paddr_t info) __noreturn;

static void map_large(paddr_t pa)
{
    arch_pte_t *e = &osv_boot_pd_linear[pa / LARGE];
    if (!*e)
        *e = arch_pte_make(ALIGN_DOWN(pa, LARGE),
            ARCH_PTE_PRESENT | ARCH_PTE_WRITE | ARCH_PTE_LARGE | ARCH_PTE_GLOBAL | ARCH_PTE_ACCESSED | ARCH_PTE_DIRTY |
                ARCH_PTE_NO_EXECUTE);
}

const void *boot_map(paddr_t start, size_t n)
{
    if (start == 0 || n > EARLY_END || start > EARLY_END - n)
        return NULL;
    for (paddr_t pa = ALIGN_DOWN(start, LARGE); pa < start + n; pa += LARGE)
        map_large(pa);
    return (const void *)(LINEAR_BASE + start);
}

void boot_copy_cmdline(struct boot_handoff *h, paddr_t text, size_t limit)
{
    if (limit == 0 || limit >= BOOT_CMDLINE_MAX)
        limit = BOOT_CMDLINE_MAX;
    for (size_t i = 0; i < limit; i++) {
        const char *c = boot_map(text + i, 1);
        if (!c || !*c)
            return;
        if (i == BOOT_CMDLINE_MAX - 1) {
            h->cmdline_truncated = true;
            return;
        }
        h->cmdline[i] = *c;
    }
}

void boot_set_initrd(struct boot_handoff *h, paddr_t start, uint64_t bytes)
{
    for (uint32_t i = 0; i < h->n_regions; i++) {
        const struct boot_region *r = &h->regions[i];
        if (r->kind == BOOT_REGION_RAM && start >= r->start && start < r->end && bytes <= r->end - start) {
            h->initrd_start = start;
            h->initrd_end = start + bytes;
        }
    }
}

static void map_ram(struct boot_handoff *h)
{
    paddr_t end = 0;
    for (uint32_t i = 0; i < h->n_regions; i++) {
        const struct boot_region *r = &h->regions[i];
        if (r->kind != BOOT_REGION_RAM || r->start >= EARLY_END)
            continue;
        end = min(r->end, EARLY_END);
        for (paddr_t pa = ALIGN_DOWN(r->start, LARGE); pa < end; pa += LARGE)
            map_large(pa);
    }
    h->linear_mapped_end = end;
}

void osv_boot_main(uint32_t protocol, paddr_t info)
{
    struct boot_handoff *h = &boot_handoff;
    arch_init_early();
    h->tsc_at_entry = boot_entry_tsc;
    h->image_start = (paddr_t)osv_image_start - IMAGE_OFFSET;
    h->image_end = boot_tables_end;
    h->reserved_low_end = 0x2000;
    const char *wrong;
    if (protocol == PROTOCOL_PVH) {
        h->protocol = "pvh";
        wrong = boot_read_pvh(h, info);
    } else {
        h->protocol = "linux64";
        wrong = boot_read_linux64(h, info);
    }
    if (wrong)
        panic("boot: %s", wrong);
    map_ram(h);
    osv_start();
}
