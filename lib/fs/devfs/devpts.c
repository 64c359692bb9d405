// SPDX-License-Identifier: BSD-3-Clause
// devpts: the slaves of pseudo terminals that are open, as a directory.
#include "base/format.h"
#include "base/string.h"
#include "device/tty.h"
#include "devfs_private.h"
#include "vfs/pseudo.h"
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static uint64_t slave_rdev(const struct pseudo_context *c)
{
    return makedev(136, (unsigned)c->id);
}

static uint64_t ptmx_rdev(const struct pseudo_context *c)
{
    return makedev(5, 2);
}

static void slave_owner(const struct pseudo_context *c, uint32_t *uid, uint32_t *gid)
{
    *gid = 5;
}

static const struct pseudo_node slave_node = {
    .name = "", .mode = S_IFCHR | 0620, .rdev = slave_rdev, .owner = slave_owner};

static int find_slave(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    char text[8];
    uint64_t n;

    if (len >= sizeof text)
        return -ENOENT;
    memcpy(text, name, len);
    text[len] = '\0';
    if (string_parse_u64(text, 10, NULL, &n) != 0 || pty_next((int)n) != (int)n)
        return -ENOENT;
    out->node = &slave_node;
    out->id = (long)n;
    return 0;
}

static bool list_slaves(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    int n = pty_next(0);

    while (n >= 0 && index-- > 0)
        n = pty_next(n + 1);
    if (n < 0)
        return false;
    format_string(name, 64, "%d", n);
    out->node = &slave_node;
    out->id = n;
    return true;
}

static const struct pseudo_node fixed[] = {{.name = "ptmx", .mode = S_IFCHR | 0666, .rdev = ptmx_rdev}, {.name = NULL}};
static const struct pseudo_node root = {.name = "", .mode = 0755, .children = fixed, .find = find_slave, .list = list_slaves};

static int devpts_mount(const struct fs_type *t, const char *source, unsigned flags, const char *data, struct super_block **out)
{
    return pseudo_mount(t, 0x1cd1, &root, out);
}

static struct fs_type devpts_type = {.name = "devpts", .mount = devpts_mount};

void devpts_register(void)
{
    fs_type_register(&devpts_type);
}
