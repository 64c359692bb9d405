// SPDX-License-Identifier: BSD-3-Clause
// ELF headers become a plan: real programs, every kind of bad header, and random damage under the sanitizers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "elf_plan_rules.h"

enum { PHDR, INTERP, TEXT, DATA, STACK, N_PHDRS };
#define FILE_BYTES 0x5000ull

struct image {
    Elf64_Ehdr h;
    Elf64_Phdr p[N_PHDRS];
    uint64_t file_bytes;
};

/* A small position-independent program as a linker would lay it out. */
static struct image sample(void)
{
    struct image m = {
        .h = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
              .e_type = ET_DYN,
              .e_machine = EM_X86_64,
              .e_version = EV_CURRENT,
              .e_entry = 0x1100,
              .e_phoff = sizeof(Elf64_Ehdr),
              .e_ehsize = sizeof(Elf64_Ehdr),
              .e_phentsize = sizeof(Elf64_Phdr),
              .e_phnum = N_PHDRS},
        .p = {[PHDR] = {PT_PHDR, PF_R, 0x40, 0x40, 0x40, sizeof m.p, sizeof m.p, 8},
              [INTERP] = {PT_INTERP, PF_R, 0x300, 0x300, 0x300, 28, 28, 1},
              [TEXT] = {PT_LOAD, PF_R | PF_X, 0, 0, 0, 0x2000, 0x2000, 0x1000},
              [DATA] = {PT_LOAD, PF_R | PF_W, 0x2d00, 0x3d00, 0x3d00, 0x400, 0x1400, 0x1000},
              [STACK] = {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16}},
        .file_bytes = FILE_BYTES};
    return m;
}

/* Both steps, as exec does them; the table ends where its allocation ends. */
static int plan_of(const struct image *m, struct elf_plan *plan, const char **why)
{
    int err = elf_check_header(&m->h, m->file_bytes, why);
    if (err)
        return err;
    size_t n = m->h.e_phnum, have = n < N_PHDRS ? n : N_PHDRS;
    Elf64_Phdr *table = calloc(n, sizeof *table);
    memcpy(table, m->p, have * sizeof *table);
    err = elf_plan_build(&m->h, table, m->file_bytes, plan, why);
    free(table);
    return err;
}

static void elf_plan_of_sample_holds_what_headers_say(void **state)
{
    struct image m = sample();
    struct elf_plan plan;
    const char *why = NULL;

    assert_int_equal(plan_of(&m, &plan, &why), 0);
    assert_null(elf_plan_broken_rule(&plan, m.file_bytes));
    assert_false(plan.fixed);
    assert_int_equal(plan.entry, 0x1100);
    assert_int_equal(plan.low, 0);
    assert_int_equal(plan.high, 0x6000);
    assert_int_equal(plan.align, 0x1000);
    assert_int_equal(plan.n_loads, 2);
    assert_int_equal(plan.loads[0].prot, PROT_READ | PROT_EXEC);
    assert_int_equal(plan.loads[1].prot, PROT_READ | PROT_WRITE);
    assert_int_equal(plan.loads[1].file_offset, 0x2d00);
    assert_int_equal(plan.loads[1].mem_bytes, 0x1400);
    assert_int_equal(plan.phdr_vaddr, 0x40);
    assert_int_equal(plan.n_phdrs, N_PHDRS);
    assert_int_equal(plan.interp_offset, 0x300);
    assert_int_equal(plan.interp_bytes, 28);
    assert_false(plan.stack_executable);
}

static void elf_plan_without_pt_phdr_finds_table_in_load(void **state)
{
    struct image m = sample();
    struct elf_plan plan;
    const char *why = NULL;

    m.h.e_type = ET_EXEC;
    m.p[PHDR].p_type = PT_NULL;
    m.p[TEXT].p_vaddr = 0x400000;
    m.p[DATA].p_vaddr += 0x400000;
    m.p[DATA].p_align = 0x200000;
    m.p[STACK].p_flags |= PF_X;
    assert_int_equal(plan_of(&m, &plan, &why), 0);
    assert_true(plan.fixed);
    assert_int_equal(plan.low, 0x400000);
    assert_int_equal(plan.phdr_vaddr, 0x400040);
    assert_int_equal(plan.align, 0x200000);
    assert_true(plan.stack_executable);
}

