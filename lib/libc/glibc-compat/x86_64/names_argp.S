// SPDX-License-Identifier: BSD-3-Clause
// argp under reserved names.

#include "names.inc"

ANOTHER_NAME __argp_error, argp_error
ANOTHER_NAME __argp_failure, argp_failure
ANOTHER_NAME __argp_help, argp_help
ANOTHER_NAME __argp_state_help, argp_state_help
ANOTHER_NAME __argp_usage, argp_usage
ANOTHER_NAME __option_is_short, _option_is_short
ANOTHER_NAME __option_is_end, _option_is_end
ANOTHER_NAME __argp_input, _argp_input

.section .note.GNU-stack, "", @progbits
