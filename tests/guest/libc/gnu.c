// SPDX-License-Identifier: BSD-3-Clause
// Functions that only GNU's libc has: walks of trees, option tables, reentrant databases, traps of floating point.
#include "../check.h"
#include <argp.h>
#include <error.h>
#include <execinfo.h>
#include <fcntl.h>
#include <fts.h>
#include <math.h>
#include <pthread.h>
#include <pwd.h>
#include <shadow.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- fts ---- */

static void make(const char *path, const char *text)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The walk as text: one "info:path" for each entry; "skip" makes the walk leave that directory out. */
static const char *walk(const char *root, int options, const char *skip)
{
    static char text[1024];
    char *roots[] = {(char *)root, NULL};
    FTS *w = fts_open(roots, options, by_name);

    text[0] = 0;
    CHECK(w != NULL);
    for (FTSENT *e; w && (e = fts_read(w));) {
        sprintf(text + strlen(text), "%d:%s ", e->fts_info, e->fts_path);
        CHECK(e->fts_pathlen == strlen(e->fts_path) && e->fts_namelen == strlen(e->fts_name));
        if (e->fts_info == FTS_F)
            CHECK(e->fts_statp->st_size == 3);
        if (skip && e->fts_info == FTS_D && strcmp(e->fts_name, skip) == 0)
            CHECK(fts_set(w, e, FTS_SKIP) == 0);
    }
    CHECK(errno == 0 && fts_close(w) == 0);
    return text;
}

static void test_fts(void)
{
    char *none[] = {"", NULL}, *top[] = {"/tmp/t", NULL};

    CHECK(mkdir("/tmp/t", 0755) == 0 && mkdir("/tmp/t/d", 0755) == 0 && mkdir("/tmp/t/e", 0755) == 0);
    make("/tmp/t/d/f", "abc");
    make("/tmp/t/a", "abc");
    CHECK(symlink("..", "/tmp/t/d/up") == 0 && symlink("nowhere", "/tmp/t/z") == 0);
    CHECK(strcmp(walk("/tmp/t", FTS_PHYSICAL, NULL),
                 "1:/tmp/t 8:/tmp/t/a 1:/tmp/t/d 8:/tmp/t/d/f 12:/tmp/t/d/up 6:/tmp/t/d 1:/tmp/t/e 6:/tmp/t/e 12:/tmp/t/z 6:/tmp/t ") == 0);
    CHECK(strcmp(walk("/tmp/t", FTS_LOGICAL, NULL),
                 "1:/tmp/t 8:/tmp/t/a 1:/tmp/t/d 8:/tmp/t/d/f 2:/tmp/t/d/up 6:/tmp/t/d 1:/tmp/t/e 6:/tmp/t/e 13:/tmp/t/z 6:/tmp/t ") == 0);
    CHECK(strcmp(walk("/tmp/t", FTS_PHYSICAL, "d"),
                 "1:/tmp/t 8:/tmp/t/a 1:/tmp/t/d 6:/tmp/t/d 1:/tmp/t/e 6:/tmp/t/e 12:/tmp/t/z 6:/tmp/t ") == 0);
    CHECK(strcmp(walk("/tmp/absent", FTS_PHYSICAL, NULL), "10:/tmp/absent ") == 0);
    errno = 0;
    CHECK(fts_open(none, FTS_PHYSICAL, NULL) == NULL && errno == ENOENT);
    CHECK(fts_open(top, 0x8000, NULL) == NULL && errno == EINVAL);
    FTS *w = fts_open(top, FTS_PHYSICAL, by_name);
    CHECK(strcmp(fts_children(w, 0)->fts_name, "/tmp/t") == 0);
    FTSENT *e = fts_read(w);
    CHECK_ERRNO(fts_set(w, e, 9), EINVAL);
    FTSENT *child = fts_children(w, FTS_NAMEONLY);
    CHECK(strcmp(child->fts_name, "a") == 0 && strcmp(child->fts_link->fts_name, "d") == 0);
    CHECK(strcmp(fts_read(w)->fts_path, "/tmp/t/a") == 0 && fts_close(w) == 0);
}

/* ---- argp ---- */

static char log_text[512];

