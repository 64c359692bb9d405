// SPDX-License-Identifier: BSD-3-Clause
// The options of `osv run`, parsed and checked.
#include "run_options.h"

#include "message.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_NET = 256, OPT_STRACE, OPT_GDB, OPT_TIMEOUT, OPT_MACHINE, OPT_ACCEL, OPT_DRY_RUN, OPT_ROOTFS, OPT_VERBOSE,
    OPT_CWD, OPT_KERNEL, OPT_QEMU, OPT_QEMU_ARG, OPT_CPU_MODEL, OPT_PROFILE, OPT_LINKER,
    OPT_BOOTCHART, OPT_ALL_FILES, OPT_SYSCALL_SUMMARY, OPT_MISSING_FILES, OPT_CONSOLE,
};

static const struct option long_options[] = {
    {"memory", required_argument, NULL, 'm'},
    {"cpus", required_argument, NULL, 'c'},
    {"publish", required_argument, NULL, 'p'},
    {"volume", required_argument, NULL, 'v'},
    {"env", required_argument, NULL, 'e'},
    {"net", required_argument, NULL, OPT_NET},
    {"strace", no_argument, NULL, OPT_STRACE},
    {"syscall-summary", no_argument, NULL, OPT_SYSCALL_SUMMARY},
    {"missing-files", no_argument, NULL, OPT_MISSING_FILES},
    {"bootchart", no_argument, NULL, OPT_BOOTCHART},
    {"linker", required_argument, NULL, OPT_LINKER},
    {"gdb", optional_argument, NULL, OPT_GDB},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"machine", required_argument, NULL, OPT_MACHINE},
    {"console", required_argument, NULL, OPT_CONSOLE},
    {"accel", required_argument, NULL, OPT_ACCEL},
    {"cpu-model", required_argument, NULL, OPT_CPU_MODEL},
    {"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"rootfs", required_argument, NULL, OPT_ROOTFS},
    {"all-files", no_argument, NULL, OPT_ALL_FILES},
    {"cwd", required_argument, NULL, OPT_CWD},
    {"kernel-option", required_argument, NULL, OPT_KERNEL},
    {"qemu", required_argument, NULL, OPT_QEMU},
    {"qemu-arg", required_argument, NULL, OPT_QEMU_ARG},
    {"profile", required_argument, NULL, OPT_PROFILE},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {NULL, 0, NULL, 0},
};

enum { NETS_MAX = 8 };

const char *machine_name(enum machine_kind machine)
{
    static const char *const names[] = {"microvm", "q35", "pc"};
    return names[machine];
}

/* Index of @word in the NULL-terminated @choices, or the end of the command. */
static int choose(const char *option, const char *word, const char *const *choices, const char *listed)
{
    for (int i = 0; choices[i]; i++)
        if (strcmp(choices[i], word) == 0)
            return i;
    fail("%s takes %s, not '%s'", option, listed, word);
}

static uint64_t parse_memory(const char *word)
{
    char *end;
    errno = 0;
    unsigned long long amount = strtoull(word, &end, 10);
    int shift = 20;
    if (*end && !end[1])
        shift = tolower((unsigned char)*end) == 'k'   ? 10
                : tolower((unsigned char)*end) == 'm' ? 20
                : tolower((unsigned char)*end) == 'g' ? 30
                                                      : -1;
    if (!isdigit((unsigned char)*word) || errno || (*end && end[1]) || shift < 0 || amount == 0 ||
        amount > (UINT64_MAX >> 1 >> shift))
        fail("-m takes a size such as 128M or 2G, not '%s'", word);
    uint64_t bytes = (uint64_t)amount << shift;
    if (bytes < 2 << 20)
        fail("-m %s is too little memory; a guest needs at least 2M", word);
    if (bytes > 1ull << 40)
        fail("-m %s is too much memory; at most 1024G can be mapped", word);
    return bytes;
}

static unsigned parse_number(const char *option, const char *word, unsigned least, unsigned most)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(word, &end, 10);
    if (!isdigit((unsigned char)*word) || *end || errno || value < least || value > most)
        fail("%s takes a number from %u to %u, not '%s'", option, least, most, word);
    return (unsigned)value;
}