static void elf_plan_at_limits_is_accepted(void **state)
{
    struct image m = sample();
    struct elf_plan plan;
    const char *why = NULL;

    m.p[DATA].p_filesz = FILE_BYTES - m.p[DATA].p_offset; /* to the last byte of the file */
    m.p[DATA].p_memsz = ELF_USER_END - m.p[DATA].p_vaddr; /* and of user space */
    assert_int_equal(plan_of(&m, &plan, &why), 0);
    assert_int_equal(plan.high, ELF_USER_END);
    m = sample();
    m.p[DATA].p_memsz = m.p[DATA].p_filesz = 0; /* loads nothing, wherever its offset */
    m.p[DATA].p_offset = 0xffffffffffffed00;
    assert_int_equal(plan_of(&m, &plan, &why), 0);
    assert_int_equal(plan.n_loads, 1);
    m = sample();
    m.file_bytes = 0x3100; /* ends with the last segment, section headers stripped */
    assert_int_equal(plan_of(&m, &plan, &why), 0);
}

static void plan_of_file(const char *path)
{
    Elf64_Ehdr h;
    Elf64_Phdr table[ELF_MAX_PHDRS];
    struct elf_plan plan;
    const char *why = NULL;
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    assert_int_equal(fread(&h, sizeof h, 1, f), 1);
    fseek(f, 0, SEEK_END);
    uint64_t bytes = (uint64_t)ftell(f);
    assert_int_equal(elf_check_header(&h, bytes, &why), 0);
    fseek(f, (long)h.e_phoff, SEEK_SET);
    assert_int_equal(fread(table, sizeof *table, h.e_phnum, f), h.e_phnum);
    fclose(f);
    assert_int_equal(elf_plan_build(&h, table, bytes, &plan, &why), 0);
    assert_null(elf_plan_broken_rule(&plan, bytes));
    assert_true(plan.n_loads >= 1);
    assert_true(plan.interp_bytes > 0);
    assert_true(plan.entry >= plan.low && plan.entry < plan.high);
    assert_true(plan.phdr_vaddr != 0);
}

static void elf_plan_of_real_programs_succeeds(void **state)
{
    plan_of_file("/bin/true");
    plan_of_file("/proc/self/exe");
}

