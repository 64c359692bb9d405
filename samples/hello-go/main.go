// SPDX-License-Identifier: BSD-3-Clause

// What Go's run time needs from below: goroutines on several CPUs, channels, garbage collection, timers, panics.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

func sum(upto int) int {
	parts := make(chan int)
	var workers sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		workers.Add(1)
		go func(worker int) {
			defer workers.Done()
			part := 0
			for n := worker; n < upto; n += 4 {
				part += n
			}
			parts <- part
		}(worker)
	}
	go func() { workers.Wait(); close(parts) }()
	total := 0
	for part := range parts {
		total += part
	}
	return total
}

func recovered() (message string) {
	defer func() { message = fmt.Sprint("recovered: ", recover()) }()
	var empty []int
	return fmt.Sprint(empty[len(empty)])
}

func main() {
	fmt.Println("Hello from Go on OSv")
	fmt.Println("sum", sum(1000))
	fmt.Println(recovered())
	for i := 0; i < 100; i++ {
		_ = make([]byte, 1<<20)
	}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("collected garbage:", stats.NumGC > 0)
	start := time.Now()
	time.Sleep(10 * time.Millisecond)
	fmt.Println("slept long enough:", time.Since(start) >= 10*time.Millisecond)
}
