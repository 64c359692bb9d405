// SPDX-License-Identifier: BSD-3-Clause
// What happens before and after main: constructors with arguments, TLS images and alignment, AT_RANDOM, atexit order.
#define _GNU_SOURCE
#include "check.h"

#include <elf.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <unistd.h>

static int order[8], n_order;
static int ctor_argc;
static char **ctor_argv, **ctor_envp;

__attribute__((constructor(101))) static void first(int argc, char **argv, char **envp)
{
    order[n_order++] = 1;
    ctor_argc = argc;
    ctor_argv = argv;
    ctor_envp = envp;
}
__attribute__((constructor)) static void second(void) { order[n_order++] = 2; }

static __thread int initialised = 42;
static __thread char zeroed[10000];
static __thread struct {
    _Alignas(256) char c;
} aligned = {7};

static void *look(void *arg)
{
    CHECK(initialised == 42 && zeroed[9999] == 0 && aligned.c == 7);
    CHECK((uintptr_t)&aligned % 256 == 0);
    initialised = (int)(intptr_t)arg;
    memset(zeroed, 1, sizeof zeroed);
    errno = (int)(intptr_t)arg;
    usleep(1000);
    CHECK(initialised == (int)(intptr_t)arg && errno == (int)(intptr_t)arg);
    return NULL;
}

static char exit_order[8];
static void add(char c)
{
    exit_order[strlen(exit_order)] = c;
}
static void handler_a(void) { add('a'); }
static void handler_c(void) { add('c'); }
static void handler_b(void)
{
    add('b');
    atexit(handler_c); /* registered late: runs next */
}
__attribute__((destructor)) static void last(void)
{
    add('d');
    if (strcmp(exit_order, "bcad")) {
        printf("exit order %s\n", exit_order);
        _exit(1);
    }
}

int main(int argc, char **argv, char **envp)
{
    CHECK(order[0] == 1 && order[1] == 2);
    CHECK(ctor_argc == argc && ctor_argv == argv && ctor_envp == envp);
    CHECK(argc >= 1 && argv[argc] == NULL);
    CHECK(envp == environ);
    const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
    int nonzero = 0;
    for (int i = 0; random && i < 16; i++)
        nonzero += random[i] != 0;
    CHECK(nonzero > 4);
    CHECK(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_PHDR) && getauxval(AT_PHENT) == sizeof(Elf64_Phdr));
    CHECK(sysconf(_SC_NPROCESSORS_ONLN) >= 1);

    look((void *)5);
    initialised = 42;
    pthread_t threads[8];
    for (intptr_t i = 0; i < 8; i++)
        CHECK(pthread_create(&threads[i], NULL, look, (void *)(i + 100)) == 0);
    for (int i = 0; i < 8; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(initialised == 42);

    atexit(handler_a);
    atexit(handler_b);
    return finish();
}
