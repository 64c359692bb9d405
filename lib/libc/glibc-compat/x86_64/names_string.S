// SPDX-License-Identifier: BSD-3-Clause
// Text functions under reserved names.

#include "names.inc"

ANOTHER_NAME __bzero, bzero
ANOTHER_NAME __dcgettext, dcgettext
ANOTHER_NAME __dgettext, dgettext
ANOTHER_NAME __ffs, ffs
ANOTHER_NAME __mbrlen, mbrlen
ANOTHER_NAME __mbrtowc, mbrtowc
ANOTHER_NAME __strcasecmp, strcasecmp
ANOTHER_NAME __strcasestr, strcasestr
ANOTHER_NAME __strdup, strdup
ANOTHER_NAME __strndup, strndup
ANOTHER_NAME __strverscmp, strverscmp
ANOTHER_NAME __strerror_r, strerror_r
ANOTHER_NAME __towctrans, towctrans
ANOTHER_NAME __iswctype, iswctype
ANOTHER_NAME __memcmpeq, memcmp
ANOTHER_NAME _tolower, tolower
ANOTHER_NAME _toupper, toupper

.section .note.GNU-stack, "", @progbits
