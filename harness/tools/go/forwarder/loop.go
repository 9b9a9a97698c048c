//go:build linux

package main

import "syscall"

const (
	outputFd     = 1
	eventsAtOnce = 128
	// As much as Node reads of a stream at once.
	readBytes = 64 << 10
)

// loop waits for all connections and passes on what they say.
type loop struct {
	epoll   int
	channel channel
	records records
	buffer  []byte
	// By the descriptor's number; nil where it is none of ours.
	sides []*side
	// Those of which only one side has come yet.
	half map[uint32]*pair
	// One for each latency.
	lines []*line
}

func newLoop() *loop {
	return &loop{
		records: records{fd: outputFd},
		buffer:  make([]byte, readBytes),
		half:    map[uint32]*pair{},
	}
}

func (l *loop) run() error {
	var err error
	if l.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if l.records.timer, err = newTimer(); err != nil {
		return err
	}
	for _, fd := range []int{channelFd, outputFd} {
		if err := syscall.SetNonblock(fd, true); err != nil {
			return err
		}
	}
	l.control(syscall.EPOLL_CTL_ADD, l.records.timer, syscall.EPOLLIN)
	l.control(syscall.EPOLL_CTL_ADD, channelFd, syscall.EPOLLIN)
	l.control(syscall.EPOLL_CTL_ADD, outputFd, 0)
	events := make([]syscall.EpollEvent, eventsAtOnce)
	for {
		n, errno := rawWait(l.epoll, events)
		if errno != 0 && errno != syscall.EINTR {
			return errno
		}
		for i := 0; errno == 0 && i < n; i++ {
			if err := l.meet(int(events[i].Fd), events[i].Events); err != nil {
				return err
			}
		}
		if l.records.areEnough() {
			if err := l.tell(); err != nil {
				return err
			}
		}
	}
}

func (l *loop) meet(fd int, events uint32) error {
	switch fd {
	case channelFd:
		return l.hear()
	case outputFd:
		return l.tell()
	case l.records.timer:
		l.records.ring()
		return l.tell()
	}
	if s := l.sideOf(fd); s != nil {
		l.move(s, events)
		return nil
	}
	for _, line := range l.lines {
		if fd == line.timer {
			line.deliver(l.give)
		}
	}
	return nil
}

// tell gives Node what there is to tell, and waits for room where it does not take all.
func (l *loop) tell() error {
	wasFull := l.records.isFull
	if err := l.records.write(); err != nil {
		return err
	}
	if l.records.isFull != wasFull {
		events := uint32(0)
		if l.records.isFull {
			events = syscall.EPOLLOUT
		}
		l.control(syscall.EPOLL_CTL_MOD, outputFd, events)
	}
	return nil
}

func (l *loop) hear() error {
	messages, err := l.channel.read()
	if err != nil {
		return err
	}
	for _, one := range messages {
		if one.Flush != nil {
			l.records.note(*one.Flush, caughtUp, nowMs(), nil)
			if err := l.tell(); err != nil {
				return err
			}
		}
		if one.Cmd == "NODE_HANDLE" {
			if err := l.welcome(one); err != nil {
				return err
			}
		}
	}
	return nil
}

// welcome takes one connection of a pair, and begins once both are there.
func (l *loop) welcome(one message) error {
	fd, err := l.channel.nextConnection()
	if err != nil || fd < 0 {
		return err
	}
	p := l.half[one.Msg.Pair]
	if p == nil {
		p = newPair(one.Msg.Pair)
		l.half[p.id] = p
	}
	s := &p.client
	if one.Msg.Side == "server" {
		s = &p.server
	}
	s.fd = fd
	// Until the pair is whole, what was read before waits with the side that is to hear it.
	s.peer.pending.add(one.Msg.Unread)
	if len(one.Msg.Unread) > 0 {
		l.records.note(p.id, s.said, nowMs(), one.Msg.Unread)
	}
	if !p.isWhole() {
		return nil
	}
	delete(l.half, p.id)
	if p.line, err = l.lineOf(one.Msg.RoundTripMs); err != nil {
		return err
	}
	l.keep(&p.client)
	l.keep(&p.server)
	l.update(p)
	return nil
}

// lineOf gives the line of a latency; nil where there is none.
func (l *loop) lineOf(ms float64) (*line, error) {
	if ms <= 0 {
		return nil, nil
	}
	for _, line := range l.lines {
		if line.ms == ms {
			return line, nil
		}
	}
	timer, err := newTimer()
	if err != nil {
		return nil, err
	}
	l.control(syscall.EPOLL_CTL_ADD, timer, syscall.EPOLLIN)
	made := &line{ms: ms, timer: timer}
	l.lines = append(l.lines, made)
	return made, nil
}

