// SPDX-License-Identifier: BSD-3-Clause
// /proc/PID: the files of one process and of its threads.
#include "arch/uaccess.h"
#include "base/format.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include "procfs_private.h"
#include "vm/space.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

/* ---- memory of the process: only of the address space that is active now ---- */

static int add_user_bytes(struct text *t, const struct pseudo_context *c, bool environment, bool aux)
{
    struct process *p = process_find((int)c->id);
    char chunk[256];

    if (p == NULL)
        return -ESRCH;
    vaddr_t at = aux ? p->auxv_start : environment ? p->env_start : p->arg_start;
    vaddr_t end = aux ? p->auxv_start + p->auxv_bytes : environment ? p->env_end : p->arg_end;
    bool reachable = p == process_current() && end - at < (16u << 20);
    process_put(p);
    while (reachable && at < end) {
        size_t n = min((size_t)(end - at), sizeof chunk);
        if (copy_in(chunk, (const void *)at, n) != 0)
            break;
        text_add_bytes(t, chunk, n);
        at += n;
    }
    return 0;
}

static int show_cmdline(struct text *t, const struct pseudo_context *c)
{
    int r = add_user_bytes(t, c, false, false);

    if (r == 0 && t->used == 0) {
        struct process *p = process_find((int)c->id);
        if (p != NULL && p->cmdline != NULL)
            text_add_bytes(t, p->cmdline, p->cmdline_bytes);
        if (p != NULL)
            process_put(p);
    }
    return r;
}

static int show_environ(struct text *t, const struct pseudo_context *c)
{
    return add_user_bytes(t, c, true, false);
}

static int show_auxv(struct text *t, const struct pseudo_context *c)
{
    return add_user_bytes(t, c, false, true);
}

/* ---- names ---- */

static int show_comm(struct text *t, const struct pseudo_context *c)
{
    char name[16] = "";
    struct process_thread *k = c->sub > 0 ? process_thread_find((int)c->sub) : NULL;

    if (k != NULL && k->thread != NULL) {
        thread_get_name(k->thread, name);
    } else {
        struct process *p = process_find((int)c->id);
        if (p == NULL)
            return -ESRCH;
        memcpy(name, p->comm, sizeof name);
        process_put(p);
    }
    if (k != NULL)
        process_thread_put(k);
    name[15] = '\0';
    text_add(t, "%s\n", name);
    return 0;
}

static long store_comm(const struct pseudo_context *c, char *bytes, size_t n)
{
    struct process *p = process_find((int)c->id);

    if (p == NULL)
        return -ESRCH;
    char *newline = strchr(bytes, '\n');
    if (newline != NULL)
        *newline = '\0';
    mutex_lock(&p->lock);
    strlcpy(p->comm, bytes, sizeof p->comm);
    mutex_unlock(&p->lock);
    process_put(p);
    return (long)n;
}

static int link_exe(const struct pseudo_context *c, char *buf, size_t n)
{
    struct process *p = process_find((int)c->id);
    int r = -ENOENT;

    if (p == NULL)
        return r;
    mutex_lock(&p->lock);
    if (p->exe_path != NULL)
        r = format_string(buf, n, "%s", p->exe_path);
    mutex_unlock(&p->lock);
    process_put(p);
    return r;
}

static int follow_exe(const struct pseudo_context *c, struct vfs_path *out)
{
    char *name = kmalloc(4096);
    int r = name == NULL ? -ENOMEM : link_exe(c, name, 4096);

    if (r >= 0)
        r = vfs_walk(AT_FDCWD, name, 0, out);
    kfree(name);
    return r;
}

static struct fs_context *context_of(const struct pseudo_context *c)
{
    struct process *p = process_find((int)c->id);
    struct fs_context *fs = NULL;

    if (p == NULL)
        return NULL;
    if (p == process_current())
        fs = fs_context_get(vfs_current_context());
    else if (p->fs != NULL)
        fs = fs_context_get(p->fs);
    process_put(p);
    return fs;
}

static int place_of(const struct pseudo_context *c, void (*get)(struct fs_context *, struct vfs_path *), struct vfs_path *out)
{
    struct fs_context *fs = context_of(c);

    if (fs == NULL)
        return -ENOENT;
    get(fs, out);
    fs_context_put(fs);
    return 0;
}

