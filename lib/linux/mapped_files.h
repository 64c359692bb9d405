// SPDX-License-Identifier: BSD-3-Clause
// Inside room linux: what a mapping knows of its file.
#pragma once

/** mapped_files_register - room vm may hold files from now on; before the first file is mapped, any number of times. */
void mapped_files_register(void);
