// SPDX-License-Identifier: BSD-3-Clause
// The HPET and the ACPI PM timer, found in firmware tables when they are needed.
#include "acpi/acpi.h"
#include "base/string.h"
#include "clock/clock.h"
#include "reference.h"

/* Offsets in the tables (ACPI 6.4, 5.2.9; IA-PC HPET 1.0a, 3.2.4). A generic address: space, width, offset, size, then 8 bytes of address. */
enum { HPET_SPACE = 40, HPET_ADDRESS = 44, HPET_BYTES = 52 };
enum { FADT_PM_TIMER = 76, FADT_PM_TIMER_BYTES = 91, FADT_FLAGS = 112, FADT_BYTES = 116, FADT_X_PM_TIMER = 208, FADT_X_END = 220 };
#define SPACE_MEMORY 0
#define SPACE_IO 1
#define FLAG_TIMER_32_BITS (1u << 8)

static uint64_t field(const struct acpi_header *h, unsigned offset, unsigned bytes)
{
    uint64_t v = 0;

    memcpy(&v, (const char *)h + offset, bytes);
    return v;
}

static void find_hpet(void)
{
    const struct acpi_header *h = acpi_find_table("HPET");

    if (h != NULL && h->length >= HPET_BYTES && field(h, HPET_SPACE, 1) == SPACE_MEMORY && field(h, HPET_ADDRESS, 8) != 0)
        platform_clock_set_hpet(field(h, HPET_ADDRESS, 8));
}

static void find_pm_timer(void)
{
    const struct acpi_header *h = acpi_find_table("FACP");

    if (h == NULL || h->length < FADT_BYTES || field(h, FADT_PM_TIMER_BYTES, 1) != 4)
        return;
    uint64_t port = field(h, FADT_PM_TIMER, 4);
    if (h->length >= FADT_X_END && field(h, FADT_X_PM_TIMER, 1) == SPACE_IO && field(h, FADT_X_PM_TIMER + 4, 8) != 0)
        port = field(h, FADT_X_PM_TIMER + 4, 8);
    if (port != 0 && port <= 0xfffc)
        platform_clock_set_pm_timer((uint16_t)port, field(h, FADT_FLAGS, 4) & FLAG_TIMER_32_BITS);
}

void firmware_clocks_find(void)
{
    static bool looked;

    if (looked)
        return;
    looked = true;
    find_hpet();
    find_pm_timer();
}
