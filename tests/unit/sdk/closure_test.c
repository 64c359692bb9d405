// SPDX-License-Identifier: BSD-3-Clause
// Tests of the search for libraries, with libraries made by the host's compiler.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "closure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/osv-closure-test-XXXXXX";

/* main -> (RUNPATH $ORIGIN/lib) libb.so -> (RPATH $ORIGIN/deep) libc2.so; libmissing.so is removed after the link */
static int make_files(void **state)
{
    (void)state;
    return mkdtemp(dir) && chdir(dir) == 0 &&
                   system("mkdir -p lib/deep && cc -x c -shared -o lib/deep/libc2.so /dev/null && cc -x c -shared -o libmissing.so /dev/null && "
                          "cc -x c -shared -o lib/libb.so /dev/null -x none -Wl,--no-as-needed -Llib/deep -lc2 "
                          "-Wl,--disable-new-dtags,-rpath,'$ORIGIN/deep' && "
                          "echo 'int main(void){return 0;}' > m.c && cc m.c -o main -Wl,--no-as-needed -Llib -lb -L. -lmissing "
                          "-Wl,--enable-new-dtags,-rpath,'${ORIGIN}/lib' -Wl,--allow-shlib-undefined -Wl,-rpath-link,lib/deep && "
                          "rm libmissing.so") == 0
               ? 0
               : -1;
}

static int remove_files(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return chdir("/") || system(command);
}

static bool has_file(const struct closure *closure, const char *end)
{
    for (size_t i = 0; i < closure->files.count; i++)
        if (string_ends(closure->files.items[i], end))
            return true;
    return false;
}

static void closure_add_follows_runpath_rpath_and_interpreter(void **state)
{
    (void)state;
    struct guest_tree tree;
    struct closure closure;
    char path[128];
    snprintf(path, sizeof(path), "%s/main", dir);
    guest_tree_init(&tree, "");
    closure_init(&closure, &tree, "/lib64/ld-linux-x86-64.so.2");
    assert_true(closure_add(&closure, path, NULL));
    assert_true(has_file(&closure, "/lib/libb.so"));
    assert_true(has_file(&closure, "/lib/deep/libc2.so"));
    assert_true(has_file(&closure, "/libc.so.6"));
    assert_true(has_file(&closure, "/ld-linux-x86-64.so.2"));
    assert_int_equal(closure.missing.count, 1);
    assert_non_null(strstr(closure.missing.items[0], "libmissing.so (needed by "));
    assert_true(guest_tree_has(&tree, "/lib64"));
    closure_fini(&closure);
    guest_tree_fini(&tree);
}

static void closure_add_absent_file_is_refused(void **state)
{
    (void)state;
    struct guest_tree tree;
    struct closure closure;
    guest_tree_init(&tree, dir);
    closure_init(&closure, &tree, NULL);
    assert_false(closure_add(&closure, "/absent", NULL));
    closure_fini(&closure);
    guest_tree_fini(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closure_add_follows_runpath_rpath_and_interpreter),
        cmocka_unit_test(closure_add_absent_file_is_refused),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
