// SPDX-License-Identifier: BSD-3-Clause
// What the files of this room share with each other only.
#pragma once

#include "arch/irq.h"
#include "process/process.h"

struct vm_limits;
struct arch_frame;
struct signal_info;

extern struct credentials cred_root;

irq_flags_t process_table_lock(void);
void process_table_unlock(irq_flags_t flags);
struct list_node *process_table_locked(void); /* struct process.table_link */

struct process_thread *process_thread_alloc(struct process *p); /* zeroed, one reference, no thread yet */
void process_thread_detach(struct thread *t);                   /* thread->process = NULL */

void process_limits_init(struct process *p);
void process_vm_limits(struct process *p, struct vm_limits *out);
void process_vm_limits_apply(struct process *p); /* after a change of limits, or of CAP_IPC_LOCK */

/** job_control_register - terminals ask this room about process groups. */
void job_control_register(void);
/** fault_register_handlers - page faults and exceptions of application code become signals. */
void fault_register_handlers(void);
/** fault_report - a fault is about to end the program: say what, where and how it got there. */
void fault_report(const struct arch_frame *f, int signo, const struct signal_info *info);
