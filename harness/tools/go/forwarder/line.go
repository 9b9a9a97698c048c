//go:build linux

package main

// held is something that a server said, or its end, on its way.
type held struct {
	from  *side
	dueMs float64
	// Of what it said; its end has none.
	length int
}

// line holds back what servers say for a link's latency: all of one latency, in their order, with one timer.
type line struct {
	ms    float64
	timer int
	held  []held
	bytes []byte
}

func (l *line) add(one held, said []byte) {
	if len(l.held) == 0 {
		setTimer(l.timer, l.ms)
	}
	l.held = append(l.held, one)
	l.bytes = append(l.bytes, said...)
}

// deliver gives what is due, in order, and sets the timer for what is not.
func (l *line) deliver(give func(one held, said []byte)) {
	ring(l.timer)
	bytes, nowMs, gone := l.bytes, nowMs(), 0
	for _, one := range l.held {
		if one.dueMs > nowMs {
			setTimer(l.timer, one.dueMs-nowMs)
			break
		}
		give(one, bytes[:one.length])
		bytes = bytes[one.length:]
		gone++
	}
	l.held = l.held[:copy(l.held, l.held[gone:])]
	l.bytes = l.bytes[:copy(l.bytes, bytes)]
}
