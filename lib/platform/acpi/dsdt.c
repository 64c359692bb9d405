// SPDX-License-Identifier: BSD-3-Clause
// The DSDT: where it lies, and the virtio devices it names, found by their bytes without an interpreter.
#include "acpi/acpi.h"
#include "base/string.h"
#include "mem/kmap.h"

enum { FADT_DSDT = 40, FADT_X_DSDT = 140 };

static uint64_t field(const struct acpi_header *t, unsigned offset, unsigned bytes)
{
    uint64_t v = 0;
    if (offset + bytes <= t->length)
        memcpy(&v, (const char *)t + offset, bytes);
    return v;
}

const struct acpi_header *acpi_find_dsdt(void)
{
    static const struct acpi_header *mapped;
    if (mapped != NULL)
        return mapped;
    const struct acpi_header *fadt = acpi_find_table("FACP");
    if (fadt == NULL)
        return NULL;
    uint64_t pa = field(fadt, FADT_X_DSDT, 8);
    if (pa == 0)
        pa = field(fadt, FADT_DSDT, 4);
    const struct acpi_header *h = pa ? kmap_memory(pa, sizeof *h) : NULL;
    if (h == NULL || h->length < sizeof *h || h->length > 1u << 20)
        return NULL;
    mapped = kmap_memory(pa, h->length);
    return mapped;
}

/*
 * A virtio-mmio device is a Device object with _HID "LNRO0005" and a _CRS buffer. The buffer holds a 32-bit fixed memory descriptor (0x86, length 9:
 * flags, base, size) and an extended interrupt descriptor (0x89, length 6: flags, count, number): ACPI 6.4, 6.4.3.4 and 6.4.3.6.
 * The search for both stays within the bytes before the next _HID, and within REACH.
 */
enum { REACH = 160 };

static const uint8_t *find(const uint8_t *p, const uint8_t *end, const void *pattern, size_t n)
{
    for (; p < end && (size_t)(end - p) >= n; p++)
        if (memcmp(p, pattern, n) == 0)
            return p;
    return NULL;
}

static uint32_t word_at(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

unsigned acpi_for_each_virtio_mmio(void (*fn)(const struct acpi_mmio_device *d, void *arg), void *arg)
{
    static const uint8_t hid[] = "LNRO0005", memory[] = {0x86, 9, 0}, interrupt[] = {0x89, 6, 0};
    const struct acpi_header *dsdt = acpi_find_dsdt();
    unsigned found = 0;
    if (dsdt == NULL)
        return 0;
    const uint8_t *p = (const uint8_t *)dsdt, *end = p + dsdt->length;
    while ((p = find(p, end, hid, 8)) != NULL) {
        p += 8;
        const uint8_t *limit = (size_t)(end - p) > REACH ? p + REACH : end;
        const uint8_t *next = find(p, limit, hid, 8);
        if (next != NULL)
            limit = next;
        const uint8_t *m = find(p, limit, memory, 3), *i = find(p, limit, interrupt, 3);
        if (m == NULL || i == NULL || limit - m < 12 || limit - i < 9)
            continue;
        const struct acpi_mmio_device d = {.base = word_at(m + 4), .bytes = word_at(m + 8), .gsi = word_at(i + 5), .edge = i[3] & 2};
        fn(&d, arg);
        found++;
    }
    return found;
}
