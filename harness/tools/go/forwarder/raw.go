//go:build linux

package main

import (
	"syscall"
	"unsafe"
)

func rawWait(epoll int, events []syscall.EpollEvent, timeoutMs int) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(
		syscall.SYS_EPOLL_PWAIT, uintptr(epoll),
		uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), uintptr(timeoutMs), 0, 0)
	return int(n), errno
}

func rawRead(fd int, buffer []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(
		syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)))
	return int(n), errno
}

// rawSend writes to a socket whose other side may be gone: that is an error here, and no signal.
func rawSend(fd int, bytes []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(
		syscall.SYS_SENDTO, uintptr(fd),
		uintptr(unsafe.Pointer(&bytes[0])), uintptr(len(bytes)), syscall.MSG_NOSIGNAL, 0, 0)
	return int(n), errno
}

const clockMonotonic = 1

// nowMs is the clock of Node's process.hrtime.
func nowMs() float64 {
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Sec)*1e3 + float64(now.Nsec)/1e6
}

func isLater(errno syscall.Errno) bool {
	return errno == syscall.EAGAIN || errno == syscall.EINTR
}
