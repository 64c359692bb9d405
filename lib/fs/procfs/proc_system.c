// SPDX-License-Identifier: BSD-3-Clause
// /proc files about the whole system.
#include "arch/boot_handoff.h"
#include "arch/trap.h"
#include "base/format.h"
#include "base/string.h"
#include "mem/frame.h"
#include "mem/kalloc.h"
#include "procfs_private.h"
#include "sched/sched.h"
#include "sched/thread.h"
#include "sched/time.h"
#include "vm/object.h"
#include "vm/space.h"
#include <errno.h>

static const struct pseudo_node *net_table;

void procfs_set_net(const struct pseudo_node *table)
{
    net_table = table;
}

/* /proc/PID/net: what the network stack registered; a program without one sees an empty directory. */
int proc_net_find(const struct pseudo_context *c, const char *name, size_t len, struct pseudo_context *out)
{
    for (const struct pseudo_node *n = net_table; n != NULL && n->name != NULL; n++) {
        if (strlen(n->name) == len && memcmp(n->name, name, len) == 0) {
            out->node = n;
            return 0;
        }
    }
    return -ENOENT;
}

bool proc_net_list(const struct pseudo_context *c, unsigned index, char name[64], struct pseudo_context *out)
{
    const struct pseudo_node *n = net_table;

    while (n != NULL && n->name != NULL && index-- > 0)
        n++;
    if (n == NULL || n->name == NULL)
        return false;
    strlcpy(name, n->name, 64);
    out->node = n;
    return true;
}

static int link_self(const struct pseudo_context *c, char *buf, size_t n)
{
    struct process *p = process_current();

    return p == NULL ? -ENOENT : format_string(buf, n, "%d", p->pid);
}

static int link_thread_self(const struct pseudo_context *c, char *buf, size_t n)
{
    struct process_thread *t = process_thread_current();

    return t == NULL ? -ENOENT : format_string(buf, n, "%d/task/%d", t->process->pid, t->tid);
}

static int link_mounts(const struct pseudo_context *c, char *buf, size_t n)
{
    return format_string(buf, n, "self/mounts");
}

static int link_net(const struct pseudo_context *c, char *buf, size_t n)
{
    return format_string(buf, n, "self/net");
}

static unsigned long long kib(uint64_t pages)
{
    return (unsigned long long)pages * 4;
}

static int show_meminfo(struct text *t, const struct pseudo_context *c)
{
    struct frame_stats f;
    struct kalloc_stats k;
    uint64_t cached = page_cache_total_pages(), huge, reserved;

    frame_get_stats(&f);
    kalloc_get_stats(&k);
    text_add(t, "MemTotal:       %8llu kB\n", kib(f.total_pages));
    text_add(t, "MemFree:        %8llu kB\n", kib(f.free_pages));
    text_add(t, "MemAvailable:   %8llu kB\n", kib(f.free_pages));
    text_add(t, "Buffers:        %8u kB\n", 0u);
    text_add(t, "Cached:         %8llu kB\n", kib(cached));
    text_add(t, "SwapCached:     %8u kB\n", 0u);
    text_add(t, "Active:         %8llu kB\n", kib(cached));
    text_add(t, "Inactive:       %8u kB\n", 0u);
    text_add(t, "SwapTotal:      %8u kB\n", 0u);
    text_add(t, "SwapFree:       %8u kB\n", 0u);
    text_add(t, "Dirty:          %8u kB\nWriteback:      %8u kB\n", 0u, 0u);
    text_add(t, "Shmem:          %8llu kB\n", kib(cached));
    text_add(t, "Slab:           %8llu kB\n", kib(k.slab_pages));
    text_add(t, "KReclaimable:   %8u kB\nSReclaimable:   %8u kB\nSUnreclaim:     %8llu kB\n", 0u, 0u, kib(k.slab_pages));
    text_add(t, "PageTables:     %8llu kB\n", kib(f.kernel_table_pages));
    text_add(t, "CommitLimit:    %8llu kB\n", kib(f.total_pages));
    vm_hugetlb_get_pool(&huge, &reserved);
    text_add(t, "HugePages_Total:   %5llu\nHugePages_Free:    %5llu\nHugePages_Rsvd:    %5u\nHugePages_Surp:    %5u\n",
             (unsigned long long)huge, (unsigned long long)(huge - reserved), 0u, 0u);
    text_add(t, "Hugepagesize:       2048 kB\n");
    return 0;
}

static int show_loadavg(struct text *t, const struct pseudo_context *c)
{
    uint64_t load[3];
    struct process *p = process_current();

    sched_load_average(load);
    for (int k = 0; k < 3; k++)
        text_add(t, "%llu.%02llu ", (unsigned long long)(load[k] >> 16), (unsigned long long)((load[k] & 0xffff) * 100 >> 16));
    text_add(t, "1/%u %d\n", thread_count(), p != NULL ? p->pid : 1);
    return 0;
}

static nsec_t total_idle(void)
{
    nsec_t idle = 0;

    for (unsigned cpu = 0; cpu < sched_cpu_count(); cpu++)
        idle += sched_idle_ns(cpu);
    return idle;
}

