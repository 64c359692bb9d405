// SPDX-License-Identifier: BSD-3-Clause
// /proc/sys: the settings that programs read.
#include "base/format.h"
#include "base/string.h"
#include "device/class.h"
#include "file/file.h"
#include "procfs_private.h"
#include "process/uts.h"
#include "sched/thread.h"
#include "vm/space.h"
#include <errno.h>
#include <sys/utsname.h>

static int show_constant(struct text *t, const struct pseudo_context *c);

/* A file whose text never changes: the node's name finds it. */
struct constant {
    const char *name, *text;
};

static const struct constant constants[] = {
    {"osrelease", "6.1.0-osv"},
    {"ostype", "Linux"},
    {"version", "#1 SMP OSv"},
    {"pid_max", "4194304"},
    {"threads-max", "32768"},
    {"cap_last_cap", "40"},
    {"core_pattern", "core"},
    {"ngroups_max", "65536"},
    {"randomize_va_space", "2"},
    {"shmmax", "18446744073692774399"},
    {"shmall", "18446744073692774399"},
    {"shmmni", "4096"},
    {"msgmax", "8192"},
    {"msgmnb", "16384"},
    {"msgmni", "32000"},
    {"sem", "32000\t1024000000\t500\t32000"},
    {"overcommit_memory", "0"},
    {"overcommit_ratio", "50"},
    {"swappiness", "0"},
    {"max_map_count", "65530"},
    {"mmap_min_addr", "4096"},
    {"file-max", "9223372036854775807"},
    {"nr_open", "1048576"},
    {"pipe-max-size", "1048576"},
    {"pipe-user-pages-soft", "16384"},
    {"pipe-user-pages-hard", "0"},
    {"aio-max-nr", "65536"},
    {"protected_hardlinks", "0"},
    {"protected_symlinks", "0"},
    {"max_user_watches", "65536"},
    {"max_user_instances", "128"},
    {"max_queued_events", "16384"},
    {"msg_max", "10"},
    {"msgsize_max", "8192"},
    {"queues_max", "256"},
    {"somaxconn", "4096"},
    {"ip_local_port_range", "32768\t60999"},
    {"ip_unprivileged_port_start", "0"},
    {"tcp_fin_timeout", "60"},
    {"tcp_max_syn_backlog", "128"},
    {"disable_ipv6", "1"},
    {"rmem_max", "212992"},
    {"wmem_max", "212992"},
    {"poolsize", "256"},
    {"entropy_avail", "256"},
};

static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static int show_constant(struct text *t, const struct pseudo_context *c)
{
    for (unsigned k = 0; k < ARRAY_SIZE(constants); k++)
        if (same_name(constants[k].name, c->node->name))
            text_add(t, "%s\n", constants[k].text);
    return 0;
}

static int show_file_nr(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "%llu\t0\t9223372036854775807\n", (unsigned long long)file_count());
    return 0;
}

static int show_hugepages(struct text *t, const struct pseudo_context *c)
{
    uint64_t pages, reserved;

    vm_hugetlb_get_pool(&pages, &reserved);
    text_add(t, "%llu\n", (unsigned long long)pages);
    return 0;
}

static long store_hugepages(const struct pseudo_context *c, char *bytes, size_t n)
{
    const char *end;
    uint64_t pages;

    if (string_parse_u64(bytes, 10, &end, &pages) != 0)
        return -EINVAL;
    vm_hugetlb_set_pool(pages);
    return (long)n;
}

static int show_hostname(struct text *t, const struct pseudo_context *c)
{
    struct utsname u;

    uts_get(&u);
    text_add(t, "%s\n", u.nodename);
    return 0;
}

static int show_domainname(struct text *t, const struct pseudo_context *c)
{
    struct utsname u;

    uts_get(&u);
    text_add(t, "%s\n", u.domainname);
    return 0;
}

