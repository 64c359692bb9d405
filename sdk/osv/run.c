// SPDX-License-Identifier: BSD-3-Clause
// `osv run`: boots an image, or a Linux program inside the loader kernel, and ends with its exit status.
#include "accel.h"
#include "command.h"
#include "foreign.h"
#include "guest.h"
#include "guest_cmdline.h"
#include "image.h"
#include "linker.h"
#include "message.h"
#include "prefix.h"
#include "qemu.h"
#include "run_options.h"
#include "symbolise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1ull << 20)

/* Everything about one run. */
struct run {
    struct run_options options;
    char *kernel;           /* ELF file to boot */
    char *initrd;           /* archive, or NULL */
    bool initrd_is_ours;    /* remove it at the end */
    uint64_t initrd_bytes;
    uint64_t kernel_end;    /* physical memory the kernel's segments need */
    bool wants_net;
    struct words arguments; /* for the kernel, after "--" */
    struct text command_line;
};

/* The archive vanishes also when a signal or an error ends the command. */
static char *archive_to_remove;

static void remove_archive(void)
{
    if (archive_to_remove)
        (void)unlink(archive_to_remove);
}

static char *temporary_file(void)
{
    const char *dir = getenv("TMPDIR");
    char *path = string_format("%s/osv-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0)
        fail("cannot make a temporary file '%s' (%s); set TMPDIR to a writable directory", path, strerror(errno));
    close(fd);
    return path;
}

static void check_abi(const struct image *image)
{
    if (image->abi.version != OSV_ABI_VERSION)
        fail("'%s' has ABI version %u, but this SDK knows version %u; link it again with this SDK's osv-cc", image->path,
             image->abi.version, OSV_ABI_VERSION);
    if (image->abi.machine != EM_X86_64)
        fail("'%s' is an image for %s, but this SDK runs x86-64; link it for x86-64", image->path,
             image_machine_name(image->abi.machine));
    if (!image->has_pvh)
        fail("'%s' has no PVH note, so QEMU cannot boot it; link it with osv-cc and do not strip its notes", image->path);
}

static void prepare_initrd(struct run *run, struct foreign *foreign)
{
    run->initrd = temporary_file();
    if (!run->options.dry_run) {
        archive_to_remove = run->initrd;
        atexit(remove_archive);
    }
    run->initrd_bytes = foreign_write_initrd(foreign, run->initrd);
}

/* An image linked with osv-cc. --rootfs and -v become its files. */
static void prepare_image(struct run *run, const struct image *image)
{
    bool has_symbols;
    run->kernel = string_copy(run->options.program);
    run->kernel_end = image->load_end;
    run->wants_net = image_symbol_exists(image, "osv.net_device_register", &has_symbols) || !has_symbols;
    if (run->options.console == CONSOLE_VIRTIO && !image_symbol_exists(image, "osv.hvc_start", &has_symbols) && has_symbols)
        fail("--console virtio: '%s' has no driver for it; link it again with osv-cc -u osv_virtio_console", image->path);
    words_add_all(&run->arguments, &run->options.arguments);
    if (!run->options.rootfs && !run->options.volumes.count)
        return;
    struct foreign files;
    foreign_collect_files(&files, &run->options);
    prepare_initrd(run, &files);
    foreign_fini(&files);
}

/* --linker: whether the built-in dynamic linker starts the program. */
static bool choose_built_in(const struct run *run)
{
    struct text why = {0};
    bool in_rootfs;
    if (run->options.linker == LINKER_SYSTEM)
        return false;
    char *path = foreign_locate(run->options.program, run->options.rootfs, &in_rootfs);
    char *program = path ? foreign_program_of(path, in_rootfs ? run->options.rootfs : "") : NULL;
    enum linker_verdict verdict = program ? linker_judge(program, in_rootfs ? run->options.rootfs : "", run->options.profile, &why)
                                          : LINKER_CANNOT;
    if (verdict == LINKER_FITS && !linker_locale_fits(&run->options.environment)) {
        verdict = LINKER_DIFFERS;
        text_append_string(&why, "the environment asks for a locale that only its own libc has");
    }
    bool built_in = verdict == LINKER_FITS || (run->options.linker == LINKER_OSV && verdict != LINKER_STATIC);
    if (verdict != LINKER_FITS && built_in && verdict == LINKER_CANNOT)
        warn("--linker=osv: %s; it may not start", text_string(&why));
    if (run->options.verbose)
        fprintf(stderr, "osv run: dynamic linker: %s%s%s\n", built_in ? "the built-in one (osv)" : "the program's own (system)",
                why.length ? ": " : "", why.length ? text_string(&why) : "");
    text_fini(&why);
    free(program);
    free(path);
    return built_in;
}

/* A Linux program: the loader kernel boots, the program and its files come in the archive. */
static void prepare_program(struct run *run)
{
    run->kernel = prefix_profile_path(run->options.profile, "osv-loader.elf");
    if (!file_exists(run->kernel))
        fail("'%s' is a Linux program, and the loader kernel '%s' that runs those is not installed; repeat `make install`",
             run->options.program, run->kernel);
    struct image loader;
    struct text why = {0};
    if (!image_open(&loader, run->kernel, &why))
        fail("%s", text_string(&why));
    run->kernel_end = loader.load_end;
    image_close(&loader);
    struct foreign foreign;
    foreign_collect(&foreign, &run->options);
    for (size_t i = 0; i < foreign.missing.count; i++)
        warn("library not found: %s; install its package, or add it with -v or --rootfs", foreign.missing.items[i]);
    if (choose_built_in(run))
        words_add(&run->arguments, "--linker=osv");
    words_add_all(&run->arguments, &foreign.command);
    prepare_initrd(run, &foreign);
    if (foreign.working_dir && !run->options.working_dir)
        run->options.working_dir = string_copy(foreign.working_dir);
    run->wants_net = true;
    foreign_fini(&foreign);
}

/* The ELF header of what the user named decides: an image, or a program (also a script) for the loader. */
static void prepare_kernel(struct run *run)
{
    struct image image;
    struct text why = {0};
    bool in_rootfs;
    char *path = foreign_locate(run->options.program, run->options.rootfs, &in_rootfs);
    if (!path)
        fail("cannot find '%s'; check the path", run->options.program);
    char *host = in_rootfs ? string_format("%s%s", run->options.rootfs, path) : string_copy(path);
    bool is_elf = image_open(&image, host, &why);
    if (is_elf && image.kind == IMAGE_OSV) {
        check_abi(&image);
        free(run->options.program);
        run->options.program = string_copy(host);
        prepare_image(run, &image);
    } else if (is_elf && image.kind == IMAGE_BARE) {
        fail("'%s' boots by PVH but carries no .note.osv.abi: it was not linked by this SDK; link it with osv-cc", path);
    } else if (is_elf || in_rootfs || foreign_is_script(host)) {
        prepare_program(run);
    } else {
        fail("%s", text_string(&why));
    }
    if (is_elf)
        image_close(&image);
    text_fini(&why);
    free(host);
    free(path);
}

static void choose_memory(struct run *run)
{
    bool is_program = run->arguments.count && run->initrd && string_ends(run->kernel, "/osv-loader.elf");
    uint64_t needed = run->kernel_end + run->initrd_bytes;
    if (!run->options.memory_bytes) {
        uint64_t wish = (is_program ? 512 : 128) * MIB + 2 * run->initrd_bytes;
        run->options.memory_bytes = wish > needed + 64 * MIB ? wish & ~(MIB - 1) : (needed + 128 * MIB) & ~(MIB - 1);
    }
    if (run->options.memory_bytes < needed)
        fail("-m %lluM is too little memory: the image%s needs %lluM before it starts; give it more",
             (unsigned long long)(run->options.memory_bytes / MIB), run->initrd ? " with its files" : "",
             (unsigned long long)((needed + MIB - 1) / MIB));
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void build_command_line(struct run *run)
{
    struct words options = {0};
    const struct run_options *o = &run->options;
    if (!string_ends(run->kernel, "/osv-loader.elf"))
        words_addf(&options, "--argv0=%s", base_name(o->program));
    words_add(&options, "--report-exit");
    if (o->console == CONSOLE_VIRTIO)
        words_add(&options, "--console=hvc0");
    if (!isatty(STDIN_FILENO))
        words_add(&options, "--no-tty");
    else if (getenv("TERM"))
        words_addf(&options, "--env=TERM=%s", getenv("TERM"));
    if (!isatty(STDOUT_FILENO))
        words_add(&options, "--no-tty-output");
    if (o->strace)
        words_add(&options, "--strace");
    if (o->verbose)
        words_add(&options, "--verbose");
    if (o->working_dir)
        words_addf(&options, "--cwd=%s", o->working_dir);
    for (size_t i = 0; i < o->environment.count; i++)
        words_addf(&options, "--env=%s", o->environment.items[i]);
    words_add_all(&options, &o->kernel);
    guest_cmdline_build(&run->command_line, &options, &run->arguments);
    if (run->command_line.length >= GUEST_CMDLINE_MAX)
        fail("arguments and environment take %zu bytes, but a kernel command line holds %d; put the bulk into a file and pass it with -v",
             run->command_line.length, GUEST_CMDLINE_MAX - 1);
    words_fini(&options);
}

static bool choose_kvm(const struct run_options *options, const char *qemu)
{
    if (options->accel == ACCEL_TCG)
        return false;
    bool works = accel_kvm_works(qemu);
    if (options->accel == ACCEL_KVM && !works)
        fail("--accel kvm: KVM does not run guests here (no access to /dev/kvm, or an empty guest took over half a second); use --accel tcg");
    return works;
}

static void print_command(FILE *out, const struct words *argv)
{
    struct text line = {0};
    for (size_t i = 0; i < argv->count; i++) {
        if (i)
            text_append_char(&line, ' ');
        text_append_shell_word(&line, argv->items[i]);
    }
    fprintf(out, "%s\n", text_string(&line));
    text_fini(&line);
}

static bool describe_address(void *symboliser, uint64_t address, struct text *out)
{
    return symboliser_describe(symboliser, address, out);
}

/* The DWARF is opened only when the first address comes. */
static bool describe_lazily(void *context, uint64_t address, struct text *out)
{
    static struct symboliser *symboliser;
    if (!symboliser)
        symboliser = symboliser_create(context);
    return describe_address(symboliser, address, out);
}

static int boot(struct run *run, const struct words *argv)
{
    struct console_filter filter = {
        .strip_cr = !isatty(STDOUT_FILENO), .describe = describe_lazily, .context = run->kernel};
    struct guest guest = {.argv = argv, .timeout_s = run->options.timeout_s, .filter = &filter};
    console_filter_init(&filter);
    int status = guest_run(&guest);
    console_filter_fini(&filter);
    return status;
}

static int run_main(int argc, char **argv)
{
    struct run run = {0};
    struct words qemu_argv = {0};
    run_options_parse(&run.options, argc, argv);
    char *qemu = qemu_find(run.options.qemu);
    prepare_kernel(&run);
    choose_memory(&run);
    build_command_line(&run);
    struct qemu_plan plan = {
        .qemu = qemu, .kernel = run.kernel, .initrd = run.initrd, .command_line = text_string(&run.command_line),
        .memory_bytes = run.options.memory_bytes, .use_kvm = choose_kvm(&run.options, qemu),
        .with_net = run.options.net == NET_USER || run.options.net == NET_TAP || run.options.forwards.count ||
                    (run.options.net == NET_AUTO && run.wants_net)};
    qemu_arguments(&qemu_argv, &plan, &run.options);
    if (run.options.dry_run) {
        print_command(stdout, &qemu_argv);
        return 0;
    }
    if (run.options.verbose)
        print_command(stderr, &qemu_argv);
    if (run.options.gdb)
        fprintf(stderr, "osv run: waiting for a debugger: osv gdb --port %u %s\n", run.options.gdb_port, run.kernel);
    return boot(&run, &qemu_argv);
}

const struct command command_run = {
    .name = "run",
    .summary = "boot an image, or run a Linux program",
    .help =
        "usage: osv run [options] PROGRAM [--] [arguments]\n"
        "\n"
        "Boots PROGRAM in QEMU and ends with its exit status. PROGRAM is an image linked with\n"
        "osv-cc, or any x86-64 Linux program or script of this machine (then the program, its\n"
        "libraries and data files are packed into the guest).\n"
        "\n"
        "machine:\n"
        "  -m, --memory SIZE        memory, such as 64M or 2G (128M; Linux programs: 512M)\n"
        "  -c, --cpus N             processors (1)\n"
        "      --machine KIND       microvm (default), q35 or pc\n"
        "      --console KIND       serial (default) or virtio (hvc0, a program that uses sockets has it)\n"
        "      --accel KIND         auto (default: KVM where it really works), tcg or kvm\n"
        "      --cpu-model MODEL    QEMU's -cpu (max)\n"
        "      --qemu PATH          QEMU to use; also $OSV_QEMU\n"
        "      --qemu-arg WORD      pass WORD on to QEMU; may be repeated\n"
        "network:\n"
        "  -p, --publish [ADDRESS:]HOST:GUEST[/udp]   forward a host port to the guest\n"
        "      --net KIND           user, tap:INTERFACE or none (user if the program has sockets);\n"
        "                           may be repeated\n"
        "files:\n"
        "  -v, --volume HOST:GUEST  copy a file or directory into the guest\n"
        "      --rootfs DIR         root directory of the guest\n"
        "      --all-files          with a Linux program: all files of its packages\n"
        "program:\n"
        "  -e, --env NAME[=VALUE]   environment variable\n"
        "      --cwd DIR            working directory\n"
        "      --linker KIND        auto or system: a Linux program's own dynamic linker links it\n"
        "      --profile NAME       release (default) or debug loader kernel\n"
        "observing:\n"
        "      --strace             print system calls\n"
        "      --syscall-summary    at the end, a table: calls, errors and time of each system call\n"
        "      --missing-files      at the end, the paths that the program looked for in vain\n"
        "      --bootchart          print how long each step of the boot took\n"
        "      --gdb[=PORT]         wait for `osv gdb` (1234)\n"
        "      --kernel-option OPT  pass OPT to the kernel, such as --kernel-option=--trace=sched\n"
        "      --verbose            print the QEMU command line; let the kernel talk\n"
        "      --dry-run            print the QEMU command line and stop\n"
        "      --timeout SECONDS    end the guest after so long, with status 124\n"
        "\n"
        "On a terminal, three times Ctrl-] within a second ends the guest.\n"
        "Exit status: the program's; 124 time-out; 125 osv or QEMU failed; 134 the guest crashed.\n",
    .run = run_main,
};
