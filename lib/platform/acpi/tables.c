// SPDX-License-Identifier: BSD-3-Clause
// From the RSDP to tables by signature.

#include "acpi/acpi.h"
#include "arch/boot_handoff.h"
#include "arch/pgtable.h"
#include "base/string.h"
#include "mem/frame.h"
#include "mem/kmap.h"

#define TABLE_BYTES_MAX (1u << 20)
#define BIOS_START 0xe0000u
#define BIOS_END 0x100000u

struct __packed rsdp {
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t length;
    uint64_t xsdt;
    uint8_t extended_checksum, reserved[3];
};
_Static_assert(sizeof(struct rsdp) == 36, "ACPI 6.4, 5.2.5.3");

/* The linear map reaches all of what boot mapped; the rest gets a mapping of its own. */
static const void *map(paddr_t pa, size_t n)
{
    if (pa == 0 || pa + n < pa)
        return NULL;
    return kmap_memory(pa, n);
}

static bool checksum_ok(const void *p, size_t n)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + ((const uint8_t *)p)[i]);
    return sum == 0;
}

static bool rsdp_ok(const struct rsdp *r)
{
    return memcmp(r->signature, "RSD PTR ", 8) == 0 && checksum_ok(r, 20);
}

/* Machines whose loader gives no RSDP have it in the BIOS area, on a 16-byte boundary. */
static const struct rsdp *search_bios(void)
{
    const char *area = map(BIOS_START, BIOS_END - BIOS_START);
    for (size_t i = 0; area && i + sizeof(struct rsdp) <= BIOS_END - BIOS_START; i += 16)
        if (*(const uint64_t *)(area + i) == 0x2052545020445352ull && rsdp_ok((const struct rsdp *)(area + i)))
            return (const struct rsdp *)(area + i);
    return NULL;
}

static const struct acpi_header *map_table(paddr_t pa)
{
    const struct acpi_header *h = map(pa, sizeof(*h));
    if (!h || h->length < sizeof(*h) || h->length > TABLE_BYTES_MAX)
        return NULL;
    if (ALIGN_DOWN(pa, 4096) != ALIGN_DOWN(pa + h->length - 1, 4096))
        h = map(pa, h->length);
    return h;
}

/* The root table: XSDT with 8-byte entries, or RSDT with 4-byte ones. */
static const struct acpi_header *root_table(size_t *entry_bytes)
{
    static const struct acpi_header *root;
    static size_t bytes;
    if (!root) {
        const struct rsdp *r = boot_handoff.rsdp ? map(boot_handoff.rsdp, sizeof(*r)) : search_bios();
        if (!r || !rsdp_ok(r))
            return NULL;
        bytes = r->revision >= 2 && r->xsdt ? 8 : 4;
        root = map_table(bytes == 8 ? r->xsdt : r->rsdt);
    }
    *entry_bytes = bytes;
    return root;
}

const struct acpi_header *acpi_find_table(const char signature[4])
{
    size_t entry_bytes;
    const struct acpi_header *root = root_table(&entry_bytes);
    if (!root)
        return NULL;
    size_t n = (root->length - sizeof(*root)) / entry_bytes;
    const char *entries = (const char *)(root + 1);
    for (size_t i = 0; i < n; i++) {
        uint64_t pa = 0;
        memcpy(&pa, entries + i * entry_bytes, entry_bytes);
        const struct acpi_header *h = map_table(pa);
        if (h && memcmp(h->signature, signature, 4) == 0)
            return h;
    }
    return NULL;
}
