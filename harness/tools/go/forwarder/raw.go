//go:build linux

package main

import (
	"syscall"
	"time"
	"unsafe"
)

// rawWait waits for ever: a limit would set a timer of the kernel at each call, which in a virtual machine costs as
// much as the call.
func rawWait(epoll int, events []syscall.EpollEvent) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(
		syscall.SYS_EPOLL_PWAIT, uintptr(epoll),
		uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), ^uintptr(0), 0, 0)
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

func monotonicMs() float64 {
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Sec)*1e3 + float64(now.Nsec)/1e6
}

var (
	startedAt = time.Now()
	startedMs = monotonicMs()
)

// nowMs is the clock of Node's process.hrtime, read without a system call.
func nowMs() float64 {
	return startedMs + float64(time.Since(startedAt))/1e6
}

type interval struct{ every, first syscall.Timespec }

// newTimer gives a descriptor that can be read once its time is over.
func newTimer() (int, error) {
	fd, _, errno := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE, clockMonotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(fd), nil
}

// setTimer lets it ring once.
func setTimer(fd int, afterMs float64) {
	// Nothing at all would turn it off.
	nanoseconds := max(1, int64(afterMs*1e6))
	once := interval{first: syscall.NsecToTimespec(nanoseconds)}
	syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, uintptr(fd), 0, uintptr(unsafe.Pointer(&once)), 0, 0, 0)
}

// ring takes note that it has rung: until then the loop is woken by it.
func ring(fd int) {
	var count [8]byte
	rawRead(fd, count[:])
}

func isLater(errno syscall.Errno) bool {
	return errno == syscall.EAGAIN || errno == syscall.EINTR
}
