// SPDX-License-Identifier: BSD-3-Clause
// A library that the test opens: thread-local variables by the general model, a constructor and a destructor, a weak reference.
#include <stdio.h>

__thread int plugin_counter = 40;
static __thread char plugin_zero[100];
extern int host_value __attribute__((weak));
extern int nobody_has_this(void) __attribute__((weak));
int shared_name(void);

static void __attribute__((constructor)) begin(void)
{
    puts("plugin: constructor");
}

static void __attribute__((destructor)) end(void)
{
    puts("plugin: destructor");
}

int shared_name(void)
{
    return 2;
}

int plugin_call(int add)
{
    plugin_counter += add;
    plugin_zero[add] = 1;
    return plugin_counter + plugin_zero[add] + host_value + (nobody_has_this ? 1000 : 0) + shared_name();
}