static int show_uptime(struct text *t, const struct pseudo_context *c)
{
    nsec_t up = clock_boottime_ns(), idle = total_idle();

    text_add(t, "%lld.%02lld %lld.%02lld\n", (long long)(up / NSEC_PER_SEC), (long long)(up % NSEC_PER_SEC / 10000000),
             (long long)(idle / NSEC_PER_SEC), (long long)(idle % NSEC_PER_SEC / 10000000));
    return 0;
}

static long long ticks(nsec_t ns)
{
    return ns / 10000000;
}

static void stat_line(struct text *t, const char *name, nsec_t busy, nsec_t idle)
{
    text_add(t, "%s %lld 0 0 %lld 0 0 0 0 0 0\n", name, ticks(busy), ticks(idle));
}

static int show_stat(struct text *t, const struct pseudo_context *c)
{
    nsec_t up = clock_monotonic_ns(), idle = total_idle();
    unsigned n = sched_cpu_count();
    char name[16];

    stat_line(t, "cpu ", max(up * n - idle, (nsec_t)0), idle);
    for (unsigned cpu = 0; cpu < n; cpu++) {
        format_string(name, sizeof name, "cpu%u", cpu);
        stat_line(t, name, max(up - sched_idle_ns(cpu), (nsec_t)0), sched_idle_ns(cpu));
    }
    uint64_t interrupts = 0;
    for (unsigned v = ARCH_VECTOR_DEVICE_FIRST; v <= ARCH_VECTOR_TIMER; v++)
        interrupts += irq_count(v);
    text_add(t, "intr %llu\nctxt %llu\nbtime %lld\nprocesses %u\nprocs_running 1\nprocs_blocked 0\n",
             (unsigned long long)interrupts, (unsigned long long)sched_switch_count(),
             (long long)((clock_realtime_ns() - clock_boottime_ns()) / NSEC_PER_SEC), thread_count());
    return 0;
}

static int show_version(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "Linux version 6.1.0-osv (osv@osv) (clang) #1 SMP OSv\n");
    return 0;
}

static int show_cmdline(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%s\n", boot_handoff.cmdline);
    return 0;
}

static int show_filesystems(struct text *t, const struct pseudo_context *c)
{
    for (const struct fs_type *k = vfs_fs_type_first(); k != NULL; k = k->next)
        text_add(t, "%s\t%s\n", k->needs_device ? "" : "nodev", k->name);
    return 0;
}

static int show_interrupts(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "           CPU0\n");
    for (unsigned v = ARCH_VECTOR_DEVICE_FIRST; v <= ARCH_VECTOR_TIMER; v++)
        if (irq_count(v) != 0)
            text_add(t, "%3u: %10llu   osv\n", v, (unsigned long long)irq_count(v));
    return 0;
}

static int show_devices(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "Character devices:\n  1 mem\n  4 ttyS\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n136 pts\n\nBlock devices:\n");
    return 0;
}

static int show_empty(struct text *t, const struct pseudo_context *c)
{
    return 0;
}

static int show_swaps(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    return 0;
}

static int show_partitions(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "major minor  #blocks  name\n\n");
    return 0;
}

static int show_vmstat(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "nr_free_pages %llu\nnr_file_pages %llu\npgfault 0\npgmajfault 0\npswpin 0\npswpout 0\n",
             (unsigned long long)frame_free_pages(), (unsigned long long)page_cache_total_pages());
    return 0;
}

static void add_cache(const struct kmem_cache *k, void *arg)
{
    text_add(arg, "%-17s %6lld %6u %6u %4u %4u\n", k->name, (long long)k->n_used, k->n_slabs * k->per_slab, k->size, k->per_slab,
             1u << k->order);
}

static int show_slabinfo(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>\n");
    kmem_cache_for_each(add_cache, t);
    return 0;
}

const struct pseudo_node proc_system_files[] = {
    {.name = "self", .link = link_self},
    {.name = "thread-self", .link = link_thread_self},
    {.name = "cmdline", .show = show_cmdline},
    {.name = "cpuinfo", .show = proc_show_cpuinfo},
    {.name = "devices", .show = show_devices},
    {.name = "diskstats", .show = show_empty},
    {.name = "filesystems", .show = show_filesystems},
    {.name = "interrupts", .show = show_interrupts},
    {.name = "loadavg", .show = show_loadavg},
    {.name = "meminfo", .show = show_meminfo},
    {.name = "modules", .show = show_empty},
    {.name = "mounts", .link = link_mounts},
    {.name = "net", .link = link_net},
    {.name = "partitions", .show = show_partitions},
    {.name = "slabinfo", .mode = 0400, .show = show_slabinfo},
    {.name = "stat", .show = show_stat},
    {.name = "swaps", .show = show_swaps},
    {.name = "sys", .children = proc_sys_files},
    {.name = "uptime", .show = show_uptime},
    {.name = "version", .show = show_version},
    {.name = "vmstat", .show = show_vmstat},
    {.name = NULL},
};
