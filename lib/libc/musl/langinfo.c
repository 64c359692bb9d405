// SPDX-License-Identifier: BSD-3-Clause
// nl_langinfo_l with the items that only glibc numbers: wide strings, monetary details.

#define __nl_langinfo_l __osv_musl_nl_langinfo_l
#define nl_langinfo_l __osv_unused_nl_langinfo_l
#include "../locale/langinfo.c"
#undef __nl_langinfo_l
#undef nl_langinfo_l
#include <stdint.h>
#include <wchar.h>

#define WIDE_FIRST 0x20034 /* _NL_WABDAY_1: the wide twins of items 0 to 43 of LC_TIME */
#define WIDE_COUNT 44
#define WIDE_LAST 0x20064

char *__nl_langinfo_l(nl_item item, locale_t loc);

static char *wide_time(nl_item item, locale_t loc)
{
    static wchar_t text[WIDE_COUNT][24];
    unsigned index = item - WIDE_FIRST;

    if (index >= WIDE_COUNT)
        return (char *)L"";
    const char *narrow = __osv_musl_nl_langinfo_l(LC_TIME << 16 | index, loc);
    for (size_t i = 0; i < 23 && narrow[i]; i++)
        text[index][i] = (unsigned char)narrow[i];
    return (char *)text[index];
}

char *__nl_langinfo_l(nl_item item, locale_t loc)
{
    if (item >= WIDE_FIRST && item <= WIDE_LAST)
        return wide_time(item, loc);
    if (item >= 0x40007 && item <= 0x40015 && item != 0x4000f) /* char values of struct lconv: not available */
        return "\177";
    switch (item) {
    case 0x10003: /* _NL_NUMERIC_DECIMAL_POINT_WC */
    case 0x4002b: /* _NL_MONETARY_DECIMAL_POINT_WC */
        return (char *)(uintptr_t)L'.';
    case 0x10004: /* _NL_NUMERIC_THOUSANDS_SEP_WC */
    case 0x4002c: /* _NL_MONETARY_THOUSANDS_SEP_WC */
        return 0;
    case 0x4000f: /* CRNCYSTR */
        return "-";
    case 0x2006c: /* _DATE_FMT */
        return "%a %b %e %H:%M:%S %Z %Y";
    case 0x20068: /* _NL_TIME_FIRST_WEEKDAY */
        return "\1";
    case 0xd: /* _NL_CTYPE_MB_CUR_MAX */
        return (char *)(uintptr_t)(loc->cat[LC_CTYPE] ? 4 : 1);
    default:
        return __osv_musl_nl_langinfo_l(item, loc);
    }
}

weak_alias(__nl_langinfo_l, nl_langinfo_l);
