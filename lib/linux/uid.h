// SPDX-License-Identifier: BSD-3-Clause
// Capabilities that follow user ids.
#pragma once

struct credentials;
/** cred_fix_capabilities - after the user ids of @c changed from those of @old: what leaving and entering uid 0 does (capabilities(7)). */
void cred_fix_capabilities(struct credentials *c, const struct credentials *old);
/** cred_fix_fs_capabilities - the same for the file-system uid. */
void cred_fix_fs_capabilities(struct credentials *c, const struct credentials *old);
