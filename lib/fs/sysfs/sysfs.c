// SPDX-License-Identifier: BSD-3-Clause
// /sys: CPU topology, one memory node, kernel settings; the directories of block and network devices.
#include "sysfs/sysfs.h"

#include "base/format.h"
#include "base/string.h"
#include "mem/frame.h"
#include "sched/sched.h"
#include "vfs/pseudo.h"
#include <errno.h>

#define END                                                                                                            \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

static int show_cpu_range(struct text *t, const struct pseudo_context *c)
{
    unsigned last = sched_cpu_count() - 1;

    text_add(t, last == 0 ? "0\n" : "0-%u\n", last);
    return 0;
}

static int show_own_list(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%ld\n", c->id);
    return 0;
}

static int show_own_mask(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%lx\n", 1ul << (c->id % 64));
    return 0;
}

static int show_all_mask(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%llx\n", (1ull << min(sched_cpu_count(), 63u)) - 1);
    return 0;
}

static int show_zero(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "0\n");
    return 0;
}

static int show_one(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "1\n");
    return 0;
}

static int show_kernel_max(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%u\n", CPU_MAX - 1);
    return 0;
}

static int show_empty_line(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "\n");
    return 0;
}

static int show_node_meminfo(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "Node 0 MemTotal:       %8llu kB\nNode 0 MemFree:        %8llu kB\nNode 0 MemUsed:        %8llu kB\n",
             (unsigned long long)frame_total_pages() * 4, (unsigned long long)frame_free_pages() * 4,
             (unsigned long long)(frame_total_pages() - frame_free_pages()) * 4);
    return 0;
}

static int show_node_distance(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "10\n");
    return 0;
}

static int show_thp(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "always [madvise] never\n");
    return 0;
}

static int show_thp_size(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "2097152\n");
    return 0;
}

static const struct pseudo_node topology_files[] = {{.name = "core_id", .show = show_own_list},
                                                    {.name = "physical_package_id", .show = show_zero},
                                                    {.name = "die_id", .show = show_zero},
                                                    {.name = "thread_siblings", .show = show_own_mask},
                                                    {.name = "thread_siblings_list", .show = show_own_list},
                                                    {.name = "core_cpus", .show = show_own_mask},
                                                    {.name = "core_cpus_list", .show = show_own_list},
                                                    {.name = "core_siblings", .show = show_all_mask},
                                                    {.name = "core_siblings_list", .show = show_cpu_range},
                                                    {.name = "package_cpus", .show = show_all_mask},
                                                    {.name = "package_cpus_list", .show = show_cpu_range},
                                                    END};
static const struct pseudo_node cpu_files[] = {
    {.name = "topology", .children = topology_files}, {.name = "online", .show = show_one}, END};
static const struct pseudo_node cpu_dir = {.name = "", .children = cpu_files};

static int find_cpu(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    char text[8];
    uint64_t n;

    if (len < 4 || len >= sizeof text || memcmp(name, "cpu", 3) != 0)
        return -ENOENT;
    memcpy(text, name + 3, len - 3);
    text[len - 3] = '\0';
    if (string_parse_u64(text, 10, NULL, &n) != 0 || n >= sched_cpu_count())
        return -ENOENT;
    out->node = &cpu_dir;
    out->id = (long)n;
    return 0;
}

static bool list_cpus(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    if (index >= sched_cpu_count())
        return false;
    format_string(name, 64, "cpu%u", index);
    out->node = &cpu_dir;
    out->id = (long)index;
    return true;
}

static const struct pseudo_node *net_dir;

void sysfs_set_net(const struct pseudo_node *dir)
{
    net_dir = dir;
}

static int find_net(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    return net_dir != NULL ? net_dir->find(c, name, len, out) : -ENOENT;
}

static bool list_net(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    return net_dir != NULL && net_dir->list(c, index, name, out);
}

static const struct pseudo_node empty_dir[] = {END};
static const struct pseudo_node cpus_files[] = {{.name = "online", .show = show_cpu_range},
                                                {.name = "possible", .show = show_cpu_range},
                                                {.name = "present", .show = show_cpu_range},
                                                {.name = "offline", .show = show_empty_line},
                                                {.name = "isolated", .show = show_empty_line},
                                                {.name = "kernel_max", .show = show_kernel_max},
                                                END};
static const struct pseudo_node node0_files[] = {{.name = "cpulist", .show = show_cpu_range},
                                                 {.name = "cpumap", .show = show_all_mask},
                                                 {.name = "meminfo", .show = show_node_meminfo},
                                                 {.name = "distance", .show = show_node_distance},
                                                 END};
static const struct pseudo_node nodes_files[] = {{.name = "online", .show = show_zero},
                                                 {.name = "possible", .show = show_zero},
                                                 {.name = "has_cpu", .show = show_zero},
                                                 {.name = "has_memory", .show = show_zero},
                                                 {.name = "has_normal_memory", .show = show_zero},
                                                 {.name = "node0", .children = node0_files},
                                                 END};
static const struct pseudo_node system_files[] = {
    {.name = "cpu", .children = cpus_files, .find = find_cpu, .list = list_cpus}, {.name = "node", .children = nodes_files}, END};
static const struct pseudo_node devices_files[] = {{.name = "system", .children = system_files}, END};
static const struct pseudo_node class_files[] = {{.name = "net", .find = find_net, .list = list_net}, {.name = "block", .children = empty_dir}, END};
static const struct pseudo_node thp_files[] = {{.name = "enabled", .show = show_thp},
                                               {.name = "defrag", .show = show_thp},
                                               {.name = "hpage_pmd_size", .show = show_thp_size},
                                               END};
static const struct pseudo_node mm_files[] = {{.name = "transparent_hugepage", .children = thp_files}, END};
static const struct pseudo_node kernel_files[] = {{.name = "mm", .children = mm_files}, END};
static const struct pseudo_node fs_files[] = {{.name = "cgroup", .children = empty_dir}, END};
static const struct pseudo_node root_files[] = {{.name = "block", .children = empty_dir},
                                                {.name = "bus", .children = empty_dir},
                                                {.name = "class", .children = class_files},
                                                {.name = "devices", .children = devices_files},
                                                {.name = "fs", .children = fs_files},
                                                {.name = "kernel", .children = kernel_files},
                                                END};
static const struct pseudo_node root = {.name = "", .children = root_files};

static int sysfs_mount(const struct fs_type *t, const char *source, unsigned flags, const char *data, struct super_block **out)
{
    return pseudo_mount(t, 0x62656572, &root, out);
}

static struct fs_type sysfs_type = {.name = "sysfs", .mount = sysfs_mount};

void sysfs_register(void)
{
    fs_type_register(&sysfs_type);
}
