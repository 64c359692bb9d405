# SPDX-License-Identifier: BSD-3-Clause
"""gdb commands for OSv guests; `osv gdb` loads this file. `help osv` lists the commands."""
