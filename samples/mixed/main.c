// SPDX-License-Identifier: BSD-3-Clause
// One image of four languages: C calls C++, Rust and Go, and each calls back into C.
#include "mixed.h"
#include <stdio.h>

static int calls;

int mixed_square(int n)
{
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return n * n;
}

int main(void)
{
    int cxx = cxx_sum_of_squares(4), rust = rust_sum_of_squares(4), go = go_sum_of_squares(4);

    printf("C++ %d\nRust %d\nGo %d\n", cxx, rust, go);
    printf("%s in C++, %s in Rust, %s in Go\n", cxx_catches() ? "caught" : "lost",
           rust_catches() ? "caught" : "lost", go_catches() ? "caught" : "lost");
    printf("C was called %d times\n", calls);
    return cxx == 30 && rust == 30 && go == 30 && calls == 12 ? 0 : 1;
}
