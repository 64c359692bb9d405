#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Autoconf's compiler and library checks with CC=osv-cc.
. "$(dirname "$0")/lib.sh"
command -v autoconf > /dev/null || { echo "autoconf is not installed"; exit 77; }
mkdir "$tmp/project" && cd "$tmp/project" || exit 1
cat > configure.ac <<'EOF'
AC_INIT([sample], [1])
AC_PROG_CC
AC_USE_SYSTEM_EXTENSIONS
AC_CHECK_HEADERS([stdio.h pthread.h sys/epoll.h gnu/libc-version.h])
AC_CHECK_LIB([m], [sin])
AC_SEARCH_LIBS([pthread_create], [pthread])
AC_CHECK_FUNCS([memmem getrandom no_such_function])
AC_CHECK_SIZEOF([long])
AC_CONFIG_HEADERS([config.h])
AC_OUTPUT
EOF
autoconf > "$tmp/log" 2>&1 && autoheader >> "$tmp/log" 2>&1 || { cat "$tmp/log"; fail "autoconf"; finish; }
expect_status 0 ./configure --host=x86_64-linux-musl CC="$prefix/bin/osv-cc" || { tail -50 config.log; finish; }
for line in "HAVE_STDIO_H 1" "HAVE_SYS_EPOLL_H 1" "HAVE_LIBM 1" "HAVE_MEMMEM 1" "HAVE_GETRANDOM 1" "SIZEOF_LONG 8"; do
  grep -q "#define $line" config.h || fail "config.h lacks $line"
done
grep -q "define HAVE_NO_SUCH_FUNCTION" config.h && fail "a function that does not exist was found"
grep -q "define HAVE_GNU_LIBC_VERSION_H" config.h && fail "a header of the host leaked"
finish
