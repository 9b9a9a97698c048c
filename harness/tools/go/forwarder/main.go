//go:build linux

// The forwarder passes bytes on between pairs of connections for pgsurge's tap, and tells the tap what passed.
//
// Node hands it connections over its channel for child processes (channel.go) and reads from its standard output what
// was said (records.go). Everything else about a connection stays with Node: who may pass, TLS, the login's first
// message, what statements are. A proxy in Node that reads nothing takes twice the CPU of this one, most of it for
// being woken: here that costs one system call, and Node is woken twenty times a second however many statements pass.
//
// It is one thread. The calls of its loop go past Go's scheduler (raw.go), which would start a second thread for each
// wait; so it is started with GOMAXPROCS=1 and GODEBUG=asyncpreemptoff=1.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// Node asks for it. The build sets it to a number made of the source (harness/tools/forwarder.ts).
var version = "0.0.0"

// What is kept is used again, so hardly anything is garbage. Beyond this it is collected all the same.
const memoryLimitBytes = 256 << 20

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println("forwarder", version)
		return
	}
	// A key pressed at a terminal reaches all processes there: this one ends with Node, which tells it by its channel.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryLimitBytes)
	// Without Node there is nobody to tell, and nothing to do.
	if err := newLoop().run(); err != nil && err != errNodeIsGone {
		fmt.Fprintln(os.Stderr, "ERROR the forwarder:", err)
		os.Exit(1)
	}
}
