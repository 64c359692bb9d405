// SPDX-License-Identifier: BSD-3-Clause
// pthread_attr_getstack: an attribute without a stack of its own says so with a null end, as in glibc.

#include "pthread_impl.h"

int pthread_attr_getstack(const pthread_attr_t *restrict attr, void **restrict address, size_t *restrict size)
{
    *size = attr->_a_stacksize;
    *address = (void *)(attr->_a_stackaddr - attr->_a_stacksize);
    return 0;
}
