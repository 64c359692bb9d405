// SPDX-License-Identifier: BSD-3-Clause
// Where the SDK is installed: found from the running program, so that the prefix can be moved.
#include "prefix.h"

#include "message.h"
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *drop_last(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash && slash != path)
        *slash = '\0';
    return path;
}

const char *prefix_dir(void)
{
    static char *prefix;
    if (prefix)
        return prefix;
    const char *override = getenv("OSV_PREFIX");
    if (override && *override)
        return prefix = string_copy(override);
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length <= 0)
        fail("cannot find my own path in /proc/self/exe (%s); mount /proc or set OSV_PREFIX", strerror(errno));
    self[length] = '\0';
    return prefix = string_copy(drop_last(drop_last(self)));
}

char *prefix_path(const char *relative)
{
    return string_format("%s/%s", prefix_dir(), relative);
}

char *prefix_profile_path(const char *profile, const char *file)
{
    return string_format("%s/lib/x86_64/%s/%s", prefix_dir(), profile, file);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *program_find(const char *name)
{
    if (strchr(name, '/'))
        return is_program(name) ? string_copy(name) : NULL;
    const char *path = getenv("PATH");
    if (!path)
        path = "/usr/local/bin:/usr/bin:/bin";
    while (*path) {
        size_t length = strcspn(path, ":");
        char *candidate = length ? string_format("%.*s/%s", (int)length, path, name) : string_format("./%s", name);
        if (is_program(candidate))
            return candidate;
        free(candidate);
        path += length;
        path += *path == ':';
    }
    return NULL;
}
