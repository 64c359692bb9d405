// SPDX-License-Identifier: BSD-3-Clause

// Goroutines, channels, timers, sockets and a recovered fault.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"time"
)

func fault() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	var p *int
	return fmt.Sprint(*p)
}

func request() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err.Error()
	}
	go func() {
		c, _ := listener.Accept()
		fmt.Fprintln(c, "hello")
		c.Close()
	}()
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return err.Error()
	}
	line, _ := bufio.NewReader(c).ReadString('\n')
	return line
}

func main() {
	var group sync.WaitGroup
	sums := make(chan int, 100)
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(n int) { defer group.Done(); time.Sleep(time.Millisecond); sums <- n * n }(i)
	}
	group.Wait()
	close(sums)
	total := 0
	for s := range sums {
		total += s
	}
	runtime.GC()
	fmt.Println(total, fault(), request())
	os.Exit(4)
}
