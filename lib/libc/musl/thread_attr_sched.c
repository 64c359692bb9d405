// SPDX-License-Identifier: BSD-3-Clause
// Scheduling of threads to be made: what no thread can have is refused when it is asked for, as in glibc.

#include "pthread_impl.h"
#include <sched.h>

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
    if (policy != SCHED_OTHER && policy != SCHED_FIFO && policy != SCHED_RR)
        return EINVAL;
    attr->_a_policy = policy;
    return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *restrict attr, const struct sched_param *restrict param)
{
    int real_time = attr->_a_policy == SCHED_FIFO || attr->_a_policy == SCHED_RR;
    int lowest = real_time ? 1 : 0, highest = real_time ? 99 : 0;

    if (param->sched_priority < lowest || param->sched_priority > highest)
        return EINVAL;
    attr->_a_prio = param->sched_priority;
    return 0;
}
