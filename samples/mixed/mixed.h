// SPDX-License-Identifier: BSD-3-Clause
// What the four languages of this image call in each other.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* C */
int mixed_square(int n);

/* 1 + 4 + 9 + ... + n * n, each square by C; in Rust and Go by one thread or goroutine a number. */
int cxx_sum_of_squares(int n);
int rust_sum_of_squares(int n);
int go_sum_of_squares(int n);

/* 1: an exception, or panic, was caught where it should be. */
int cxx_catches(void);
int rust_catches(void);
int go_catches(void);

#ifdef __cplusplus
}
#endif
