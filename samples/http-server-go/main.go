// SPDX-License-Identifier: BSD-3-Clause

// A web server on net/http. Answers every GET with the same page.
//
// usage: http-server-go [PORT [REQUESTS]]   (8080; ends with 0 after REQUESTS answers, else never)
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

func argument(index int, otherwise uint64) uint64 {
	if len(os.Args) <= index {
		return otherwise
	}
	value, err := strconv.ParseUint(os.Args[index], 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	port, limit := argument(1, 8080), argument(2, 0)
	var answered uint64
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		fmt.Fprintln(w, "Hello from OSv")
		if atomic.AddUint64(&answered, 1) == limit {
			go func() {
				time.Sleep(100 * time.Millisecond)
				fmt.Println("answered", limit, "requests")
				os.Exit(0)
			}()
		}
	}
	listener, err := net.Listen("tcp4", fmt.Sprint(":", port))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on port", port)
	if err := http.Serve(listener, http.HandlerFunc(handler)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
