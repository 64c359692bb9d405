# SPDX-License-Identifier: BSD-3-Clause
# Checks of the architecture that need the built objects; run by tests/architecture.

# _osv_write_room_table(): one line a room (name, level, used rooms, object folder) for the symbol check.
