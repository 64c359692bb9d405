// SPDX-License-Identifier: BSD-3-Clause
// ACPI tables as the firmware left them, checked; power-off and reset through them.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct acpi_header - start of every table (ACPI 6.4, 5.2.6). */
struct __packed acpi_header {
    char signature[4];
    uint32_t length;
    uint8_t revision, checksum;
    char oem_id[6], oem_table_id[8];
    uint32_t oem_revision, creator_id, creator_revision;
};
_Static_assert(sizeof(struct acpi_header) == 36, "ACPI 6.4, 5.2.6");

/**
 * acpi_find_table - the first table with @signature, mapped for good; its length is checked to be at least a header, at most 1 MiB.
 * Contents are the firmware's: callers check what they index.
 * Context: may sleep, or before the scheduler. Return: NULL if there is none.
 */
const struct acpi_header *acpi_find_table(const char signature[4]);

/** acpi_find_dsdt - the differentiated system description table, as acpi_find_table(). */
const struct acpi_header *acpi_find_dsdt(void);

/** struct acpi_mmio_device - a virtio-mmio transport that the DSDT names. The firmware's word, not checked. */
struct acpi_mmio_device {
    uint32_t base, bytes, gsi;
    bool edge;
};
/** acpi_for_each_virtio_mmio - call @fn for each; machines without a command line for them (QEMU's microvm with ACPI). Return: how many. */
unsigned acpi_for_each_virtio_mmio(void (*fn)(const struct acpi_mmio_device *d, void *arg), void *arg);

/** acpi_power_init - let arch_power_off() and arch_reset() use the FADT; nothing is read before they are called. */
void acpi_power_init(void);
