// SPDX-License-Identifier: BSD-3-Clause
// Trap registration, vector state and port input/output of the hosted kernel.

#include <arch/fpu.h>
#include <arch/gate.h>
#include <arch/host.h>
#include <arch/io.h>
#include <arch/trap.h>
#include <errno.h>

void trap_set_page_fault(int (*fn)(struct arch_frame *f, vaddr_t address, unsigned bits, bool from_user)) {}
void trap_set_exception(bool (*fn)(struct arch_frame *f)) {}
void trap_set_syscall(long (*fn)(struct arch_frame *f)) {}
void trap_set_user_return(void (*fn)(struct arch_frame *f)) {}

long osv_syscall_gate(long a0, long a1, long a2, long a3, long a4, long a5, osv_syscall_fn fn, long nr)
{
    return fn(a0, a1, a2, a3, a4, a5);
}

size_t arch_fpu_area_bytes(void)
{
    return 512;
}

void arch_fpu_set_allocator(void *(*alloc)(size_t bytes)) {}
void arch_fpu_save_current(void *area) {}

int arch_fpu_load_current(void *area)
{
    return 0;
}

void arch_fpu_reset_current(void) {}

int arch_fpu_copy(struct arch_thread *to)
{
    return 0;
}

static uint32_t (*model_in)(uint16_t port, unsigned bytes);
static void (*model_out)(uint16_t port, unsigned bytes, uint32_t v);

void host_set_io(uint32_t (*in)(uint16_t port, unsigned bytes), void (*out)(uint16_t port, unsigned bytes, uint32_t v))
{
    model_in = in;
    model_out = out;
}

uint8_t in8(uint16_t port)
{
    return model_in ? (uint8_t)model_in(port, 1) : UINT8_MAX;
}

uint16_t in16(uint16_t port)
{
    return model_in ? (uint16_t)model_in(port, 2) : UINT16_MAX;
}

uint32_t in32(uint16_t port)
{
    return model_in ? model_in(port, 4) : UINT32_MAX;
}

void out8(uint16_t port, uint8_t v)
{
    if (model_out)
        model_out(port, 1, v);
}

void out16(uint16_t port, uint16_t v)
{
    if (model_out)
        model_out(port, 2, v);
}

void out32(uint16_t port, uint32_t v)
{
    if (model_out)
        model_out(port, 4, v);
}
