// SPDX-License-Identifier: BSD-3-Clause
// Tests of the archive that carries files into a guest, judged by cpio(1).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpio.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/osv-cpio-test-XXXXXX";

static int make_tree(void **state)
{
    (void)state;
    return mkdtemp(dir) && chdir(dir) == 0 &&
                   system("mkdir -p in/d/e && echo data > in/d/f && ln in/d/f in/d/g && ln -s ../d/f in/d/link && "
                          "printf x > in/odd && chmod 4751 in/odd && : > in/empty && mkfifo in/pipe") == 0
               ? 0
               : -1;
}

static int remove_tree(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return chdir("/") || system(command);
}

static void write_archive(struct guest_tree *tree)
{
    struct text why = {0};
    uint64_t bytes = 0;
    struct stat st;
    int fd = open("archive", O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(cpio_write(fd, tree, &bytes, &why));
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, bytes);
    assert_int_equal(bytes % 512, 0);
    close(fd);
}

static void cpio_write_keeps_contents_links_and_modes(void **state)
{
    (void)state;
    struct guest_tree tree;
    char root[64];
    snprintf(root, sizeof(root), "%s/in", dir);
    guest_tree_init(&tree, root);
    assert_true(guest_tree_add_all(&tree, "/", NULL));
    guest_tree_add_text(&tree, "/etc/made/up", "text\n");
    write_archive(&tree);
    guest_tree_fini(&tree);
    assert_int_equal(system("rm -rf out && mkdir out && cd out && cpio -idm --quiet < ../archive"), 0);
    assert_int_equal(system("cmp in/d/f out/d/f && [ $(stat -c %i out/d/f) = $(stat -c %i out/d/g) ]"), 0);
    assert_int_equal(system("[ $(readlink out/d/link) = ../d/f ] && [ $(stat -c %a out/odd) = 4751 ]"), 0);
    assert_int_equal(system("[ -p out/pipe ] && [ -f out/empty ] && [ ! -s out/empty ] && [ -d out/d/e ]"), 0);
    assert_int_equal(system("[ $(cat out/etc/made/up) = text ]"), 0);
}

static void cpio_write_parents_come_before_children(void **state)
{
    (void)state;
    assert_int_equal(system("cpio -t --quiet < archive | awk -F/ '{ p = $0; sub(\"/[^/]*$\", \"\", p); "
                            "if (NF > 1 && !(p in seen)) exit 1; seen[$0] = 1 }'"),
                     0);
}

static void cpio_write_unreadable_file_says_why(void **state)
{
    (void)state;
    struct guest_tree tree;
    struct text why = {0};
    uint64_t bytes;
    guest_tree_init(&tree, "");
    assert_int_equal(system("printf gone > gone"), 0);
    assert_true(guest_tree_graft(&tree, "gone", "/gone"));
    unlink("gone");
    int fd = open("archive2", O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_false(cpio_write(fd, &tree, &bytes, &why));
    assert_non_null(strstr(text_string(&why), "gone"));
    close(fd);
    text_fini(&why);
    guest_tree_fini(&tree);
}

static void guest_tree_add_follows_links_below_the_root_only(void **state)
{
    (void)state;
    struct guest_tree tree;
    char root[64];
    snprintf(root, sizeof(root), "%s/in", dir);
    assert_int_equal(system("ln -sfn /d in/abs && ln -sfn ../../../../../../d/f in/up && ln -sfn loop in/loop"), 0);
    guest_tree_init(&tree, root);
    char *real = guest_tree_add(&tree, "/abs/f");
    assert_string_equal(real, "/d/f");
    free(real);
    real = guest_tree_add(&tree, "/up");
    assert_string_equal(real, "/d/f");
    free(real);
    assert_true(guest_tree_has(&tree, "/abs"));
    assert_null(guest_tree_add(&tree, "/loop"));
    assert_null(guest_tree_add(&tree, "/absent/x"));
    guest_tree_fini(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpio_write_keeps_contents_links_and_modes),
        cmocka_unit_test(cpio_write_parents_come_before_children),
        cmocka_unit_test(cpio_write_unreadable_file_says_why),
        cmocka_unit_test(guest_tree_add_follows_links_below_the_root_only),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
