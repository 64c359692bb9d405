// SPDX-License-Identifier: BSD-3-Clause
// The start order of the rooms.

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "arch/fpu.h"
#include "arch/irq.h"
#include "arch/trap.h"
#include "base/log.h"
#include "base/panic.h"
#include "base/string.h"
#include "clock/clock.h"
#include "device/console.h"
#include "irqchip/irqchip.h"
#include "mem/frame.h"
#include "mem/kalloc.h"
#include "mem/kmap.h"
#include "net/net.h"
#include "private.h"
#include "process/process.h"
#include "sched/sched.h"
#include "sched/time.h"
#include "sched/wait.h"

/* Rooms that a program may lack. A weak reference pulls in nothing; the address is null if nothing else did. */
int __weak filesystems_start(void);      /* linux/fs_start.c: for programs that use names */
extern struct net_config net_boot_config __weak; /* room net: read when the first socket is made */
extern bool pci_disabled __weak;         /* drivers/bus/pci.c */
bool __weak hvc_start(void);              /* linux/hvc_start.c: virtio console */
void __weak strace_start(void);          /* linux/strace.c */
void __weak syscall_summary_start(void); /* linux/syscall_summary.c */
void __weak missing_files_start(void);   /* linux/missing_files.c */
long __weak syscall_from_frame(struct arch_frame *f);

static void __noreturn too_little_memory(void)
{
    console_text("OSv: too little memory to start; give the machine more (osv run -m, qemu -m)\r\n");
    shutdown_with_status(1);
}

/* XSAVE wants 64-byte alignment; kmalloc aligns to a page above 2 KiB. Room sched frees it with the thread. */
static void *fpu_area(size_t bytes)
{
    return kzalloc(max(bytes, (size_t)2049));
}

extern char osv_image_start[], osv_data_start[];

void steps_memory(void)
{
    if (mem_init(&boot_handoff) != 0 ||
        linear_make_read_only((paddr_t)osv_image_start - IMAGE_OFFSET, (paddr_t)osv_data_start - IMAGE_OFFSET) != 0)
        too_little_memory();
    arch_fpu_set_allocator(fpu_area);
}

static void copy_words(const char **to, unsigned *n, unsigned max, const struct word_list *from)
{
    for (unsigned i = 0; i < from->n && *n < max; i++)
        to[(*n)++] = from->words[i];
}

static void configure_network(void)
{
    struct net_config *c = &net_boot_config;
    copy_words(c->ip, &c->n_ip, ARRAY_SIZE(c->ip), &init_options.ip);
    copy_words(c->nameserver, &c->n_nameserver, ARRAY_SIZE(c->nameserver), &init_options.nameserver);
    if (init_options.defaultgw)
        c->gateway[c->n_gateway++] = init_options.defaultgw;
}

static void start_tracer(bool wanted, void (*start)(void), const char *option)
{
    if (wanted && start)
        start();
    else if (wanted)
        log_warn("%s: this image has no tracer; link it with osv-cc -u osv_strace, or use the debug profile", option);
}

static void start_tracers(void)
{
    start_tracer(init_options.strace, strace_start, "--strace");
    start_tracer(init_options.syscall_summary, syscall_summary_start, "--syscall-summary");
    start_tracer(init_options.missing_files, missing_files_start, "--missing-files");
}

/* The console that --console= names; without a serial port, the one there is. */
static void choose_console(void)
{
    const char *name = init_options.console;
    bool wants_serial = name == NULL || strcmp(name, "ttyS0") == 0 || strcmp(name, "uart") == 0 || strcmp(name, "all") == 0;
    bool wants_virtio = name != NULL && (strcmp(name, "hvc0") == 0 || strcmp(name, "virtio") == 0);
    if (!wants_serial && !wants_virtio)
        log_warn("--console=%s: there is no such console; take ttyS0 or hvc0", name);
    if (!wants_virtio && console_primary() != NULL)
        return;
    if (!hvc_start)
        log_warn("--console=%s: this image has no driver for it; link it with osv-cc -u osv_virtio_console", name ? name : "hvc0");
    else if (!hvc_start())
        log_warn("--console=%s: the machine has no virtio console; QEMU makes one by -device virtio-serial -device virtconsole", name ? name : "hvc0");
}

void steps_run(void)
{
    sched_init();
    irqchip_init();
    platform_clock_init();
    if (syscall_from_frame)
        trap_set_syscall(syscall_from_frame);
    irq_enable();
    struct process *first;
    process_set_randomize(!init_options.norandom);
    if (process_create_first(&first) != 0)
        too_little_memory();
    if (arch_cpu_count_possible() > 1)
        sched_start_cpus();
    if (&net_boot_config)
        configure_network();
    if (&pci_disabled)
        pci_disabled = init_options.nopci;
    choose_console();
    if (!init_options.nomount && filesystems_start && filesystems_start() != 0)
        too_little_memory();
    files_mount();
    start_tracers();
    if (init_options.delay_ms)
        sleep_until(clock_monotonic_ns() + (nsec_t)init_options.delay_ms * NSEC_PER_MSEC, false);
}
