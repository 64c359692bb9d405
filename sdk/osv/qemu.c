// SPDX-License-Identifier: BSD-3-Clause
// QEMU: finding it, and the command line that boots a guest.
#include "qemu.h"

#include "message.h"
#include "prefix.h"

#include <stdlib.h>
#include <string.h>

char *qemu_find(const char *wanted)
{
    if (!wanted)
        wanted = getenv("OSV_QEMU");
    if (wanted && *wanted) {
        char *path = program_find(wanted);
        if (!path)
            fail("QEMU '%s' is not an executable program; correct --qemu or OSV_QEMU", wanted);
        return path;
    }
    char *path = program_find("qemu-system-x86_64");
    if (!path)
        fail("QEMU is missing (no qemu-system-x86_64 in PATH); install it: apt-get install qemu-system-x86");
    return path;
}

static void add_pair(struct words *argv, const char *option, const char *value)
{
    words_add(argv, option);
    words_add(argv, value);
}

/* On a microvm every virtio device sits behind MMIO; modern (1.x) registers only. */
static void add_machine(struct words *argv, const struct qemu_plan *plan, const struct run_options *options)
{
    words_add(argv, "-M");
    words_addf(argv, "%s%s", machine_name(options->machine),
               options->machine != MACHINE_MICROVM        ? ""
               : options->console == CONSOLE_SERIAL ? ",isa-serial=on"
                                                    : ",isa-serial=off");
    add_pair(argv, "-accel", plan->use_kvm ? "kvm" : options->cpus > 1 ? "tcg,thread=multi" : "tcg");
    add_pair(argv, "-cpu", options->cpu_model ? options->cpu_model : plan->use_kvm ? "host" : "max");
    words_add(argv, "-m");
    words_addf(argv, "%lluk", (unsigned long long)(plan->memory_bytes >> 10));
    words_add(argv, "-smp");
    words_addf(argv, "%u", options->cpus);
    if (options->machine == MACHINE_MICROVM)
        add_pair(argv, "-global", "virtio-mmio.force-legacy=false");
}

static void add_console(struct words *argv, const struct run_options *options)
{
    add_pair(argv, "-chardev", "stdio,id=console,signal=off");
    if (options->console == CONSOLE_SERIAL) {
        add_pair(argv, "-serial", "chardev:console");
        return;
    }
    add_pair(argv, "-device", options->machine == MACHINE_MICROVM ? "virtio-serial-device" : "virtio-serial-pci");
    add_pair(argv, "-device", "virtconsole,chardev=console");
}

/* @kind: "user" or "tap:INTERFACE". @forwards: whether the published ports are this device's. */
static void add_net_device(struct words *argv, const struct run_options *options, const char *kind, unsigned n, bool forwards)
{
    struct text backend = {0};
    if (string_starts(kind, "tap:"))
        text_printf(&backend, "tap,id=net%u,ifname=%s,script=no,downscript=no", n, kind + 4);
    else
        text_printf(&backend, "user,id=net%u", n);
    for (size_t i = 0; forwards && i < options->forwards.count; i++)
        text_printf(&backend, ",hostfwd=%s", options->forwards.items[i]);
    add_pair(argv, "-netdev", text_string(&backend));
    words_add(argv, "-device");
    if (options->machine == MACHINE_MICROVM)
        words_addf(argv, "virtio-net-device,netdev=net%u", n);
    else
        words_addf(argv, "virtio-net-pci,netdev=net%u,romfile=", n);
    text_fini(&backend);
}

static void add_net(struct words *argv, const struct run_options *options)
{
    bool forwarded = false;
    if (options->nets.count == 0)
        add_net_device(argv, options, "user", 0, true);
    for (size_t i = 0; i < options->nets.count; i++) {
        bool is_user = strcmp(options->nets.items[i], "user") == 0;
        add_net_device(argv, options, options->nets.items[i], (unsigned)i, is_user && !forwarded);
        forwarded |= is_user;
    }
}

void qemu_arguments(struct words *argv, const struct qemu_plan *plan, const struct run_options *options)
{
    words_add(argv, plan->qemu);
    add_machine(argv, plan, options);
    words_add(argv, "-nodefaults");
    words_add(argv, "-no-user-config");
    words_add(argv, "-no-reboot");
    add_pair(argv, "-display", "none");
    add_console(argv, options);
    add_pair(argv, "-device", "isa-debug-exit,iobase=0x501,iosize=4");
    if (plan->with_net)
        add_net(argv, options);
    if (options->gdb) {
        words_add(argv, "-gdb");
        words_addf(argv, "tcp:127.0.0.1:%u", options->gdb_port);
        words_add(argv, "-S");
    }
    add_pair(argv, "-kernel", plan->kernel);
    if (plan->initrd)
        add_pair(argv, "-initrd", plan->initrd);
    add_pair(argv, "-append", plan->command_line);
    words_add_all(argv, &options->qemu_args);
}
