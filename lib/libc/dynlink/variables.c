// SPDX-License-Identifier: BSD-3-Clause
// Functions whose results are variables of which the program may have its own copy: getopt's and the time
// zone's.
#include "dynlink.h"

#include <getopt.h>
#include <time.h>
#include <unistd.h>

DL_HIDDEN int *dl_optind = &optind, *dl_opterr = &opterr, *dl_optopt = &optopt, *dl_daylight = &daylight;
DL_HIDDEN char **dl_optarg = &optarg;
DL_HIDDEN long *dl_timezone = &timezone;
/* An array: its pointer is that of the first element. */
DL_HIDDEN char ***dl_tzname = (char ***)tzname;

static void getopt_in(void)
{
    optind = *dl_optind;
    opterr = *dl_opterr;
}

static int getopt_out(int result)
{
    *dl_optind = optind;
    *dl_optopt = optopt;
    *dl_optarg = optarg;
    return result;
}

int osv_dl_getopt(int argc, char *const *argv, const char *options);
int osv_dl_getopt_long(int argc, char *const *argv, const char *options, const struct option *longs,
                       int *index);
int osv_dl_getopt_long_only(int argc, char *const *argv, const char *options, const struct option *longs,
                            int *index);
void osv_dl_tzset(void);
struct tm *osv_dl_localtime(const time_t *t);
struct tm *osv_dl_localtime_r(const time_t *t, struct tm *tm);
time_t osv_dl_mktime(struct tm *tm);

/* glibc's getopt sorts the arguments that are no options to the end, like musl's getopt_long. */
int osv_dl_getopt(int argc, char *const *argv, const char *options)
{
    static const struct option none[1];

    getopt_in();
    return getopt_out(getopt_long(argc, argv, options, none, NULL));
}

int osv_dl_getopt_long(int argc, char *const *argv, const char *options, const struct option *longs,
                       int *index)
{
    getopt_in();
    return getopt_out(getopt_long(argc, argv, options, longs, index));
}

int osv_dl_getopt_long_only(int argc, char *const *argv, const char *options, const struct option *longs,
                            int *index)
{
    getopt_in();
    return getopt_out(getopt_long_only(argc, argv, options, longs, index));
}

static void zone_out(void)
{
    char **names = (char **)dl_tzname;

    *dl_timezone = timezone;
    *dl_daylight = daylight;
    if (names != tzname) {
        names[0] = tzname[0];
        names[1] = tzname[1];
    }
}

void osv_dl_tzset(void)
{
    tzset();
    zone_out();
}

struct tm *osv_dl_localtime(const time_t *t)
{
    struct tm *tm = localtime(t);
    zone_out();
    return tm;
}

struct tm *osv_dl_localtime_r(const time_t *t, struct tm *tm)
{
    tm = localtime_r(t, tm);
    zone_out();
    return tm;
}

time_t osv_dl_mktime(struct tm *tm)
{
    time_t t = mktime(tm);
    zone_out();
    return t;
}