static void set_class(struct image *m)
{
    m->h.e_ident[EI_CLASS] = ELFCLASS32;
}
static void set_magic(struct image *m)
{
    m->h.e_ident[0] = '#';
}
static void set_endian(struct image *m)
{
    m->h.e_ident[EI_DATA] = ELFDATA2MSB;
}
static void set_machine(struct image *m)
{
    m->h.e_machine = EM_RISCV;
}
static void set_object(struct image *m)
{
    m->h.e_type = ET_REL;
}
static void set_core(struct image *m)
{
    m->h.e_type = ET_CORE;
}
static void set_short_file(struct image *m)
{
    m->file_bytes = sizeof(Elf64_Ehdr) - 1;
}
static void set_phentsize(struct image *m)
{
    m->h.e_phentsize = 32;
}
static void set_no_phdrs(struct image *m)
{
    m->h.e_phnum = 0;
}
static void set_many_phdrs(struct image *m)
{
    m->h.e_phnum = ELF_MAX_PHDRS + 1;
}
static void set_cut_table(struct image *m)
{
    m->file_bytes = m->h.e_phoff + sizeof m->p - 1;
}
static void set_far_table(struct image *m)
{
    m->h.e_phoff = UINT64_MAX - 8;
}
static void set_big_file_part(struct image *m)
{
    m->p[DATA].p_filesz = m->p[DATA].p_memsz + 1;
}
static void set_cut_segment(struct image *m)
{
    m->file_bytes = 0x30ff;
}
static void set_far_offset(struct image *m)
{
    m->p[DATA].p_offset = 0xfffffffffffffd00;
}
static void set_kernel_address(struct image *m)
{
    m->p[DATA].p_vaddr = 0xffffffff80000d00;
}
static void set_first_beyond(struct image *m)
{
    m->p[DATA].p_vaddr = ELF_USER_END + 0xd00;
}
static void set_long_memory(struct image *m)
{
    m->p[DATA].p_memsz = ELF_USER_END - m->p[DATA].p_vaddr + 1;
}
static void set_wrapping_memory(struct image *m)
{
    m->p[DATA].p_memsz = UINT64_MAX;
}
static void set_incongruent(struct image *m)
{
    m->p[DATA].p_offset += 8;
}
static void set_odd_align(struct image *m)
{
    m->p[DATA].p_align = 0x1800;
}
static void set_overlap(struct image *m)
{
    m->p[DATA].p_vaddr = 0x1d00;
}
static void set_descending(struct image *m)
{
    Elf64_Phdr text = m->p[TEXT];
    m->p[TEXT] = m->p[DATA];
    m->p[DATA] = text;
}
static void set_two_interps(struct image *m)
{
    m->p[PHDR] = m->p[INTERP];
}
static void set_empty_interp(struct image *m)
{
    m->p[INTERP].p_filesz = 1;
}
static void set_long_interp(struct image *m)
{
    m->p[INTERP].p_filesz = 4097;
}
static void set_far_interp(struct image *m)
{
    m->p[INTERP].p_offset = FILE_BYTES - 27;
}
static void set_wrapping_interp(struct image *m)
{
    m->p[INTERP].p_offset = UINT64_MAX - 2;
}
static void set_no_loads(struct image *m)
{
    m->p[TEXT].p_type = m->p[DATA].p_type = PT_NULL;
}
static void set_empty_loads(struct image *m)
{
    m->p[DATA].p_type = PT_NULL;
    m->p[TEXT].p_filesz = m->p[TEXT].p_memsz = 0;
}
static void set_address_zero(struct image *m)
{
    m->h.e_type = ET_EXEC;
}

static const struct {
    void (*damage)(struct image *m);
    const char *reason;
} bad[] = {
    {set_magic, "not an ELF"},
    {set_short_file, "not an ELF"},
    {set_class, "32-bit"},
    {set_endian, "big-endian"},
    {set_machine, "another processor"},
    {set_object, "not an executable"},
    {set_core, "not an executable"},
    {set_phentsize, "impossible size"},
    {set_no_phdrs, "impossible size"},
    {set_many_phdrs, "impossible size"},
    {set_cut_table, "table lies beyond the end"},
    {set_far_table, "table lies beyond the end"},
    {set_big_file_part, "larger in the file"},
    {set_cut_segment, "segment ends beyond"},
    {set_far_offset, "segment ends beyond"},
    {set_kernel_address, "outside the address space"},
    {set_first_beyond, "outside the address space"},
    {set_long_memory, "outside the address space"},
    {set_wrapping_memory, "outside the address space"},
    {set_incongruent, "differ modulo"},
    {set_odd_align, "power of two"},
    {set_overlap, "overlap"},
    {set_descending, "ascending"},
    {set_two_interps, "two interpreters"},
    {set_empty_interp, "impossible length"},
    {set_long_interp, "impossible length"},
    {set_far_interp, "name lies beyond"},
    {set_wrapping_interp, "name lies beyond"},
    {set_no_loads, "nothing to load"},
    {set_empty_loads, "nothing to load"},
    {set_address_zero, "address 0"},
};

static void elf_plan_when_malformed_says_why_and_leaves_plan(void **state)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct image m = sample();
        struct elf_plan plan, before;
        const char *why = "";
        memset(&plan, 0x5a, sizeof plan);
        before = plan;
        bad[i].damage(&m);
        if (plan_of(&m, &plan, &why) != -ENOEXEC || strstr(why, bad[i].reason) == NULL)
            fail_msg("case %zu: expected '%s', got '%s'", i, bad[i].reason, why);
        assert_memory_equal(&plan, &before, sizeof plan);
    }
}

