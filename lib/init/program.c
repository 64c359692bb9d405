// SPDX-License-Identifier: BSD-3-Clause
// The program's stack as Linux would make it, and the jump into it.

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "arch/frame.h"
#include "arch/pgtable.h"
#include "base/log.h"
#include "base/string.h"
#include "device/class.h"
#include "device/console.h"
#include "device/tty.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "loader/initial_stack.h"
#include "mem/kalloc.h"
#include "private.h"
#include "process/process.h"
#include "vm/space.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define STACK_BYTES (8ul << 20)
#define SIGNAL_FRAME_BYTES 1024u /* ucontext, siginfo, return address, red zone and alignment: all of a signal frame but the vector state */
#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

extern void osv_libc_start(uintptr_t *sp);
extern const Elf64_Ehdr osv_ehdr;
extern char osv_image_start[], osv_rodata_end[], osv_text_start[], osv_text_end[], osv_data_start[], osv_image_end[];

static void __noreturn fail(const char *what)
{
    console_text("OSv: cannot start the program: ");
    console_text(what);
    console_text("\r\n");
    shutdown_with_status(1);
}

static struct file *open_terminal(void)
{
    struct file *f;
    struct tty *t = tty_console();
    if (!t || tty_open(t, O_RDWR, &f) != 0)
        fail("no console");
    /* The program leads the session: ^C reaches it, and a shell finds job control. */
    if (f->ops->ioctl(f, TIOCSCTTY, 0) != 0)
        log_warn("the console is not the controlling terminal: ^C will not reach the program");
    return f;
}

static struct file *open_stream(bool output)
{
    struct file *f;
    if (console_stream_open(output, &f) != 0)
        fail("no console");
    return f;
}

/* Descriptors 0, 1 and 2: the console, as a terminal or, where the host has none, as streams. One open file serves what is alike. */
static void open_console(void)
{
    bool in = !init_options.no_tty, out = !init_options.no_tty_output;
    struct file *terminal = in || out ? open_terminal() : NULL, *output = out ? terminal : open_stream(true);
    struct file *input = in ? terminal : open_stream(false);
    if (input == output)
        file_get(output);
    file_get(output);
    if (fd_open_file(input, false) != 0 || fd_open_file(output, false) != 1 || fd_open_file(output, false) != 2)
        fail("no descriptor for the console");
}

static void add_image(struct address_space *as)
{
    size_t rodata = (size_t)(osv_text_start - osv_image_start), text = (size_t)(osv_data_start - osv_text_start);
    size_t data = (size_t)(osv_image_end - osv_data_start);
    if (vm_add_image(as, (vaddr_t)osv_image_start, rodata, PROT_READ, "/osv") ||
        vm_add_image(as, (vaddr_t)osv_text_start, text, PROT_READ | PROT_EXEC, "/osv") ||
        vm_add_image(as, (vaddr_t)osv_data_start, data, PROT_READ | PROT_WRITE, "/osv"))
        fail("out of memory");
    vaddr_t end = ALIGN_UP((vaddr_t)osv_image_end, PAGE_SIZE) + PAGE_SIZE;
    vm_set_brk_start(as, end + (vm_randomizes(as) ? (vm_random() & 0x1fff) << PAGE_SHIFT : 0));
}

static char *put_string(char *at, const char *s)
{
    size_t n = strlen(s) + 1;
    memcpy(at, s, n);
    return at + n;
}

static void make_strings(struct exec_strings *out, const char *first, const char *const *words, unsigned n)
{
    size_t bytes = first ? strlen(first) + 1 : 0;
    for (unsigned i = 0; i < n; i++)
        bytes += strlen(words[i]) + 1;
    char *at = kmalloc(bytes ? bytes : 1);
    if (!at)
        fail("out of memory");
    *out = (struct exec_strings){at, bytes, n + (first != NULL)};
    if (first)
        at = put_string(at, first);
    for (unsigned i = 0; i < n; i++)
        at = put_string(at, words[i]);
}

static void add_aux(struct initial_stack *s, uint64_t type, uint64_t value)
{
    s->aux[s->n_aux++] = (struct aux_entry){type, value};
}

static void fill_aux(struct initial_stack *s)
{
    add_aux(s, AT_HWCAP, cpu_features.hwcap);
    add_aux(s, AT_PAGESZ, 4096);
    add_aux(s, AT_CLKTCK, 100);
    add_aux(s, AT_PHDR, (uintptr_t)&osv_ehdr + osv_ehdr.e_phoff);
    add_aux(s, AT_PHENT, sizeof(Elf64_Phdr));
    add_aux(s, AT_PHNUM, osv_ehdr.e_phnum);
    add_aux(s, AT_BASE, 0);
    add_aux(s, AT_FLAGS, 0);
    add_aux(s, AT_ENTRY, (uintptr_t)osv_libc_start);
    add_aux(s, AT_UID, 0);
    add_aux(s, AT_EUID, 0);
    add_aux(s, AT_GID, 0);
    add_aux(s, AT_EGID, 0);
    add_aux(s, AT_SECURE, 0);
    add_aux(s, AT_HWCAP2, cpu_features.hwcap2);
    add_aux(s, AT_MINSIGSTKSZ, ALIGN_UP((uint64_t)cpu_features.xsave_bytes, 64) + SIGNAL_FRAME_BYTES);
}

static vaddr_t map_stack(struct address_space *as)
{
    struct vm_map_request r = {
        .length = STACK_BYTES, .prot = PROT_READ | PROT_WRITE, .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_GROWSDOWN};
    long base = vm_map(as, &r);
    if (base < 0)
        fail("no memory for its stack");
    vm_set_area_kind(as, (vaddr_t)base, STACK_BYTES, VM_AREA_STACK);
    return (vaddr_t)base + STACK_BYTES;
}

void program_start(void)
{
    struct process *p = process_current();
    const struct command_line *o = &init_options;
    struct exec_strings argv, envp;
    struct arch_frame frame;
    vaddr_t sp;
    struct initial_stack s = {.max_bytes = STACK_BYTES, .argv = &argv, .envp = &envp, .platform = "x86_64"};
    open_console();
    files_redirect();
    add_image(p->space);
    s.exec_name = o->argv0 ? o->argv0 : "program";
    const char *base = strrchr(s.exec_name, '/');
    strlcpy(p->comm, base ? base + 1 : s.exec_name, sizeof(p->comm));
    thread_set_name(thread_current(), p->comm);
    s.top = map_stack(p->space);
    make_strings(&argv, s.exec_name, (const char *const *)o->arguments, o->n_arguments);
    make_strings(&envp, NULL, o->env.words, o->env.n);
    if (!o->norandom)
        random_bytes(s.random, sizeof(s.random));
    fill_aux(&s);
    if (initial_stack_build(&s, &sp) != 0)
        fail("its arguments and environment are too long");
    p->stack_start = sp;
    p->arg_start = s.arg_start;
    p->arg_end = s.arg_end;
    p->env_start = s.env_start;
    p->env_end = s.env_end;
    p->auxv_start = s.aux_start;
    p->auxv_bytes = s.aux_bytes;
    kfree(argv.bytes);
    kfree(envp.bytes);
    arch_frame_init_user(&frame, (uintptr_t)osv_libc_start, sp - 8);
    frame.rdi = sp;
    bootchart_mark("program");
    bootchart_print();
    arch_enter_user(&frame);
}
