// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as an ELF file: refused with a reason, or a plan that breaks no rule.
#include "../fuzz.h"
#include "loader/elf_plan_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Elf64_Ehdr h = {0};
    struct elf_plan plan;
    const char *why = NULL;

    memcpy(&h, data, n < sizeof h ? n : sizeof h);
    int err = elf_check_header(&h, n, &why);
    if (err == 0) {
        size_t bytes = h.e_phnum * sizeof(Elf64_Phdr);
        Elf64_Phdr *table = malloc(bytes); /* its end is guarded */
        memcpy(table, data + h.e_phoff, bytes);
        err = elf_plan_build(&h, table, n, &plan, &why);
        free(table);
    }
    require(err == 0 || (err == -ENOEXEC && why != NULL), "a refusal has a reason");
    const char *rule = err ? NULL : elf_plan_broken_rule(&plan, n);
    require(rule == NULL, rule);
    return 0;
}
