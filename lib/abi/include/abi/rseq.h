// SPDX-License-Identifier: BSD-3-Clause
// Restartable sequences.
#pragma once

#include <stdint.h>

#define RSEQ_FLAG_UNREGISTER 1
#define RSEQ_CPU_ID_UNINITIALIZED (-1)
#define RSEQ_CPU_ID_REGISTRATION_FAILED (-2)
#define RSEQ_CS_FLAG_NO_RESTART_ON_PREEMPT 1u
#define RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL 2u
#define RSEQ_CS_FLAG_NO_RESTART_ON_MIGRATE 4u

struct rseq_cs {
    uint32_t version;
    uint32_t flags;
    uint64_t start_ip;
    uint64_t post_commit_offset;
    uint64_t abort_ip;
} __attribute__((aligned(32)));

struct rseq {
    uint32_t cpu_id_start;
    uint32_t cpu_id;
    uint64_t rseq_cs;
    uint32_t flags;
} __attribute__((aligned(32)));

_Static_assert(sizeof(struct rseq) == 32, "rseq ABI");
