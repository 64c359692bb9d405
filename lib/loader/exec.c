// SPDX-License-Identifier: BSD-3-Clause
// Replaces the calling process's program: execve and the start of a foreign program.
#include "loader/exec.h"

#include <elf.h>
#include "arch/cpu.h"
#include "arch/frame.h"
#include "arch/thread.h"
#include "base/log.h"
#include "base/string.h"
#include "device/class.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "loader/initial_stack.h"
#include "loader/vdso.h"
#include "mem/kalloc.h"
#include "process/exec.h"
#include "process/process.h"
#include "sched/thread.h"
#include "vfs/path.h"
#include "vm/space.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>

/*
 * Theory. An exec has two halves. The first opens and checks everything (the program, its #! interpreter, its ELF interpreter) and
 * may fail with the old program intact. At the point of no return the other threads end and the old program's memory
 * goes; from there on a failure ends the process with SIGKILL, as Linux does. The linked image stays mapped: the kernel lives in it.
 * The stack is mapped whole and filled on demand.
 */

#define SCRIPT_LINE_MAX 256
#define SCRIPT_DEPTH_MAX 5
#define MIN_SIGSTACK_FIXED_BYTES 1216 /* rt_sigframe without the vector state, with red zone and alignment */

struct exec_state {
    struct file *program, *interp;
    struct elf_plan plan, interp_plan;
    char *path; /* what AT_EXECFN says */
    bool from_descriptor;
};

static void report(const char *path, const char *why) { log_error("%s: cannot run: %s", path, why); }

static int open_for_exec(int dirfd, const char *path, int at_flags, struct file **out)
{
    unsigned walk = (at_flags & AT_EMPTY_PATH) ? WALK_EMPTY_OK : 0;
    if (at_flags & AT_SYMLINK_NOFOLLOW)
        walk |= WALK_NOFOLLOW;
    struct file *f;
    int err = vfs_open_exec(dirfd, path, walk, &f);
    if (!err)
        *out = f;
    return err;
}