static void elf_plan_with_too_many_loads_is_refused(void **state)
{
    struct image m = sample();
    Elf64_Phdr table[ELF_MAX_LOADS + 1];
    struct elf_plan plan;
    const char *why = "";

    for (unsigned i = 0; i <= ELF_MAX_LOADS; i++)
        table[i] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = i * 0x1000, .p_memsz = 0x1000};
    m.h.e_phnum = ELF_MAX_LOADS;
    assert_int_equal(elf_plan_build(&m.h, table, m.file_bytes, &plan, &why), 0);
    assert_int_equal(plan.n_loads, ELF_MAX_LOADS);
    m.h.e_phnum++;
    assert_int_equal(elf_plan_build(&m.h, table, m.file_bytes, &plan, &why), -ENOEXEC);
    assert_non_null(strstr(why, "too many segments"));
}

static uint64_t random_u64(void)
{
    static uint64_t x = 88172645463325252ull;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}

static uint64_t awkward(void)
{
    static const uint64_t values[] = {0,
                                      1,
                                      2,
                                      0xd00,
                                      0xfff,
                                      0x1000,
                                      0x2000,
                                      FILE_BYTES,
                                      FILE_BYTES - 1,
                                      1ull << 30,
                                      1ull << 31,
                                      ELF_USER_END,
                                      ELF_USER_END - 1,
                                      1ull << 63,
                                      UINT64_MAX - 0xfff,
                                      UINT64_MAX};
    uint64_t r = random_u64();
    return r % 4 == 0 ? random_u64() >> (r >> 8) % 64 : values[(r >> 8) % (sizeof values / sizeof *values)];
}

static void mutate(struct image *m)
{
    uint64_t r = random_u64();
    Elf64_Phdr *p = &m->p[(r >> 8) % N_PHDRS];
    uint64_t *const words[] = {&p->p_offset, &p->p_vaddr, &p->p_filesz, &p->p_memsz, &p->p_align};

    switch (r % 10) {
    case 0:
        ((unsigned char *)m)[random_u64() % offsetof(struct image, file_bytes)] = (unsigned char)(r >> 16);
        break;
    case 1:
        p->p_type = (uint32_t)((r >> 16) % 8);
        break;
    case 2:
        m->h.e_phnum = (uint16_t)((r >> 16) % (ELF_MAX_PHDRS + 2));
        break;
    case 3:
        m->file_bytes = awkward();
        break;
    case 4:
        m->h.e_type = (uint16_t)(2 + (r >> 16) % 2);
        break;
    default:
        *words[(r >> 16) % 5] = (r >> 24) % 2 ? awkward() : *words[(r >> 16) % 5] + awkward();
    }
}

static void elf_plan_of_random_damage_breaks_no_rule(void **state)
{
    unsigned accepted = 0, refused = 0;

    for (int round = 0; round < 200000; round++) {
        struct image m = sample();
        struct elf_plan plan;
        const char *why = NULL;
        for (uint64_t k = random_u64() % 4; k > 0; k--)
            mutate(&m);
        int err = plan_of(&m, &plan, &why);
        if (err) {
            assert_int_equal(err, -ENOEXEC);
            assert_non_null(why);
            refused++;
        } else {
            const char *rule = elf_plan_broken_rule(&plan, m.file_bytes);
            if (rule)
                fail_msg("round %d: not true that %s", round, rule);
            accepted++;
        }
    }
    assert_true(accepted > 20000 && refused > 20000); /* both ways were tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elf_plan_of_sample_holds_what_headers_say),
        cmocka_unit_test(elf_plan_without_pt_phdr_finds_table_in_load),
        cmocka_unit_test(elf_plan_at_limits_is_accepted),
        cmocka_unit_test(elf_plan_of_real_programs_succeeds),
        cmocka_unit_test(elf_plan_when_malformed_says_why_and_leaves_plan),
        cmocka_unit_test(elf_plan_with_too_many_loads_is_refused),
        cmocka_unit_test(elf_plan_of_random_damage_breaks_no_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