static double parse_seconds(const char *word)
{
    char *end;
    double seconds = strtod(word, &end);
    if (end == word || *end || !(seconds > 0) || seconds > 1e7)
        fail("--timeout takes a number of seconds such as 30 or 0.5, not '%s'", word);
    return seconds;
}

/* [ADDRESS:]HOST:GUEST[/tcp|/udp] */
static void parse_forward(struct run_options *options, const char *word)
{
    char address[64] = "", protocol[4] = "tcp";
    unsigned host, guest;
    int used = -1;
    const char *ports = word, *last = strrchr(word, ':'), *first = strchr(word, ':');
    if (last != first) {
        const char *middle = last;
        while (middle > word && *--middle != ':')
            ;
        snprintf(address, sizeof(address), "%.*s", (int)(middle - word), word);
        ports = middle + 1;
    }
    int fields = sscanf(ports, "%5u:%5u%n", &host, &guest, &used);
    const char *tail = used > 0 ? ports + used : "?";
    if (*tail == '/')
        snprintf(protocol, sizeof(protocol), "%s", tail + 1);
    bool good_tail = !*tail || !strcmp(tail, "/tcp") || !strcmp(tail, "/udp");
    if (fields != 2 || !good_tail || host < 1 || guest < 1 || host > 65535 || guest > 65535)
        fail("-p takes [ADDRESS:]HOST-PORT:GUEST-PORT[/udp], such as 8080:80, not '%s'", word);
    words_addf(&options->forwards, "%s:%s:%u-:%u", protocol, address, host, guest);
}

static void parse_volume(struct run_options *options, const char *word)
{
    const char *colon = strrchr(word, ':');
    if (!colon || colon == word || colon[1] != '/')
        fail("-v takes HOST-PATH:/GUEST-PATH, not '%s'", word);
    words_add(&options->volumes, word);
}

static void parse_environment(struct run_options *options, const char *word)
{
    const char *value = getenv(word);
    if (*word == '=' || *word == '\0')
        fail("-e takes NAME=VALUE, or NAME to pass the host's value, not '%s'", word);
    if (strchr(word, '='))
        words_add(&options->environment, word);
    else if (value)
        words_addf(&options->environment, "%s=%s", word, value);
}

/* May be repeated: each adds a network device; `none` stands alone. */
static void parse_net(struct run_options *options, const char *word)
{
    enum net_kind kind = NET_NONE;
    if (strcmp(word, "user") == 0)
        kind = NET_USER;
    else if (string_starts(word, "tap:") && word[4] && !strpbrk(word + 4, ",/ ") && strlen(word + 4) < 16)
        kind = NET_TAP;
    else if (strcmp(word, "none") != 0)
        fail("--net takes user, tap:INTERFACE or none, not '%s'", word);
    if (options->net != NET_AUTO && (kind == NET_NONE || options->net == NET_NONE))
        fail("--net none goes with no other --net; drop one of them");
    if (options->nets.count == NETS_MAX)
        fail("--net: more than %d network devices; drop some", NETS_MAX);
    if (options->net == NET_AUTO)
        options->net = kind;
    if (kind != NET_NONE)
        words_add(&options->nets, word);
}

static void parse_gdb(struct run_options *options, const char *port)
{
    options->gdb = true;
    if (port)
        options->gdb_port = parse_number("--gdb", port, 1, 65535);
}

/* Options that concern the machine. Return: whether @option is one. */
static bool parse_machine_option(struct run_options *options, int option, const char *word)
{
    static const char *const machines[] = {"microvm", "q35", "pc", NULL}, *const accels[] = {"auto", "tcg", "kvm", NULL},
                      *const consoles[] = {"serial", "virtio", NULL};
    switch (option) {
    case 'm':
        options->memory_bytes = parse_memory(word);
        return true;
    case 'c':
        options->cpus = parse_number("-c", word, 1, 64);
        return true;
    case 'p':
        parse_forward(options, word);
        return true;
    case OPT_NET:
        parse_net(options, word);
        return true;
    case OPT_MACHINE:
        options->machine = (enum machine_kind)choose("--machine", word, machines, "microvm, q35 or pc");
        return true;
    case OPT_CONSOLE:
        options->console = (enum console_kind)choose("--console", word, consoles, "serial or virtio");
        return true;
    case OPT_ACCEL:
        options->accel = (enum accel_kind)choose("--accel", word, accels, "auto, tcg or kvm");
        return true;
    case OPT_CPU_MODEL:
        options->cpu_model = string_copy(word);
        return true;
    case OPT_QEMU:
        options->qemu = string_copy(word);
        return true;
    case OPT_QEMU_ARG:
        words_add(&options->qemu_args, word);
        return true;
    }
    return false;
}