/* Splits "#! interpreter optional-argument"; @line is terminated. Return: 0, -ENOEXEC. */
static int parse_script_line(char *line, char **interp, char **arg)
{
    char *end = strchr(line, '\n');
    if (end == NULL && strlen(line) >= SCRIPT_LINE_MAX - 1 && strchr(line + 2, ' ') == NULL)
        return -ENOEXEC; /* the interpreter's name itself is cut off */
    if (end != NULL)
        *end = '\0';
    size_t n = strlen(line);
    while (n > 2 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
        line[--n] = '\0';
    char *p = line + 2;
    while (*p == ' ' || *p == '\t')
        p++;
    if (*p == '\0')
        return -ENOEXEC;
    *interp = p;
    while (*p != '\0' && *p != ' ' && *p != '\t')
        p++;
    *arg = NULL;
    if (*p == '\0')
        return 0;
    *p++ = '\0';
    while (*p == ' ' || *p == '\t')
        p++;
    if (*p != '\0')
        *arg = p;
    return 0;
}

/* argv becomes: interpreter, optional argument, script, the old argv without its first. */
static int rewrite_script_argv(struct exec_strings *argv, const char *interp, const char *arg, const char *script)
{
    if (argv->n > 0) {
        size_t first = strlen(argv->bytes) + 1;
        memmove(argv->bytes, argv->bytes + first, argv->n_bytes - first);
        argv->n_bytes -= first;
        argv->n--;
    }
    int err = exec_strings_prepend(argv, script);
    if (!err && arg != NULL)
        err = exec_strings_prepend(argv, arg);
    if (!err)
        err = exec_strings_prepend(argv, interp);
    return err;
}

/* If the program is a script, replaces it by its interpreter. Return: 1 replaced, 0 not a script, -errno. */
static int follow_script(struct exec_state *s, struct exec_request *r)
{
    char *line = kzalloc(SCRIPT_LINE_MAX);
    if (line == NULL)
        return -ENOMEM;
    char *interp, *arg;
    long n = file_read_kernel(s->program, line, SCRIPT_LINE_MAX - 1, 0);
    int err = n < 0 ? (int)n : 0;
    if (n < 2 || line[0] != '#' || line[1] != '!')
        goto out;
    err = parse_script_line(line, &interp, &arg);
    if (!err)
        err = rewrite_script_argv(&r->argv, interp, arg, s->path);
    if (err)
        goto out;
    struct file *f;
    err = open_for_exec(AT_FDCWD, interp, 0, &f);
    if (err)
        goto out;
    file_put(s->program);
    s->program = f;
    err = 1;
out:
    kfree(line);
    return err;
}

static int open_interp(struct exec_state *s)
{
    char *name = kmalloc(s->plan.interp_bytes);
    if (name == NULL)
        return -ENOMEM;
    const char *why = "it is not an ELF interpreter";
    long n = file_read_kernel(s->program, name, s->plan.interp_bytes, (int64_t)s->plan.interp_offset);
    int err = n == (long)s->plan.interp_bytes ? 0 : -EIO;
    if (!err && name[n - 1] != '\0') {
        report(s->path, "its interpreter's name is not terminated");
        err = -ENOEXEC;
    }
    if (!err)
        err = open_for_exec(AT_FDCWD, name, 0, &s->interp);
    if (err == -ENOENT)
        log_error("%s: needs the program interpreter %s, which is not in the root file system", s->path, name);
    if (!err)
        err = loader_read_plan(s->interp, &s->interp_plan, &why);
    if (err == -ENOEXEC) {
        report(name, why);
        err = -ELIBBAD;
    }
    kfree(name);
    return err;
}

static int prepare(struct exec_state *s, struct exec_request *r)
{
    int err = open_for_exec(r->dirfd, r->path, r->at_flags, &s->program);
    if (err)
        return err;
    s->path = kstrdup(r->path);
    if (s->path == NULL)
        return -ENOMEM;
    int depth = 0;
    while ((err = follow_script(s, r)) == 1) {
        if (++depth == SCRIPT_DEPTH_MAX)
            return -ELOOP;
    }
    if (err)
        return err;
    const char *why = "";
    err = loader_read_plan(s->program, &s->plan, &why);
    if (err == -ENOEXEC)
        report(s->path, why);
    if (!err && s->plan.interp_bytes != 0)
        err = open_interp(s);
    if (!err && r->argv.n == 0) /* Linux gives a program that was started without arguments one empty string */
        err = exec_strings_prepend(&r->argv, "");
    return err;
}

static void add_aux(struct initial_stack *st, uint64_t type, uint64_t value)
{
    st->aux[st->n_aux++] = (struct aux_entry){type, value};
}

static void fill_aux(struct initial_stack *st, const struct loaded_image *program, vaddr_t interp_base, vaddr_t vdso)
{
    const struct credentials *c = process_cred();
    if (vdso != 0)
        add_aux(st, AT_SYSINFO_EHDR, vdso);
    add_aux(st, AT_HWCAP, cpu_features.hwcap);
    add_aux(st, AT_PAGESZ, 4096);
    add_aux(st, AT_CLKTCK, 100);
    add_aux(st, AT_PHDR, program->phdrs);
    add_aux(st, AT_PHENT, sizeof(Elf64_Phdr));
    add_aux(st, AT_PHNUM, program->n_phdrs);
    add_aux(st, AT_BASE, interp_base);
    add_aux(st, AT_FLAGS, 0);
    add_aux(st, AT_ENTRY, program->entry);
    add_aux(st, AT_UID, c->uid);
    add_aux(st, AT_EUID, c->euid);
    add_aux(st, AT_GID, c->gid);
    add_aux(st, AT_EGID, c->egid);
    add_aux(st, AT_SECURE, 0);
    add_aux(st, AT_HWCAP2, cpu_features.hwcap2);
    add_aux(st, AT_MINSIGSTKSZ, MIN_SIGSTACK_FIXED_BYTES + cpu_features.xsave_bytes);
}

static int map_stack(struct address_space *as, bool executable, struct initial_stack *st)
{
    struct rlimit limit = process_limit(RLIMIT_STACK);
    uint64_t bytes = limit.rlim_cur;
    if (bytes > (64ull << 20)) /* unlimited: the mapping must have some size */
        bytes = 64ull << 20;
    if (bytes < (128u << 10))
        bytes = 128u << 10;
    bytes &= ~0xfffull;
    int prot = PROT_READ | PROT_WRITE | (executable ? PROT_EXEC : 0);
    const struct vm_map_request r = {.length = bytes,
                                     .prot = prot,
                                     .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | MAP_GROWSDOWN};
    long at = vm_map(as, &r);
    if (at < 0)
        return (int)at;
    vm_set_area_kind(as, (vaddr_t)at, bytes, VM_AREA_STACK);
    uint16_t jitter = 0;
    if (vm_randomizes(as))
        random_bytes(&jitter, sizeof jitter);
    st->top = (vaddr_t)at + bytes - (jitter & 0x7f0);
    st->max_bytes = bytes / 4 < EXEC_MAX_BYTES + 65536 ? bytes / 4 : EXEC_MAX_BYTES + 65536;
    return 0;
}

static void set_brk(struct address_space *as, const struct elf_plan *plan, const struct loaded_image *program)
{
    vaddr_t start = program->end;
    if (!plan->fixed && plan->interp_bytes == 0)
        start = 0x555555554000ull; /* the image lies among the mappings, where brk would have no room to grow */
    if (vm_randomizes(as)) {
        uint32_t pages = 0;
        random_bytes(&pages, sizeof pages);
        start += (vaddr_t)(pages & 0x1fff) * 4096;
    }
    vm_set_brk_start(as, start);
}

static void record(struct process *p, struct exec_state *s, const struct initial_stack *st, vaddr_t sp)
{
    char *exe = kmalloc(PATH_MAX);
    if (exe != NULL && (s->program->path == NULL || vfs_path_string(s->program->path, exe, PATH_MAX) < 0))
        strlcpy(exe, s->path, PATH_MAX);
    const char *base = strrchr(s->path, '/');
    process_exec_record(p, exe, base != NULL ? base + 1 : s->path);
    kfree(exe);
    p->arg_start = st->arg_start;
    p->arg_end = st->arg_end;
    p->env_start = st->env_start;
    p->env_end = st->env_end;
    p->stack_start = sp;
    process_exec_record_auxv(p, st->aux_start, st->aux_bytes);
}

/* After the point of no return. */
static int load(struct exec_state *s, struct exec_request *r, struct arch_frame *frame)
{
    struct process *p = process_current();
    struct loaded_image program, interp = {0};
    int err = loader_map_image(p->space, s->program, &s->plan, &program);
    if (!err && s->interp != NULL)
        err = loader_map_image(p->space, s->interp, &s->interp_plan, &interp);
    if (err)
        return err;
    set_brk(p->space, &s->plan, &program);
    struct initial_stack *st = kzalloc(sizeof *st);
    if (st == NULL)
        return -ENOMEM;
    st->argv = &r->argv;
    st->envp = &r->envp;
    st->exec_name = s->path;
    st->platform = "x86_64";
    random_bytes(st->random, sizeof st->random);
    err = map_stack(p->space, s->plan.stack_executable, st);
    vaddr_t sp = 0;
    if (!err) {
        fill_aux(st, &program, interp.bias, vdso_map(p->space));
        err = initial_stack_build(st, &sp);
    }
    if (!err) {
        record(p, s, st, sp);
        arch_frame_init_user(frame, s->interp != NULL ? interp.entry : program.entry, sp);
    }
    kfree(st);
    return err;
}

static void release(struct exec_state *s, struct exec_request *r)
{
    if (s->program != NULL)
        file_put(s->program);
    if (s->interp != NULL)
        file_put(s->interp);
    kfree(s->path);
    kfree(s);
    exec_strings_free(&r->argv);
    exec_strings_free(&r->envp);
}

int loader_exec(struct exec_request *r)
{
    struct exec_state *s = kzalloc(sizeof *s);
    if (s == NULL) {
        exec_strings_free(&r->argv);
        exec_strings_free(&r->envp);
        kfree(r->owned_path);
        return -ENOMEM;
    }
    int err = prepare(s, r);
    kfree(r->owned_path);
    r->owned_path = NULL;
    if (!err)
        err = process_exec_begin(process_current()); /* -EAGAIN: another thread is doing the same */
    if (err) {
        release(s, r);
        return err;
    }
    struct arch_frame frame;
    err = load(s, r, &frame);
    if (err)
        log_error("%s: cannot be loaded: %s", s->path, err == -ENOMEM ? "not enough memory or address space" : "read error");
    release(s, r);
    if (err)
        process_exit_group(9 /* SIGKILL */);
    arch_thread_set_fs_base(&thread_current()->arch, 0);
    arch_enter_user(&frame);
}
