// SPDX-License-Identifier: BSD-3-Clause
// The parts of libc that need nothing but the processor: formatting, scanning, mathematics, locale, regex, iconv, sorting, search.
#define _GNU_SOURCE
#include "check.h"

#include <fenv.h>
#include <fnmatch.h>
#include <iconv.h>
#include <inttypes.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <regex.h>
#include <search.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

static void test_printf(void)
{
    char s[128];
    CHECK(snprintf(s, sizeof s, "%+.3e|%a|%08.3f|%g|%Lg", 12345.678, 1.0, -3.14159, 1e-5, 1.5L) > 0);
    CHECK(!strcmp(s, "+1.235e+04|0x1p+0|-003.142|1e-05|1.5"));
    CHECK(snprintf(s, 5, "%d", 1234567) == 7 && !strcmp(s, "1234"));
    CHECK(snprintf(s, sizeof s, "%2$s %1$s %3$#x", "a", "b", 255) == 8 && !strcmp(s, "b a 0xff"));
    CHECK(snprintf(s, sizeof s, "%.30f", 0.1) > 0 && !strcmp(s, "0.100000000000000005551115123126"));
    CHECK(snprintf(s, sizeof s, "%" PRIdMAX " %jd %zu", INTMAX_MIN, INTMAX_MAX, SIZE_MAX) > 0);
    CHECK(!strcmp(s, "-9223372036854775808 9223372036854775807 18446744073709551615"));
}

static void test_scanf(void)
{
    int i, n;
    double d;
    char word[16];
    CHECK(sscanf(" 0x1f 2.5e3 hello!", "%i %lf %15[a-z]%n", &i, &d, word, &n) == 3);
    CHECK(i == 31 && d == 2500 && !strcmp(word, "hello") && n == 17);
    CHECK(strtod("0x1.8p1", NULL) == 3 && isinf(strtod("inf", NULL)) && isnan(strtod("nan", NULL)));
    errno = 0;
    CHECK(strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE);
}

static void test_math(void)
{
    CHECK(sin(1) == 0x1.aed548f090ceep-1 && exp(1) == 0x1.5bf0a8b145769p+1 && pow(2, 0.5) == 0x1.6a09e667f3bcdp+0);
    CHECK(fabs(lgamma(10.5) - 13.940625219403763) < 1e-13 && cbrt(27) == 3 && hypot(3, 4) == 5);
    CHECK(fma(0x1.0000001p0, 0x1.0000001p0, -1) == 0x1.00000008p-27);
    CHECK(lrint(2.5) == 2 && fesetround(FE_UPWARD) == 0 && lrint(2.5) == 3 && fesetround(FE_TONEAREST) == 0);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double zero = 0, inf = 1 / zero;
    CHECK(isinf(inf) && fetestexcept(FE_DIVBYZERO));
    CHECK(sqrtl(2.0L) > 1.41421356237309504L && expl(1.0L) > 2.71828182845904523L);
}

static void test_locale(void)
{
    CHECK(!strcmp(setlocale(LC_ALL, "C"), "C"));
    CHECK(setlocale(LC_CTYPE, "C.UTF-8") && !strcmp(nl_langinfo(CODESET), "UTF-8"));
    wchar_t w[8];
    CHECK(mbstowcs(w, "a\xc3\xa4\xe2\x82\xac", 8) == 3 && w[1] == 0xe4 && w[2] == 0x20ac);
    CHECK(towupper(0xe4) == 0xc4 && iswalpha(0xe4) && wcwidth(0x4e00) == 2);
    struct tm tm = {.tm_year = 126, .tm_mon = 10, .tm_mday = 23, .tm_wday = 1};
    char s[64];
    CHECK(strftime(s, sizeof s, "%A %d %B %Y", &tm) && !strcmp(s, "Monday 23 November 2026"));
    CHECK(strptime("2026-11-23 08:09:10", "%Y-%m-%d %T", &tm) && tm.tm_hour == 8);
    CHECK(timegm(&tm) == 1795421350);
}

static void test_regex(void)
{
    regex_t r;
    regmatch_t m[3];
    CHECK(regcomp(&r, "([a-z]+)([0-9]*)x", REG_EXTENDED) == 0 && r.re_nsub == 2);
    CHECK(regexec(&r, "..abc123x", 3, m, 0) == 0 && m[1].rm_so == 2 && m[1].rm_eo == 5 && m[2].rm_eo == 8);
    CHECK(regexec(&r, "ABC", 0, NULL, 0) == REG_NOMATCH);
    regfree(&r);
    CHECK(regcomp(&r, "(", REG_EXTENDED) == REG_EPAREN);
    CHECK(fnmatch("*.[ch]", "a.c", 0) == 0 && fnmatch("*.[ch]", "a.o", 0) == FNM_NOMATCH);
}

static void test_iconv(void)
{
    iconv_t cd = iconv_open("UTF-16LE", "UTF-8");
    char in[] = "\xe2\x82\xac", out[8] = {0}, *i = in, *o = out;
    size_t ni = 3, no = sizeof out;
    CHECK(cd != (iconv_t)-1 && iconv(cd, &i, &ni, &o, &no) == 0);
    CHECK(no == 6 && (unsigned char)out[0] == 0xac && out[1] == 0x20);
    iconv_close(cd);
    CHECK(iconv_open("nonsense", "UTF-8") == (iconv_t)-1 && errno == EINVAL);
}

static int by_value(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static void leave(void *node)
{
}

static void test_sort(void)
{
    static int v[5000];
    unsigned seed = 1;
    for (int i = 0; i < 5000; i++)
        v[i] = rand_r(&seed) % 1000;
    qsort(v, 5000, sizeof *v, by_value);
    for (int i = 1; i < 5000; i++)
        CHECK(v[i - 1] <= v[i]);
    int key = v[2500], *found = bsearch(&key, v, 5000, sizeof *v, by_value);
    CHECK(found && *found == key);
    void *root = NULL;
    for (int i = 0; i < 100; i++)
        CHECK(tsearch(&v[i * 50], &root, by_value) != NULL);
    CHECK(tfind(&v[0], &root, by_value) != NULL);
    tdestroy(root, leave);
}

int main(void)
{
    test_printf();
    test_scanf();
    test_math();
    test_locale();
    test_regex();
    test_iconv();
    test_sort();
    return finish();
}
