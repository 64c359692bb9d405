// SPDX-License-Identifier: BSD-3-Clause
// The root of /proc: processes by number, self, and the system's files.
#include "procfs_private.h"

#include "base/format.h"
#include "base/string.h"
#include <errno.h>
#include <sys/stat.h>

static bool alive(const struct pseudo_context *c)
{
    struct process *p = process_find((int)c->id);

    if (p != NULL)
        process_put(p);
    return p != NULL;
}

static void owner(const struct pseudo_context *c, uint32_t *uid, uint32_t *gid)
{
    struct process *p = process_find((int)c->id);
    struct credentials *k = p == NULL ? NULL : process_cred_of(p);

    if (k != NULL) {
        *uid = k->euid;
        *gid = k->egid;
        cred_put(k);
    }
    if (p != NULL)
        process_put(p);
}

static const struct pseudo_node process_dir = {
    .name = "", .children = proc_process_files, .alive = alive, .owner = owner};

bool proc_parse_number(const char *name, size_t len, long *out)
{
    char text[16];
    uint64_t n;

    if (len == 0 || len >= sizeof text || (name[0] == '0' && len > 1))
        return false;
    memcpy(text, name, len);
    text[len] = '\0';
    if (string_parse_u64(text, 10, NULL, &n) != 0 || n > INT32_MAX)
        return false;
    *out = (long)n;
    return true;
}

static int find_process(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    if (!proc_parse_number(name, len, &out->id))
        return -ENOENT;
    struct process *p = process_find((int)out->id);
    if (p == NULL) { /* a thread's number works too, as on Linux, but is not listed */
        struct process_thread *t = process_thread_find((int)out->id);
        if (t == NULL)
            return -ENOENT;
        out->id = t->process->pid;
        process_thread_put(t);
    } else {
        process_put(p);
    }
    out->node = &process_dir;
    return 0;
}

struct nth {
    unsigned index;
    int pid;
};

static int count_process(struct process *p, void *arg)
{
    struct nth *n = arg;

    if (n->index-- > 0)
        return 0;
    n->pid = p->pid;
    return 1;
}

static bool list_processes(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    struct nth n = {.index = index};

    if (process_iterate(count_process, &n) == 0)
        return false;
    format_string(name, 64, "%d", n.pid);
    out->node = &process_dir;
    out->id = n.pid;
    return true;
}

int procfs_pid_of(struct file *f)
{
    const struct pseudo_context *c = f->inode != NULL ? pseudo_context_of(f->inode) : NULL;
    return c != NULL && c->node == &process_dir ? (int)c->id : 0;
}

static const struct pseudo_node root = {
    .name = "", .children = proc_system_files, .find = find_process, .list = list_processes};

static int proc_mount(const struct fs_type *t, const char *source, unsigned flags, const char *data, struct super_block **out)
{
    return pseudo_mount(t, 0x9fa0, &root, out);
}

static struct fs_type proc_type = {.name = "proc", .mount = proc_mount};

void procfs_register(void)
{
    fs_type_register(&proc_type);
}