static void add_uuid(struct text *t)
{
    uint8_t b[16];

    random_bytes(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    for (unsigned k = 0; k < sizeof b; k++)
        text_add(t, k == 4 || k == 6 || k == 8 || k == 10 ? "-%02x" : "%02x", b[k]);
    text_add(t, "\n");
}

static int show_uuid(struct text *t, const struct pseudo_context *c)
{
    add_uuid(t);
    return 0;
}

static int show_boot_id(struct text *t, const struct pseudo_context *c)
{
    static struct text boot_id;

    if (boot_id.used == 0)
        add_uuid(&boot_id);
    text_add_bytes(t, boot_id.bytes, boot_id.used);
    return 0;
}

#define CONSTANT(n)                                                                                                    \
    {                                                                                                                  \
        .name = (n), .show = show_constant                                                                             \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

static const struct pseudo_node random_files[] = {
    CONSTANT("poolsize"), CONSTANT("entropy_avail"), {.name = "uuid", .show = show_uuid}, {.name = "boot_id", .show = show_boot_id}, END};
static const struct pseudo_node kernel_files[] = {
    CONSTANT("osrelease"), CONSTANT("ostype"), CONSTANT("version"), {.name = "hostname", .show = show_hostname}, {.name = "domainname", .show = show_domainname},
    CONSTANT("pid_max"), CONSTANT("threads-max"), CONSTANT("cap_last_cap"), CONSTANT("core_pattern"), CONSTANT("ngroups_max"),
    CONSTANT("randomize_va_space"), CONSTANT("shmmax"), CONSTANT("shmall"), CONSTANT("shmmni"), CONSTANT("msgmax"),
    CONSTANT("msgmnb"), CONSTANT("msgmni"), CONSTANT("sem"), {.name = "random", .children = random_files}, END};
static const struct pseudo_node vm_files[] = {CONSTANT("overcommit_memory"), CONSTANT("overcommit_ratio"), CONSTANT("swappiness"),
                                              CONSTANT("max_map_count"), CONSTANT("mmap_min_addr"),
                                              {.name = "nr_hugepages", .mode = 0644, .show = show_hugepages, .store = store_hugepages},
                                              END};
static const struct pseudo_node inotify_files[] = {
    CONSTANT("max_user_watches"), CONSTANT("max_user_instances"), CONSTANT("max_queued_events"), END};
static const struct pseudo_node mqueue_files[] = {CONSTANT("msg_max"), CONSTANT("msgsize_max"), CONSTANT("queues_max"), END};
static const struct pseudo_node fs_files[] = {CONSTANT("file-max"),
                                              CONSTANT("nr_open"),
                                              CONSTANT("pipe-max-size"),
                                              CONSTANT("pipe-user-pages-soft"),
                                              CONSTANT("pipe-user-pages-hard"),
                                              CONSTANT("aio-max-nr"),
                                              CONSTANT("protected_hardlinks"),
                                              CONSTANT("protected_symlinks"),
                                              {.name = "file-nr", .show = show_file_nr},
                                              {.name = "inotify", .children = inotify_files},
                                              {.name = "mqueue", .children = mqueue_files},
                                              END};
static const struct pseudo_node core_files[] = {CONSTANT("somaxconn"), CONSTANT("rmem_max"), CONSTANT("wmem_max"), END};
static const struct pseudo_node ipv4_files[] = {CONSTANT("ip_local_port_range"), CONSTANT("ip_unprivileged_port_start"),
                                                CONSTANT("tcp_fin_timeout"), CONSTANT("tcp_max_syn_backlog"), END};
static const struct pseudo_node ipv6_all_files[] = {CONSTANT("disable_ipv6"), END};
static const struct pseudo_node ipv6_conf_files[] = {{.name = "all", .children = ipv6_all_files},
                                                     {.name = "default", .children = ipv6_all_files},
                                                     END};
static const struct pseudo_node ipv6_files[] = {{.name = "conf", .children = ipv6_conf_files}, END};
static const struct pseudo_node net_files[] = {{.name = "core", .children = core_files},
                                               {.name = "ipv4", .children = ipv4_files},
                                               {.name = "ipv6", .children = ipv6_files},
                                               END};

const struct pseudo_node proc_sys_files[] = {{.name = "kernel", .children = kernel_files},
                                             {.name = "vm", .children = vm_files},
                                             {.name = "fs", .children = fs_files},
                                             {.name = "net", .children = net_files},
                                             END};
