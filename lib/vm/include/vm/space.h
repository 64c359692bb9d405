// SPDX-License-Identifier: BSD-3-Clause
// Address spaces: areas of virtual memory, what backs them, and how faults are resolved.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_space; /* opaque */
struct vm_object;
struct file;

/** Limits and policy of one space; room process fills them from rlimits and options. */
struct vm_limits {
    uint64_t as_bytes, data_bytes, stack_bytes, memlock_bytes;
    unsigned max_map_count;
    bool randomize;
};
int address_space_create(const struct vm_limits *limits, struct address_space **out) __must_check;
struct address_space *address_space_get(struct address_space *as);
void address_space_put(struct address_space *as);
void address_space_switch(struct address_space *as);       /* on this CPU */
void vm_set_current_hook(struct address_space *(*fn)(void)); /* room process: space of the running thread */
struct address_space *vm_current(void);
void address_space_set_limits(struct address_space *as, const struct vm_limits *l);

struct vm_map_request {
    vaddr_t addr;             /* hint or fixed */
    size_t length;
    int prot;                 /* PROT_* */
    int flags;                /* MAP_* as mmap(2) */
    struct vm_object *object; /* NULL: anonymous. A reference is taken */
    uint64_t offset;          /* bytes, page aligned */
    void *file;               /* what /proc/self/maps names; a reference through file_ref_ops */
    bool may_write;           /* a shared mapping may become PROT_WRITE later */
};
/** The bodies of the system calls: Linux semantics and errnos; addresses are checked here. All may sleep. */
long vm_map(struct address_space *as, const struct vm_map_request *r); /* address or -errno */
int vm_unmap(struct address_space *as, vaddr_t addr, size_t length);
int vm_protect(struct address_space *as, vaddr_t addr, size_t length, int prot);
long vm_remap(struct address_space *as, vaddr_t old, size_t old_len, size_t new_len, int flags, vaddr_t new_addr);
int vm_remap_file_pages(struct address_space *as, vaddr_t addr, size_t length, int prot, uint64_t page_offset, int flags);
int vm_advise(struct address_space *as, vaddr_t addr, size_t length, int advice);
int vm_sync(struct address_space *as, vaddr_t addr, size_t length, int flags);
int vm_incore(struct address_space *as, vaddr_t addr, size_t length, unsigned char *user_vec);
int vm_lock(struct address_space *as, vaddr_t addr, size_t length, int flags);
int vm_unlock(struct address_space *as, vaddr_t addr, size_t length);
int vm_lock_all(struct address_space *as, int flags);
int vm_unlock_all(struct address_space *as);
long vm_brk(struct address_space *as, vaddr_t new_brk); /* the (new or old) break */
void vm_set_brk_start(struct address_space *as, vaddr_t start);
int vm_set_name(struct address_space *as, vaddr_t addr, size_t length, const char *name); /* PR_SET_VMA_ANON_NAME */
/** vm_advise_foreign - may one process give @advice about another's memory (process_madvise)? */
bool vm_advise_foreign(int advice);
/** vm_add_image - announce memory the boot code mapped (linked image) so that maps, mprotect and faults know it. */
int vm_add_image(struct address_space *as, vaddr_t start, size_t length, int prot, const char *name);

/** vm_randomizes - does this space place things at random (false with --norandom or ADDR_NO_RANDOMIZE)? */
bool vm_randomizes(const struct address_space *as);
/** vm_random - bits to place things with; not for keys. */
uint64_t vm_random(void);
/** vm_set_area_kind - what /proc/self/maps calls an anonymous range, and how it grows; the range was just mapped by the caller. */
enum vm_area_kind { VM_AREA_PLAIN, VM_AREA_STACK, VM_AREA_HEAP, VM_AREA_VDSO };
void vm_set_area_kind(struct address_space *as, vaddr_t addr, size_t length, enum vm_area_kind kind);
/** vm_clear - execve: drop every area but those of vm_add_image(). Other threads of the space have ended. */
void vm_clear(struct address_space *as);

/** References on whatever vm_map_request.file is; registered once by room file. */
struct vm_file_ref_ops {
    void (*get)(void *file);
    void (*put)(void *file);
    void (*identify)(void *file, char *path, size_t n, uint64_t *dev, uint64_t *inode);
};
void vm_set_file_ref_ops(const struct vm_file_ref_ops *ops);

enum vm_access { VM_READ = 1, VM_WRITE = 2, VM_EXEC = 4 };
struct vm_fault_result {
    int signo;   /* 0: resolved; SIGSEGV, SIGBUS */
    int si_code; /* SEGV_MAPERR, SEGV_ACCERR, BUS_ADRERR, BUS_OBJERR */
    bool major;
    bool no_memory; /* out of memory: policy is room process's */
};
/** vm_fault - resolve a fault at @addr. Context: interrupts on, may sleep. Return: true if resolved. */
bool vm_fault(struct address_space *as, vaddr_t addr, unsigned access, struct vm_fault_result *out);

/** struct vm_area_info - one line of /proc/self/maps and smaps. */
struct vm_area_info {
    vaddr_t start, end;
    int prot;
    bool shared, locked, stack, heap, hugepage_hint;
    uint64_t offset, dev, inode;
    char name[256];
    uint64_t resident_bytes, private_dirty_bytes, shared_clean_bytes, huge_bytes;
};
/** vm_for_each_area - in address order from @from; stops when fn returns non-zero. @detail: fill the residency counts too. */
int vm_for_each_area(struct address_space *as, vaddr_t from, bool detail, int (*fn)(const struct vm_area_info *, void *), void *arg);
struct vm_stats {
    uint64_t mapped_bytes, resident_bytes, data_bytes, stack_bytes, text_bytes, locked_bytes, shared_bytes, peak_resident_bytes, peak_mapped_bytes, table_bytes;
    unsigned n_areas, n_wx;
};
void vm_get_stats(struct address_space *as, struct vm_stats *out);
/** The pool that MAP_HUGETLB takes from: a budget of large pages, none at first. Set: how many it holds then, at most a share of free memory. */
uint64_t vm_hugetlb_set_pool(uint64_t pages);
void vm_hugetlb_get_pool(uint64_t *pages, uint64_t *reserved);
/** vm_futex_key - identity of a shared futex word: (object, offset) or, private, (space, address). */
struct vm_futex_key {
    uintptr_t object, offset;
};
int vm_futex_key(struct address_space *as, vaddr_t addr, bool shared, struct vm_futex_key *out) __must_check; /* -EFAULT */
