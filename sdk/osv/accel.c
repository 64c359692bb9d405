// SPDX-License-Identifier: BSD-3-Clause
// Whether KVM on this machine really runs guests, found by trying and remembered until the next reboot.
//
// A /dev/kvm that opens proves nothing: on nested hosts ring 0 may be emulated an instruction at a time, at about one million
// instructions a second, and ordinary guests seem to hang. The probe guest counts down from two million and leaves through
// isa-debug-exit with a status of its own; half a second is ample for a working KVM and far too short for a broken one.
#include "accel.h"

#include "message.h"
#include "text.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROBE_STATUS = 0x2a, PROBE_EXIT = PROBE_STATUS << 1 | 1, PROBE_LIMIT_MS = 500, PROBE_ADDRESS = 0x100000 };

/* 32-bit protected mode, as PVH enters: mov $2000000,%ecx; 1: dec %ecx; jnz 1b; mov $0x501,%dx; mov $0x2a,%al; out; hlt loop */
static const unsigned char probe_code[] = {
    0xb9, 0x80, 0x84, 0x1e, 0x00, 0x49, 0x75, 0xfd, 0x66, 0xba, 0x01, 0x05,
    0xb0, PROBE_STATUS, 0xee, 0xfa, 0xf4, 0xeb, 0xfd,
};

struct probe_file {
    Elf64_Ehdr header;
    Elf64_Phdr load, note;
    Elf64_Nhdr note_header;
    char note_name[4];
    uint64_t note_entry;
    unsigned char code[sizeof(probe_code)];
} __attribute__((packed));

int accel_write_probe(int fd)
{
    enum { CODE = offsetof(struct probe_file, code), NOTE = offsetof(struct probe_file, note_header) };
    struct probe_file file = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
                   .e_entry = PROBE_ADDRESS + CODE, .e_phoff = offsetof(struct probe_file, load),
                   .e_ehsize = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2},
        .load = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = PROBE_ADDRESS, .p_paddr = PROBE_ADDRESS,
                 .p_filesz = sizeof(file), .p_memsz = sizeof(file), .p_align = 4096},
        .note = {.p_type = PT_NOTE, .p_flags = PF_R, .p_offset = NOTE, .p_vaddr = PROBE_ADDRESS + NOTE,
                 .p_paddr = PROBE_ADDRESS + NOTE, .p_filesz = CODE - NOTE, .p_memsz = CODE - NOTE, .p_align = 4},
        .note_header = {.n_namesz = 4, .n_descsz = 8, .n_type = 18 /* XEN_ELFNOTE_PHYS32_ENTRY */},
        .note_name = "Xen",
        .note_entry = PROBE_ADDRESS + CODE,
    };
    memcpy(file.code, probe_code, sizeof(probe_code));
    ssize_t put = write(fd, &file, sizeof(file));
    return put == (ssize_t)sizeof(file) ? 0 : put < 0 ? -errno : -EIO;
}

static void read_word(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file || !fgets(out, (int)size, file))
        snprintf(out, size, "unknown");
    out[strcspn(out, "\n")] = '\0';
    if (file)
        fclose(file);
}

/* What the answer depends on: this boot of the host, and the QEMU binary. */
static char *cache_key(const char *qemu)
{
    char boot[64];
    struct stat st = {0};
    read_word("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
    (void)stat(qemu, &st);
    return string_format("%s %s %lld %u", boot, qemu, (long long)st.st_mtime, geteuid());
}

static char *cache_path(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *dir = cache && *cache ? string_copy(cache) : string_format("%s/.cache", home && *home ? home : "/tmp");
    (void)mkdir(dir, 0700);
    char *osv = string_format("%s/osv", dir);
    (void)mkdir(osv, 0700);
    char *path = string_format("%s/kvm-probe", osv);
    free(dir);
    free(osv);
    return path;
}

/* The file holds "KEY\nyes|no". Return: 1, 0, or -1 if it says nothing about @key. */
static int cache_read(const char *path, const char *key)
{
    struct text text = {0};
    int answer = -1;
    size_t length = strlen(key);
    if (text_read_file(&text, path) && string_starts(text_string(&text), key) && text.data[length] == '\n')
        answer = string_starts(text.data + length + 1, "yes");
    text_fini(&text);
    return answer;
}

static void cache_write(const char *path, const char *key, bool works)
{
    char *temporary = string_format("%s.%d", path, (int)getpid());
    FILE *file = fopen(temporary, "we");
    if (file) {
        fprintf(file, "%s\n%s\n", key, works ? "yes" : "no");
        if (fclose(file) == 0)
            (void)rename(temporary, path);
    }
    (void)unlink(temporary);
    free(temporary);
}

static _Noreturn void exec_probe(const char *qemu, const char *kernel)
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        (void)dup2(null, fd);
    execl(qemu, qemu, "-M", "microvm", "-accel", "kvm", "-cpu", "host", "-m", "2M", "-nodefaults", "-no-user-config",
          "-display", "none", "-no-reboot", "-device", "isa-debug-exit,iobase=0x501,iosize=4", "-kernel", kernel, (char *)NULL);
    _exit(127);
}

/* Wait up to the limit, then kill. Return: the wait status, or -1 if the child was killed. */
static int wait_limited(pid_t child)
{
    int status = -1;
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd wait = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0 || poll(&wait, 1, PROBE_LIMIT_MS) != 1) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    } else {
        waitpid(child, &status, 0);
    }
    if (pidfd >= 0)
        close(pidfd);
    return status;
}

static bool probe(const char *qemu)
{
    char kernel[] = "/tmp/osv-probe-XXXXXX";
    int fd = mkstemp(kernel);
    if (fd < 0)
        return false;
    int error = accel_write_probe(fd);
    close(fd);
    pid_t child = error ? -1 : fork();
    if (child == 0)
        exec_probe(qemu, kernel);
    int status = child > 0 ? wait_limited(child) : -1;
    (void)unlink(kernel);
    return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == PROBE_EXIT;
}

bool accel_kvm_works(const char *qemu)
{
    if (access("/dev/kvm", R_OK | W_OK) != 0)
        return false;
    char *path = cache_path(), *key = cache_key(qemu);
    int known = cache_read(path, key);
    bool works = known >= 0 ? known : probe(qemu);
    if (known < 0)
        cache_write(path, key, works);
    free(path);
    free(key);
    return works;
}
