//go:build linux

package main

import "syscall"

// side is one of the two connections of a pair.
type side struct {
	fd   int
	pair *pair
	peer *side
	// What it says is told as this, and its end as that.
	said, ended uint32
	// For this side, and not taken by the kernel yet.
	pending queue
	// It has said its last, and the other side has been given all of it.
	isOver, isPassed bool
	// It is told so once it has taken what is pending.
	endsWhenSent bool
	// What the loop waits for; 0: nothing, and it is not in the loop's set.
	interest uint32
}

// pair is a client's connection and the one to its server.
type pair struct {
	id             uint32
	client, server side
	// Holds back what the server says; nil: it goes at once.
	line *line
	// Nothing more is told of it.
	isUntold bool
	isClosed bool
}

func newPair(id uint32) *pair {
	p := &pair{id: id}
	p.client = side{fd: -1, pair: p, peer: &p.server, said: clientSaid, ended: clientEnded}
	p.server = side{fd: -1, pair: p, peer: &p.client, said: serverSaid, ended: serverEnded}
	return p
}

func (p *pair) isWhole() bool { return p.client.fd >= 0 && p.server.fd >= 0 }

// wanted is what a side is waited for: it is read only while the other side takes what it says.
func (s *side) wanted() uint32 {
	var events uint32
	if !s.isOver && s.peer.pending.isEmpty() {
		events |= syscall.EPOLLIN
	}
	if !s.pending.isEmpty() {
		events |= syscall.EPOLLOUT
	}
	return events
}

// take writes to the side what the kernel takes and keeps the rest.
func (s *side) take(bytes []byte) syscall.Errno {
	if !s.pending.isEmpty() {
		s.pending.add(bytes)
		return 0
	}
	sent, errno := s.send(bytes)
	s.pending.add(bytes[sent:])
	return errno
}

// takePending is called when the kernel has room again.
func (s *side) takePending() syscall.Errno {
	sent, errno := s.send(s.pending.rest())
	s.pending.drop(sent)
	return errno
}

// send writes until the kernel takes no more, and says how much that was.
func (s *side) send(bytes []byte) (int, syscall.Errno) {
	sent := 0
	for sent < len(bytes) {
		n, errno := rawSend(s.fd, bytes[sent:])
		if errno == syscall.EINTR {
			continue
		}
		if errno == syscall.EAGAIN {
			break
		}
		if errno != 0 {
			return sent, errno
		}
		sent += n
	}
	return sent, 0
}
