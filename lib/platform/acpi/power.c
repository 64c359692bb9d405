// SPDX-License-Identifier: BSD-3-Clause
// S5 and reset by the registers that the FADT names; the _S5_ package is found by its bytes, without an interpreter.

#include "acpi/acpi.h"
#include "arch/io.h"
#include "arch/power.h"
#include "base/string.h"
#include "mem/kmap.h"

/* Offsets in the FADT (ACPI 6.4, 5.2.9). */
enum {
    FADT_SMI_COMMAND = 48,
    FADT_ACPI_ENABLE = 52,
    FADT_PM1A_CONTROL = 64,
    FADT_PM1B_CONTROL = 68,
    FADT_FLAGS = 112,
    FADT_RESET_REGISTER = 116,
    FADT_RESET_VALUE = 128,
    FADT_SLEEP_CONTROL = 244,
    FADT_END_REV5 = 268,
};
#define FLAG_RESET_REGISTER (1u << 10)
#define FLAG_HARDWARE_REDUCED (1u << 20)
#define PM1_SCI_ENABLE 1u
#define PM1_SLEEP_ENABLE (1u << 13)
#define SLEEP_ENABLE (1u << 5) /* of the sleep control register */

struct __packed generic_address {
    uint8_t space, bits, offset, access;
    uint64_t address;
};

static uint32_t word(const struct acpi_header *t, unsigned offset)
{
    uint32_t v = 0;
    if (offset + sizeof(v) <= t->length)
        memcpy(&v, (const char *)t + offset, sizeof(v));
    return v;
}

static void write_register(const struct acpi_header *fadt, unsigned offset, uint8_t value)
{
    struct generic_address a;
    if (offset + sizeof(a) > fadt->length)
        return;
    memcpy(&a, (const char *)fadt + offset, sizeof(a));
    if (a.space == 1 && a.address <= 0xffff)
        out8((uint16_t)a.address, value);
    else if (a.space == 0 && a.address) {
        void *p = kmap_device(a.address, 1);
        if (p)
            mmio_write8(p, value);
    }
}

/* "_S5_", package op, length (1-4 bytes), count, then integers: zero op, one op, or byte prefix and value. */
static int sleep_type(const struct acpi_header *dsdt)
{
    const uint8_t *p = (const uint8_t *)dsdt, *end = p + dsdt->length;
    for (; p + 12 < end; p++) {
        if (memcmp(p, "_S5_", 4) != 0 || p[4] != 0x12)
            continue;
        p += 5;
        p += 1 + (*p >> 6);
        if (p + 3 >= end)
            return -1;
        p++; /* number of elements */
        return *p == 0x0a ? p[1] : *p <= 1 ? *p : -1;
    }
    return -1;
}

static void enter_acpi_mode(const struct acpi_header *fadt, uint16_t pm1a)
{
    uint32_t command = word(fadt, FADT_SMI_COMMAND);
    uint8_t enable = (uint8_t)word(fadt, FADT_ACPI_ENABLE);
    if (!command || !enable || in16(pm1a) & PM1_SCI_ENABLE)
        return;
    out8((uint16_t)command, enable);
    for (unsigned i = 0; i < 10000 && !(in16(pm1a) & PM1_SCI_ENABLE); i++)
        ;
}

static void power_off(void)
{
    const struct acpi_header *fadt = acpi_find_table("FACP");
    const struct acpi_header *dsdt = fadt ? acpi_find_dsdt() : NULL;
    int type = dsdt ? sleep_type(dsdt) : -1;
    if (!fadt)
        return;
    if (word(fadt, FADT_FLAGS) & FLAG_HARDWARE_REDUCED) {
        write_register(fadt, FADT_SLEEP_CONTROL, (uint8_t)((type < 0 ? 5 : type) << 2 | SLEEP_ENABLE));
        return;
    }
    uint16_t pm1a = (uint16_t)word(fadt, FADT_PM1A_CONTROL), pm1b = (uint16_t)word(fadt, FADT_PM1B_CONTROL);
    if (type < 0 || !pm1a)
        return;
    enter_acpi_mode(fadt, pm1a);
    out16(pm1a, (uint16_t)((unsigned)type << 10 | PM1_SLEEP_ENABLE));
    if (pm1b)
        out16(pm1b, (uint16_t)((unsigned)type << 10 | PM1_SLEEP_ENABLE));
}

static void reset(void)
{
    const struct acpi_header *fadt = acpi_find_table("FACP");
    if (fadt && word(fadt, FADT_FLAGS) & FLAG_RESET_REGISTER)
        write_register(fadt, FADT_RESET_REGISTER, (uint8_t)word(fadt, FADT_RESET_VALUE));
}

void acpi_power_init(void)
{
    arch_power_set_off(power_off);
    arch_power_set_reset(reset);
}