/* Options that become words of the kernel command line, or files of the guest. Return: whether @option is one. */
static bool parse_guest_option(struct run_options *options, int option, const char *word)
{
    static const char *const linkers[] = {"auto", "osv", "system", NULL};
    switch (option) {
    case 'v':
        parse_volume(options, word);
        return true;
    case 'e':
        parse_environment(options, word);
        return true;
    case OPT_STRACE:
        options->strace = true;
        return true;
    case OPT_SYSCALL_SUMMARY:
        words_add(&options->kernel, "--syscall-summary");
        return true;
    case OPT_MISSING_FILES:
        words_add(&options->kernel, "--missing-files");
        return true;
    case OPT_BOOTCHART:
        words_add(&options->kernel, "--bootchart");
        return true;
    case OPT_LINKER:
        options->linker = (enum linker_kind)choose("--linker", word, linkers, "auto, osv or system");
        return true;
    case OPT_KERNEL:
        words_add(&options->kernel, word);
        return true;
    case OPT_ROOTFS:
        options->rootfs = string_copy(word);
        return true;
    case OPT_ALL_FILES:
        return options->all_files = true;
    case OPT_CWD:
        options->working_dir = string_copy(word);
        return true;
    }
    return false;
}

static void parse_option(struct run_options *options, int option, const char *word)
{
    static const char *const profiles[] = {"release", "debug", NULL};
    if (parse_machine_option(options, option, word) || parse_guest_option(options, option, word))
        return;
    switch (option) {
    case OPT_GDB:
        parse_gdb(options, word);
        break;
    case OPT_TIMEOUT:
        options->timeout_s = parse_seconds(word);
        break;
    case OPT_DRY_RUN:
        options->dry_run = true;
        break;
    case OPT_VERBOSE:
        options->verbose = true;
        break;
    case OPT_PROFILE:
        choose("--profile", word, profiles, "release or debug");
        options->profile = string_copy(word);
        break;
    }
}

static _Noreturn void fail_option(int option, char **argv)
{
    if (option == ':')
        fail("option '%s' needs a value; see `osv run --help`", argv[optind - 1]);
    if (optopt && optopt < 256)
        fail("unknown option '-%c'; see `osv run --help`", optopt);
    fail("unknown option '%s'; see `osv run --help` (options of the program go after it)", argv[optind - 1]);
}

static bool has_user_net(const struct run_options *options)
{
    for (size_t i = 0; i < options->nets.count; i++)
        if (strcmp(options->nets.items[i], "user") == 0)
            return true;
    return false;
}

void run_options_parse(struct run_options *options, int argc, char **argv)
{
    *options = (struct run_options){.cpus = 1, .gdb_port = 1234};
    opterr = 0;
    optind = 1;
    int option;
    while ((option = getopt_long(argc, argv, "+:m:c:p:v:e:", long_options, NULL)) != -1) {
        if (option == ':' || option == '?')
            fail_option(option, argv);
        parse_option(options, option, optarg);
    }
    if (!options->profile)
        options->profile = string_copy("release");
    if (optind >= argc)
        fail("no program named; usage: osv run [options] PROGRAM [--] [arguments]");
    options->program = string_copy(argv[optind++]);
    if (optind < argc && strcmp(argv[optind], "--") == 0)
        optind++;
    while (optind < argc)
        words_add(&options->arguments, argv[optind++]);
    if (options->forwards.count && options->net == NET_NONE)
        fail("-p needs a network; drop --net none");
    if (options->forwards.count && options->net == NET_TAP && !has_user_net(options))
        fail("-p works with --net user only; with a tap interface the guest has its own address");
}
