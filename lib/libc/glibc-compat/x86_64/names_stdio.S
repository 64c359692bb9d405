// SPDX-License-Identifier: BSD-3-Clause
// stdio under the reserved names of old programs.

#include "names.inc"

ANOTHER_NAME _IO_fclose, fclose
ANOTHER_NAME _IO_fdopen, fdopen
ANOTHER_NAME _IO_feof, feof
ANOTHER_NAME _IO_ferror, ferror
ANOTHER_NAME _IO_fflush, fflush
ANOTHER_NAME _IO_fgetpos, fgetpos
ANOTHER_NAME _IO_fgetpos64, fgetpos64
ANOTHER_NAME _IO_fgets, fgets
ANOTHER_NAME _IO_flockfile, flockfile
ANOTHER_NAME _IO_fopen, fopen
ANOTHER_NAME _IO_fprintf, fprintf
ANOTHER_NAME _IO_fputs, fputs
ANOTHER_NAME _IO_fread, fread
ANOTHER_NAME _IO_fsetpos, fsetpos
ANOTHER_NAME _IO_fsetpos64, fsetpos64
ANOTHER_NAME _IO_ftell, ftell
ANOTHER_NAME _IO_ftrylockfile, ftrylockfile
ANOTHER_NAME _IO_funlockfile, funlockfile
ANOTHER_NAME _IO_fwrite, fwrite
ANOTHER_NAME _IO_popen, popen
ANOTHER_NAME _IO_printf, printf
ANOTHER_NAME _IO_puts, puts
ANOTHER_NAME _IO_setbuffer, setbuffer
ANOTHER_NAME _IO_setvbuf, setvbuf
ANOTHER_NAME _IO_sprintf, sprintf
ANOTHER_NAME _IO_sscanf, sscanf
ANOTHER_NAME _IO_ungetc, ungetc
ANOTHER_NAME _IO_vfprintf, vfprintf
ANOTHER_NAME _IO_vsprintf, vsprintf
ANOTHER_NAME __vfscanf, vfscanf
ANOTHER_NAME __vsnprintf, vsnprintf
ANOTHER_NAME __vsscanf, vsscanf
ANOTHER_NAME __getmntent_r, getmntent_r
ANOTHER_NAME __setmntent, setmntent
ANOTHER_NAME __endmntent, endmntent

.section .note.GNU-stack, "", @progbits
