/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of the machine: figures, and a way to hear that it runs short. */
#ifndef OSV_MEMORY_H
#define OSV_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct osv_memory_stats - bytes, unless the name says otherwise. New members are added at the end. */
struct osv_memory_stats {
    uint64_t total;         /* RAM in use or free; without what the firmware keeps */
    uint64_t free;          /* not used for anything */
    uint64_t image;         /* the linked image and what the boot loader brought */
    uint64_t metadata;      /* set aside for one record a page */
    uint64_t kernel_tables; /* page tables of the kernel */
    uint64_t kernel_objects;
    uint64_t page_cache;
    uint64_t resident;      /* pages of the program */
    uint64_t peak_resident;
    uint64_t mapped;        /* address space in use, resident or not */
    uint64_t writable_executable_pages; /* entries of the page tables that allow both */
    uint64_t writable_code_aliases;     /* executable pages whose memory the kernel's linear map allows to be written */
    uint64_t image_constants, image_code, image_data; /* parts of image; the rest is tables and what lies below 1 MiB */
    uint64_t kernel_mapped;  /* kernel stacks and other memory mapped page by page */
    uint64_t program_tables; /* page tables of the program */
};

/**
 * osv_memory_get_stats - fill @out, of @size bytes (sizeof(struct osv_memory_stats) as compiled).
 *
 * Return: 0; -1 with errno EFAULT for a bad pointer.
 */
int osv_memory_get_stats(struct osv_memory_stats *out, size_t size);

/**
 * osv_memory_wait_pressure - sleep until the kernel had to give up caches because memory ran short.
 * @timeout_ms: -1: no limit; 0: only look
 *
 * Meant for a thread of its own, which then drops what the program can do without.
 *
 * Return: 1 after such an event (each is reported to one caller); 0 at the timeout; -1 with errno EINTR.
 */
int osv_memory_wait_pressure(int timeout_ms);

/** What osv_memory_fail_after() spares. */
#define OSV_MEMORY_FAIL_ALL 0         /* nothing: any page or object may be refused; a refused page of the program ends it */
#define OSV_MEMORY_FAIL_KERNEL_ONLY 1 /* pages of the program: only what calls need inside the kernel is refused */

/**
 * osv_memory_fail_after - for tests of how a program takes ENOMEM: let the kernel's next @n allocations pass, then fail @count.
 * @n: negative: stop failing
 *
 * Return: how many allocations were made to fail since start-up.
 */
long osv_memory_fail_after(long n, long count, int spare);

#ifdef __cplusplus
}
#endif
#endif
