// SPDX-License-Identifier: BSD-3-Clause
// `osv doctor`: what this machine has of what the SDK uses, and how to get the rest.
#include "accel.h"
#include "command.h"
#include "message.h"
#include "prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tool {
    const char *names[4]; /* the first one found counts */
    const char *purpose;
    const char *package;  /* of Debian */
    bool is_required;
};

static const struct tool tools[] = {
    {{"qemu-system-x86_64"}, "boots images (osv run)", "qemu-system-x86", true},
    {{"clang", "clang-14", "gcc"}, "compiles and links (osv-cc)", "clang", true},
    {{"ld.lld", "ld.lld-14", "ld"}, "links (osv-cc)", "lld", true},
    {{"clang++", "clang++-14", "g++"}, "compiles C++ (osv-c++)", "g++", false},
    {{"pkg-config"}, "finds osv.pc (osv-pkg-config)", "pkg-config", false},
    {{"cmake"}, "builds CMake projects", "cmake", false},
    {{"gdb"}, "debugs guests (osv gdb)", "gdb", false},
    {{"cargo"}, "builds Rust programs (osv init --rust)", "cargo", false},
    {{"go"}, "builds Go programs (osv go)", "golang", false},
    {{"man"}, "shows the manual (man osv)", "man-db", false},
};

static void print_version(const char *path)
{
    struct text command = {0};
    text_append_shell_word(&command, path);
    text_append_string(&command, strcmp(path + strlen(path) - 2, "go") == 0 ? " version" : " --version");
    text_append_string(&command, " 2>/dev/null </dev/null");
    FILE *pipe = popen(text_string(&command), "re");
    char line[200] = "";
    if (!pipe || !fgets(line, sizeof(line), pipe))
        line[0] = '\0';
    if (pipe)
        pclose(pipe);
    line[strcspn(line, "\n")] = '\0';
    printf("%s%s%s%s\n", path, *line ? " (" : "", line, *line ? ")" : "");
    text_fini(&command);
}

/* Return: whether something required is missing. */
static bool check_tool(const struct tool *tool)
{
    char *path = NULL;
    for (int i = 0; !path && i < 4 && tool->names[i]; i++)
        path = program_find(tool->names[i]);
    printf("%-8s %-42s ", path ? "ok" : tool->is_required ? "MISSING" : "absent", tool->purpose);
    if (path)
        print_version(path);
    else
        printf("no %s; install it: apt-get install %s\n", tool->names[0], tool->package);
    free(path);
    return !path && tool->is_required;
}

static bool check_file(const char *relative, const char *purpose, bool is_required)
{
    char *path = prefix_path(relative);
    bool found = file_exists(path);
    printf("%-8s %-42s %s%s\n", found ? "ok" : is_required ? "MISSING" : "absent", purpose, path,
           found ? "" : " is not there; repeat `make install`");
    free(path);
    return !found && is_required;
}

static void check_kvm(void)
{
    char *qemu = program_find("qemu-system-x86_64");
    bool there = access("/dev/kvm", F_OK) == 0, open = access("/dev/kvm", R_OK | W_OK) == 0;
    bool works = qemu && accel_kvm_works(qemu);
    printf("%-8s %-42s %s\n", works ? "ok" : "absent", "runs guests at full speed (KVM)",
           works   ? "/dev/kvm"
           : !there ? "no /dev/kvm; guests are emulated (load kvm_intel or kvm_amd, or enable virtualisation)"
           : !open  ? "/dev/kvm may not be opened; add yourself to the group: adduser $USER kvm"
                    : "/dev/kvm opens but does not run an empty guest in half a second; guests are emulated");
    free(qemu);
}

static int doctor_main(int argc, char **argv)
{
    if (argc > 1)
        fail("unknown argument '%s'; `osv doctor` takes none", argv[1]);
    bool bad = false;
    printf("SDK at %s\n", prefix_dir());
    bad |= check_file("lib/x86_64/release/libosv.a", "the kernel library, release", true);
    bad |= check_file("lib/x86_64/debug/libosv.a", "the kernel library, debug", false);
    bad |= check_file("lib/x86_64/release/osv.ld", "the linker script", true);
    bad |= check_file("lib/x86_64/include/stdio.h", "C headers", true);
    bad |= check_file("lib/x86_64/release/osv-loader.elf", "the kernel for Linux programs", false);
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
        bad |= check_tool(&tools[i]);
    check_kvm();
    fflush(stdout);
    if (bad)
        warn("something required is missing; the lines marked MISSING say how to get it");
    return bad;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "check what this machine has, and say how to get the rest",
    .help = "usage: osv doctor\n"
            "\n"
            "Lists the tools and files that the SDK uses, with versions, and the fix for each that is missing.\n"
            "Ends with 1 if something required is missing.\n",
    .run = doctor_main,
};