static error_t parse(int key, char *arg, struct argp_state *state)
{
    char *end = log_text + strlen(log_text);

    switch (key) {
    case 'v':
    case 'o':
    case 300:
        sprintf(end, "%d=%s ", key, arg ? arg : "");
        return 0;
    case ARGP_KEY_ARG:
        sprintf(end, "arg%u=%s ", state->arg_num, arg);
        return 0;
    case ARGP_KEY_END:
        strcat(end, "end ");
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp_option options[] = {
    {"verbose", 'v', NULL, 0, "Say more", 0},
    {"output", 'o', "FILE", 0, "Write to FILE", 0},
    {"level", 300, "N", OPTION_ARG_OPTIONAL, "How much", 0},
    {0},
};
static const struct argp argp = {.options = options, .parser = parse, .args_doc = "WHAT", .doc = "A test.\vAnd more."};

static const char *parsed(char **argv)
{
    int argc = 0, index = 0;

    while (argv[argc])
        argc++;
    log_text[0] = 0;
    error_t error = argp_parse(&argp, argc, argv, ARGP_SILENT, &index, NULL);
    sprintf(log_text + strlen(log_text), "%d/%d", error, index);
    return log_text;
}

static void test_argp(void)
{
    char *mixed[] = {"p", "a", "-vo", "f", "--level=7", "b", "--lev", "--", "-v", NULL};
    char *unknown[] = {"p", "--nothing", NULL}, *ambiguous[] = {"p", "--", NULL};
    char help[1024] = "";

    CHECK(strcmp(parsed(mixed), "118= 111=f 300=7 300= arg0=a arg1=b arg2=-v end 0/9") == 0);
    CHECK(strcmp(parsed(unknown), "22/0") == 0);
    CHECK(strcmp(parsed(ambiguous), "end 0/2") == 0);
    FILE *f = fmemopen(help, sizeof(help), "w");
    argp_help(&argp, f, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, "p");
    fclose(f);
    CHECK(strcmp(help, "Usage: p [OPTION...] WHAT\nA test.\n\n"
                       "      --level[=N]            How much\n"
                       "  -o, --output=FILE          Write to FILE\n"
                       "  -v, --verbose              Say more\n"
                       "\nMandatory or optional arguments to long options are also mandatory or optional\n"
                       "for any corresponding short options.\n\nAnd more.\n") == 0);
}

/* ---- The rest ---- */

struct drand48_data {
    unsigned short x[3], old_x[3], c, init;
    unsigned long long a;
};
int srand48_r(long seed, struct drand48_data *d);
int drand48_r(struct drand48_data *d, double *result);
int mrand48_r(struct drand48_data *d, long *result);

static void test_random(void)
{
    struct drand48_data d = {{0}};
    double value;
    long whole;

    srand48(42);
    srand48_r(42, &d);
    for (int i = 0; i < 100; i++) {
        CHECK(drand48_r(&d, &value) == 0 && value == drand48());
        CHECK(mrand48_r(&d, &whole) == 0 && whole == mrand48());
    }
}

int getpwent_r(struct passwd *out, char *buffer, size_t size, struct passwd **result);
struct spwd *sgetspent(const char *line);

static void test_databases(void)
{
    struct passwd entry, *result;
    char buffer[256];

    CHECK(mkdir("/etc", 0755) == 0 || errno == EEXIST);
    unlink("/etc/passwd");
    make("/etc/passwd", "root:x:0:0:The root:/root:/bin/sh\nuser:x:7:8::/home/user:/bin/false\n");
    setpwent();
    CHECK(getpwent_r(&entry, buffer, 8, &result) == ERANGE && !result);
    CHECK(getpwent_r(&entry, buffer, sizeof(buffer), &result) == 0 && result == &entry);
    CHECK(strcmp(entry.pw_name, "user") == 0 && entry.pw_uid == 7 && strcmp(entry.pw_dir, "/home/user") == 0);
    CHECK(entry.pw_name >= buffer && entry.pw_name < buffer + sizeof(buffer));
    CHECK(getpwent_r(&entry, buffer, sizeof(buffer), &result) == ENOENT && !result);
    struct spwd *shadow = sgetspent("me:$1$x:19000:0:99999:7:::\n");
    CHECK(shadow && strcmp(shadow->sp_namp, "me") == 0 && shadow->sp_max == 99999 && shadow->sp_inact == -1);
    CHECK(!sgetspent("nonsense"));
}

double roundeven(double x);
double nextup(double x);
double fmaximum(double x, double y);
double fmaximum_num(double x, double y);
int feenableexcept(int exceptions);
int fedisableexcept(int exceptions);
int fegetexcept(void);

static void test_floating_point(void)
{
    volatile double zero = 0;

    CHECK(roundeven(2.5) == 2 && roundeven(3.5) == 4 && roundeven(-0.5) == 0 && signbit(roundeven(-0.5)) && roundeven(2.6) == 3);
    CHECK(nextup(0) == 0x1p-1074 && isnan(fmaximum(1, NAN)) && fmaximum_num(1, NAN) == 1 && !signbit(fmaximum(-0.0, 0.0)));
    /* Only the masks: TCG raises no SSE exception. */
    CHECK(fegetexcept() == 0 && feenableexcept(4) == 0 && fegetexcept() == 4);
    CHECK(fedisableexcept(4) == 4 && fegetexcept() == 0 && isinf(1 / zero));
}

int pthread_sigqueue(pthread_t thread, int sig, const union sigval value);
static volatile sig_atomic_t got;

static void on_value(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    got = info->si_value.sival_int;
}

static void test_calls(void)
{
    struct sigaction act = {.sa_sigaction = on_value, .sa_flags = SA_SIGINFO};
    void *frames[8];

    sigaction(SIGUSR1, &act, NULL);
    CHECK(pthread_sigqueue(pthread_self(), SIGUSR1, (union sigval){.sival_int = 77}) == 0 && got == 77);
    CHECK(pthread_sigqueue(pthread_self(), 1000, (union sigval){0}) == EINVAL);
    CHECK(backtrace(frames, 8) >= 2);
    error(0, ENOENT, "a message of %s", "error()");
    CHECK(error_message_count == 1);
}

int main(void)
{
    test_fts();
    test_argp();
    test_random();
    test_databases();
    test_floating_point();
    test_calls();
    return finish();
}