// move does what can be done with a connection.
func (l *loop) move(s *side, events uint32) {
	if events&syscall.EPOLLOUT != 0 && !s.pending.isEmpty() {
		if errno := s.takePending(); errno != 0 {
			l.breakOff(s, errno)
			return
		}
	}
	if events&^syscall.EPOLLOUT != 0 && !s.isOver && s.peer.pending.isEmpty() {
		if !l.read(s) {
			return
		}
	}
	l.update(s.pair)
}

// read passes on what a side says, and its end. It gives false where the pair is over.
func (l *loop) read(s *side) bool {
	n, errno := rawRead(s.fd, l.buffer)
	if isLater(errno) {
		return true
	}
	atMs := nowMs()
	if errno != 0 {
		l.breakOff(s, errno)
		return false
	}
	s.isOver = n == 0
	if line := s.pair.line; line != nil && s.said == serverSaid {
		line.add(held{from: s, dueMs: atMs + line.ms, length: n}, l.buffer[:n])
		return true
	}
	return l.pass(s, atMs, l.buffer[:n])
}

// give passes on what was held back.
func (l *loop) give(one held, said []byte) {
	s := one.from
	if !s.pair.isClosed && l.pass(s, nowMs(), said) {
		l.update(s.pair)
	}
}

// pass gives the other side what this one said, or its end where that is nothing. False: the pair is over.
func (l *loop) pass(s *side, cameMs float64, said []byte) bool {
	if len(said) == 0 {
		s.isPassed = true
		s.peer.endsWhenSent = true
		l.note(s.pair, s.ended, cameMs, nil)
		return true
	}
	errno := s.peer.take(said)
	atMs := cameMs
	// A question counts from when it came, an answer from when it went.
	if s.said == serverSaid {
		atMs = nowMs()
	}
	l.note(s.pair, s.said, atMs, said)
	if errno != 0 {
		l.breakOff(s.peer, errno)
		return false
	}
	return true
}

// note tells Node, who hears of every end: only what was said is too much for it.
func (l *loop) note(p *pair, kind uint32, atMs float64, said []byte) {
	if len(said) > 0 && l.records.areTooMany() && !p.isUntold {
		p.isUntold = true
		l.records.note(p.id, untold, atMs, nil)
	}
	if len(said) > 0 && p.isUntold {
		return
	}
	l.records.note(p.id, kind, atMs, said)
}

// update waits for what can happen next, passes an end on once all before it has gone, and closes what is over.
func (l *loop) update(p *pair) {
	for _, s := range [...]*side{&p.client, &p.server} {
		if s.endsWhenSent && s.pending.isEmpty() {
			s.endsWhenSent = false
			_ = syscall.Shutdown(s.fd, syscall.SHUT_WR)
		}
	}
	if p.client.isPassed && p.server.isPassed && p.client.pending.isEmpty() && p.server.pending.isEmpty() {
		l.close(p)
		return
	}
	l.await(&p.client)
	l.await(&p.server)
}

// breakOff ends both where one broke, so that the other side sees the same.
func (l *loop) breakOff(s *side, errno syscall.Errno) {
	atMs := nowMs()
	l.note(s.pair, s.ended, atMs, nil)
	l.note(s.pair, s.peer.ended, atMs, nil)
	if errno == syscall.ECONNRESET {
		_ = syscall.SetsockoptLinger(s.peer.fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
	}
	l.close(s.pair)
}

func (l *loop) close(p *pair) {
	for _, s := range [...]*side{&p.client, &p.server} {
		if s.interest != 0 {
			l.control(syscall.EPOLL_CTL_DEL, s.fd, 0)
		}
		l.sides[s.fd] = nil
		_ = syscall.Close(s.fd)
	}
	p.isClosed = true
	l.note(p, closed, nowMs(), nil)
}

func (l *loop) await(s *side) {
	wanted := s.wanted()
	if wanted == s.interest {
		return
	}
	operation := syscall.EPOLL_CTL_MOD
	if s.interest == 0 {
		operation = syscall.EPOLL_CTL_ADD
	} else if wanted == 0 {
		operation = syscall.EPOLL_CTL_DEL
	}
	s.interest = wanted
	l.control(operation, s.fd, wanted)
}

func (l *loop) control(operation int, fd int, events uint32) {
	_ = syscall.EpollCtl(l.epoll, operation, fd, &syscall.EpollEvent{Events: events, Fd: int32(fd)})
}

func (l *loop) keep(s *side) {
	for len(l.sides) <= s.fd {
		l.sides = append(l.sides, nil)
	}
	l.sides[s.fd] = s
}

func (l *loop) sideOf(fd int) *side {
	if fd < 0 || fd >= len(l.sides) {
		return nil
	}
	return l.sides[fd]
}
