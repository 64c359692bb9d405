// SPDX-License-Identifier: BSD-3-Clause
// For the files that use the environment: it may lie in the program's own copy of `environ` (built-in dynamic linker).
#define __environ (*__osv_environ)