static int follow_cwd(const struct pseudo_context *c, struct vfs_path *out)
{
    return place_of(c, vfs_get_cwd, out);
}

static int follow_root(const struct pseudo_context *c, struct vfs_path *out)
{
    return place_of(c, vfs_get_root, out);
}

static int link_place(int (*follow)(const struct pseudo_context *, struct vfs_path *), const struct pseudo_context *c, char *buf, size_t n)
{
    struct vfs_path p;
    int r = follow(c, &p);

    if (r != 0)
        return r;
    r = vfs_path_string(&p, buf, n);
    vfs_path_put(&p);
    return r;
}

static int link_cwd(const struct pseudo_context *c, char *buf, size_t n)
{
    return link_place(follow_cwd, c, buf, n);
}

static int link_root(const struct pseudo_context *c, char *buf, size_t n)
{
    return link_place(follow_root, c, buf, n);
}

/* ---- limits, scores ---- */

static const struct {
    const char *name, *unit;
} limit_names[] = {
    [RLIMIT_CPU] = {"Max cpu time", "seconds"},          [RLIMIT_FSIZE] = {"Max file size", "bytes"},
    [RLIMIT_DATA] = {"Max data size", "bytes"},          [RLIMIT_STACK] = {"Max stack size", "bytes"},
    [RLIMIT_CORE] = {"Max core file size", "bytes"},     [RLIMIT_RSS] = {"Max resident set", "bytes"},
    [RLIMIT_NPROC] = {"Max processes", "processes"},     [RLIMIT_NOFILE] = {"Max open files", "files"},
    [RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},   [RLIMIT_AS] = {"Max address space", "bytes"},
    [RLIMIT_LOCKS] = {"Max file locks", "locks"},        [RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
    [RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},  [RLIMIT_NICE] = {"Max nice priority", ""},
    [RLIMIT_RTPRIO] = {"Max realtime priority", ""},     [RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
};

static void add_limit(struct text *t, rlim_t v)
{
    if (v == RLIM_INFINITY)
        text_add(t, "%-20s ", "unlimited");
    else
        text_add(t, "%-20llu ", (unsigned long long)v);
}

static int show_limits(struct text *t, const struct pseudo_context *c)
{
    struct process *p = process_find((int)c->id);

    if (p == NULL)
        return -ESRCH;
    text_add(t, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (unsigned k = 0; k < ARRAY_SIZE(limit_names); k++) {
        text_add(t, "%-25s ", limit_names[k].name);
        add_limit(t, p->limits[k].rlim_cur);
        add_limit(t, p->limits[k].rlim_max);
        text_add(t, "%-10s\n", limit_names[k].unit);
    }
    process_put(p);
    return 0;
}

static int show_zero(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "0\n");
    return 0;
}

static int show_oom_score_adj(struct text *t, const struct pseudo_context *c)
{
    struct process *p = process_find((int)c->id);

    if (p == NULL)
        return -ESRCH;
    text_add(t, "%d\n", p->oom_score_adj);
    process_put(p);
    return 0;
}

static long store_oom_score_adj(const struct pseudo_context *c, char *bytes, size_t n)
{
    bool negative = bytes[0] == '-';
    const char *end;
    uint64_t v;

    if (string_parse_u64(bytes + negative, 10, &end, &v) != 0 || v > 1000)
        return -EINVAL;
    struct process *p = process_find((int)c->id);
    if (p == NULL)
        return -ESRCH;
    p->oom_score_adj = negative ? -(int)v : (int)v;
    process_put(p);
    return (long)n;
}

static int show_io(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
    return 0;
}

static int show_cgroup(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "0::/\n");
    return 0;
}

static int show_personality(struct text *t, const struct pseudo_context *c)
{
    struct process *p = process_find((int)c->id);

    if (p == NULL)
        return -ESRCH;
    text_add(t, "%08x\n", p->personality);
    process_put(p);
    return 0;
}

/* ---- mounts ---- */

static int add_mount(const struct vfs_mount_info *m, void *arg)
{
    text_add(arg, "%s %s %s %s,%s 0 0\n", m->source, m->target, m->type, m->read_only ? "ro" : "rw", m->options);
    return 0;
}

static int add_mountinfo(const struct vfs_mount_info *m, void *arg)
{
    const char *mode = m->read_only ? "ro" : "rw";

    text_add(arg, "%llu %llu %u:%u %s %s %s,%s - %s %s %s\n", (unsigned long long)m->id, (unsigned long long)m->parent_id,
             major(m->dev), minor(m->dev), m->root, m->target, mode, m->options, m->type, m->source, mode);
    return 0;
}

int proc_show_mounts(struct text *t, const struct pseudo_context *c)
{
    vfs_mount_for_each(add_mount, t);
    return 0;
}

int proc_show_mountinfo(struct text *t, const struct pseudo_context *c)
{
    vfs_mount_for_each(add_mountinfo, t);
    return 0;
}

/* ---- threads ---- */

static const struct pseudo_node task_dir = {.name = "", .children = proc_task_files};

static int find_task(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    if (!proc_parse_number(name, len, &out->sub))
        return -ENOENT;
    struct process_thread *t = process_thread_find((int)out->sub);
    if (t == NULL)
        return -ENOENT;
    bool mine = t->process->pid == c->id;
    process_thread_put(t);
    out->node = &task_dir;
    return mine ? 0 : -ENOENT;
}

struct nth_thread {
    long pid;
    unsigned index;
    int tid;
};

static int count_thread(struct thread *t, void *arg)
{
    struct nth_thread *n = arg;

    if (t->process == NULL || t->process->process->pid != n->pid || n->index-- > 0)
        return 0;
    n->tid = (int)t->tid;
    return 1;
}

static bool list_tasks(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    struct nth_thread n = {.pid = c->id, .index = index};

    if (thread_iterate(count_thread, &n) == 0)
        return false;
    format_string(name, 64, "%d", n.tid);
    out->node = &task_dir;
    out->sub = n.tid;
    return true;
}

#define SHARED_FILES                                                                                                   \
    {.name = "auxv", .mode = 0400, .show = show_auxv}, {.name = "cgroup", .show = show_cgroup},                        \
        {.name = "cmdline", .show = show_cmdline}, {.name = "comm", .show = show_comm, .store = store_comm},           \
        {.name = "cwd", .link = link_cwd, .follow = follow_cwd}, {.name = "environ", .mode = 0400, .show = show_environ}, \
        {.name = "exe", .link = link_exe, .follow = follow_exe},                                                       \
        {.name = "fd", .mode = 0500, .find = proc_fd_find, .list = proc_fd_list},                                      \
        {.name = "fdinfo", .mode = 0500, .find = proc_fdinfo_find, .list = proc_fdinfo_list},                          \
        {.name = "io", .mode = 0400, .show = show_io}, {.name = "limits", .show = show_limits},                        \
        {.name = "maps", .show = proc_show_maps}, {.name = "mountinfo", .show = proc_show_mountinfo},                  \
        {.name = "mounts", .show = proc_show_mounts}, {.name = "oom_adj", .show = show_zero},                          \
        {.name = "net", .find = proc_net_find, .list = proc_net_list}, {.name = "oom_score", .show = show_zero},                                                                      \
        {.name = "oom_score_adj", .show = show_oom_score_adj, .store = store_oom_score_adj},                           \
        {.name = "personality", .mode = 0400, .show = show_personality},                                               \
        {.name = "root", .link = link_root, .follow = follow_root}, {.name = "smaps", .show = proc_show_smaps},        \
        {.name = "smaps_rollup", .show = proc_show_smaps_rollup}, {.name = "stat", .show = proc_show_stat},            \
        {.name = "statm", .show = proc_show_statm}, {.name = "status", .show = proc_show_status},                      \
        {.name = "wchan", .show = show_zero}

const struct pseudo_node proc_task_files[] = {SHARED_FILES, {.name = NULL}};
const struct pseudo_node proc_process_files[] = {
    SHARED_FILES, {.name = "task", .find = find_task, .list = list_tasks}, {.name = NULL}};
