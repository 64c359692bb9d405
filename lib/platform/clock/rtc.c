// SPDX-License-Identifier: BSD-3-Clause
// The battery clock of a PC: wall-clock time at the first question.
#include "arch/cpu.h"
#include "arch/io.h"
#include "reference.h"

#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define STATUS_A_UPDATING 0x80
#define STATUS_B_24_HOURS 0x02
#define STATUS_B_BINARY 0x04

struct rtc_time {
    uint8_t second, minute, hour, day, month, year, century;
};

static uint8_t cmos(uint8_t index)
{
    out8(CMOS_INDEX, index);
    return in8(CMOS_DATA);
}

static struct rtc_time read_registers(void)
{
    return (struct rtc_time){cmos(0), cmos(2), cmos(4), cmos(7), cmos(8), cmos(9), cmos(0x32)};
}

static bool same(const struct rtc_time *a, const struct rtc_time *b)
{
    return a->second == b->second && a->minute == b->minute && a->hour == b->hour && a->day == b->day && a->month == b->month &&
           a->year == b->year;
}

static unsigned decode(uint8_t v, bool binary)
{
    return binary ? v : (v >> 4) * 10u + (v & 15);
}

/* Days since 1970-01-01 of a date in the Gregorian calendar; years counted from March. */
static int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
    if (month <= 2) {
        year--;
        month += 12;
    }
    int64_t days = 365 * year + year / 4 - year / 100 + year / 400;
    return days + (153 * (month - 3) + 2) / 5 + day - 1 - 719468;
}

nsec_t rtc_read_ns(void)
{
    struct rtc_time t, again;
    unsigned tries = 0;

    do { /* an update takes 2 ms at most; two equal readings outside one are good */
        while ((cmos(0x0a) & STATUS_A_UPDATING) && tries++ < 100000)
            cpu_relax();
        t = read_registers();
        again = read_registers();
    } while (!same(&t, &again) && tries++ < 100000);

    uint8_t status = cmos(0x0b);
    bool binary = status & STATUS_B_BINARY, pm = !(status & STATUS_B_24_HOURS) && (t.hour & 0x80);
    unsigned hour = decode(t.hour & 0x7f, binary);
    if (!(status & STATUS_B_24_HOURS))
        hour = hour % 12 + (pm ? 12 : 0);
    unsigned century = decode(t.century, binary), month = decode(t.month, binary), day = decode(t.day, binary);
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return 0; /* no such clock */
    if (century < 19 || century > 99)
        century = 20;
    int64_t days = days_from_date(century * 100 + decode(t.year, binary), month, day);
    int64_t seconds = days * 86400 + hour * 3600 + decode(t.minute, binary) * 60 + decode(t.second, binary);
    return seconds * NSEC_PER_SEC;
}
