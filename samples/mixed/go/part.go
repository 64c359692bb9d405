// SPDX-License-Identifier: BSD-3-Clause

// The Go part: goroutines and a panic.
package main

// int mixed_square(int n);
import "C"

//export go_sum_of_squares
func go_sum_of_squares(n C.int) C.int {
	squares := make(chan C.int)
	for i := C.int(1); i <= n; i++ {
		go func(i C.int) { squares <- C.mixed_square(i) }(i)
	}
	sum := C.int(0)
	for i := C.int(1); i <= n; i++ {
		sum += <-squares
	}
	return sum
}

//export go_catches
func go_catches() (caught C.int) {
	defer func() {
		if recover() != nil {
			caught = 1
		}
	}()
	panic("to be caught")
}

func main() {}
