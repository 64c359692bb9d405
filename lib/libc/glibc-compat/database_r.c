// SPDX-License-Identifier: BSD-3-Clause
// The getXXent_r() family: what the plain call returns, copied to the caller's buffer (one caller at a time reads on).

#include "compat.h"
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <shadow.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The rest of a caller's buffer. */
struct room {
    char *at, *end;
    bool full;
};

static void *take(struct room *r, size_t bytes, size_t align)
{
    char *p = (char *)(((uintptr_t)r->at + align - 1) & ~(uintptr_t)(align - 1));

    if (p > r->end || bytes > (size_t)(r->end - p)) {
        r->full = true;
        return NULL;
    }
    r->at = p + bytes;
    return p;
}

static char *copy_bytes(struct room *r, const void *from, size_t bytes, size_t align)
{
    char *to = from ? take(r, bytes, align) : NULL;

    if (to)
        memcpy(to, from, bytes);
    return to;
}

static char *copy(struct room *r, const char *text)
{
    return text ? copy_bytes(r, text, strlen(text) + 1, 1) : NULL;
}

/* A list of strings, or of items of @bytes each (0: strings), that ends with NULL. */
static char **copy_list(struct room *r, char **list, size_t bytes)
{
    size_t n = 0;

    if (!list)
        return NULL;
    while (list[n])
        n++;
    char **to = take(r, (n + 1) * sizeof(*to), sizeof(*to));
    if (!to)
        return NULL;
    for (size_t i = 0; i < n; i++)
        to[i] = bytes ? copy_bytes(r, list[i], bytes, 8) : copy(r, list[i]);
    to[n] = NULL;
    return to;
}

static void copy_passwd(struct room *r, struct passwd *out, const struct passwd *in)
{
    *out = *in;
    out->pw_name = copy(r, in->pw_name);
    out->pw_passwd = copy(r, in->pw_passwd);
    out->pw_gecos = copy(r, in->pw_gecos);
    out->pw_dir = copy(r, in->pw_dir);
    out->pw_shell = copy(r, in->pw_shell);
}

static void copy_group(struct room *r, struct group *out, const struct group *in)
{
    *out = *in;
    out->gr_name = copy(r, in->gr_name);
    out->gr_passwd = copy(r, in->gr_passwd);
    out->gr_mem = copy_list(r, in->gr_mem, 0);
}

static void copy_shadow(struct room *r, struct spwd *out, const struct spwd *in)
{
    *out = *in;
    out->sp_namp = copy(r, in->sp_namp);
    out->sp_pwdp = copy(r, in->sp_pwdp);
}

static void copy_protocol(struct room *r, struct protoent *out, const struct protoent *in)
{
    *out = *in;
    out->p_name = copy(r, in->p_name);
    out->p_aliases = copy_list(r, in->p_aliases, 0);
}

static void copy_service(struct room *r, struct servent *out, const struct servent *in)
{
    *out = *in;
    out->s_name = copy(r, in->s_name);
    out->s_proto = copy(r, in->s_proto);
    out->s_aliases = copy_list(r, in->s_aliases, 0);
}

static void copy_network(struct room *r, struct netent *out, const struct netent *in)
{
    *out = *in;
    out->n_name = copy(r, in->n_name);
    out->n_aliases = copy_list(r, in->n_aliases, 0);
}

static void copy_host(struct room *r, struct hostent *out, const struct hostent *in)
{
    *out = *in;
    out->h_name = copy(r, in->h_name);
    out->h_aliases = copy_list(r, in->h_aliases, 0);
    out->h_addr_list = copy_list(r, in->h_addr_list, (size_t)in->h_length);
}

/* The bodies: @end is the answer for "no more" or "not found". */
#define ANSWER(copier, call, end)                        \
    struct room r = {buffer, buffer + size, false};      \
    pthread_mutex_lock(&lock);                           \
    errno = 0;                                           \
    __typeof__(*out) *in = call;                         \
    int error = in ? 0 : errno ? errno : end;            \
    if (in)                                              \
        copier(&r, out, in);                             \
    pthread_mutex_unlock(&lock);                         \
    if (r.full)                                          \
        error = ERANGE;                                  \
    *result = error ? NULL : out;                        \
    return error

int getpwent_r(struct passwd *out, char *buffer, size_t size, struct passwd **result)
{
    ANSWER(copy_passwd, getpwent(), ENOENT);
}

int fgetpwent_r(FILE *f, struct passwd *out, char *buffer, size_t size, struct passwd **result)
{
    ANSWER(copy_passwd, fgetpwent(f), ENOENT);
}

int getgrent_r(struct group *out, char *buffer, size_t size, struct group **result)
{
    ANSWER(copy_group, getgrent(), ENOENT);
}

int fgetgrent_r(FILE *f, struct group *out, char *buffer, size_t size, struct group **result)
{
    ANSWER(copy_group, fgetgrent(f), ENOENT);
}

int getspent_r(struct spwd *out, char *buffer, size_t size, struct spwd **result)
{
    ANSWER(copy_shadow, getspent(), ENOENT);
}

int fgetspent_r(FILE *f, struct spwd *out, char *buffer, size_t size, struct spwd **result)
{
    ANSWER(copy_shadow, fgetspent(f), ENOENT);
}

int getprotoent_r(struct protoent *out, char *buffer, size_t size, struct protoent **result)
{
    ANSWER(copy_protocol, getprotoent(), ENOENT);
}

int getprotobyname_r(const char *name, struct protoent *out, char *buffer, size_t size, struct protoent **result)
{
    ANSWER(copy_protocol, getprotobyname(name), 0);
}

int getprotobynumber_r(int number, struct protoent *out, char *buffer, size_t size, struct protoent **result)
{
    ANSWER(copy_protocol, getprotobynumber(number), 0);
}

int getservent_r(struct servent *out, char *buffer, size_t size, struct servent **result)
{
    ANSWER(copy_service, getservent(), ENOENT);
}

#define ANSWER_H(copier, call)                           \
    if (h_error)                                         \
        *h_error = NO_RECOVERY;                          \
    ANSWER(copier, call, (h_error ? *h_error = HOST_NOT_FOUND : 0, ENOENT))

int getnetent_r(struct netent *out, char *buffer, size_t size, struct netent **result, int *h_error)
{
    ANSWER_H(copy_network, getnetent());
}

int getnetbyname_r(const char *name, struct netent *out, char *buffer, size_t size, struct netent **result, int *h_error)
{
    ANSWER_H(copy_network, getnetbyname(name));
}

int getnetbyaddr_r(uint32_t net, int type, struct netent *out, char *buffer, size_t size, struct netent **result, int *h_error)
{
    ANSWER_H(copy_network, getnetbyaddr(net, type));
}

int gethostent_r(struct hostent *out, char *buffer, size_t size, struct hostent **result, int *h_error)
{
    ANSWER_H(copy_host, gethostent());
}
