//go:build linux

package main

import (
	"encoding/binary"
	"math"
	"syscall"
)

// What a record tells. harness/tap/forwarder/records.ts reads them.
const (
	clientSaid  = 1
	serverSaid  = 2
	clientEnded = 3
	serverEnded = 4
	// Both connections are closed.
	closed = 5
	// Node reads too slowly: nothing more is told of this pair, which goes on all the same.
	untold = 6
	// The answer to a flush; in place of a pair it holds the question's number.
	caughtUp = 7
)

const (
	// Pair (4 bytes), kind (4), bytes that follow (4), nothing (4), ms of the monotonic clock (8); little-endian.
	headBytes = 24
	// So long records wait for others, so that Node is woken seldom.
	waitMs = 50
	// Or until there are so many.
	enoughBytes = 128 << 10
	// What Node has not read yet must not take all memory.
	mostBytes = 64 << 20
)

// records are what passed, until Node has taken it.
type records struct {
	queue
	fd, timer int
	// The timer is set: they are due when it rings.
	isSet bool
	// The pipe is full: it is written to again when it has room.
	isFull bool
}

func (r *records) areTooMany() bool { return r.size() > mostBytes }

func (r *records) areEnough() bool { return !r.isFull && r.size() >= enoughBytes }

func (r *records) note(pair uint32, kind uint32, atMs float64, said []byte) {
	if !r.isSet {
		r.isSet = true
		setTimer(r.timer, waitMs)
	}
	var head [headBytes]byte
	binary.LittleEndian.PutUint32(head[0:], pair)
	binary.LittleEndian.PutUint32(head[4:], kind)
	binary.LittleEndian.PutUint32(head[8:], uint32(len(said)))
	binary.LittleEndian.PutUint64(head[16:], math.Float64bits(atMs))
	r.add(head[:])
	r.add(said)
}

// ring is called when the timer has rung.
func (r *records) ring() {
	ring(r.timer)
	r.isSet = false
}

// write gives Node what it takes. An error means that Node is gone.
func (r *records) write() error {
	for !r.isEmpty() {
		n, errno := rawSend(r.fd, r.rest())
		if errno == syscall.EINTR {
			continue
		}
		if errno == syscall.EAGAIN {
			r.isFull = true
			return nil
		}
		if errno != 0 {
			return errNodeIsGone
		}
		r.drop(n)
	}
	r.isFull = false
	return nil
}
