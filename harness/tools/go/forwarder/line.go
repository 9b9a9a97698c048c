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
	bytes queue
}

func (l *line) add(one held, said []byte) {
	if len(l.held) == 0 {
		setTimer(l.timer, l.ms)
	}
	l.held = append(l.held, one)
	l.bytes.add(said)
}

// deliver gives what is due, in order, and sets the timer for what is not.
func (l *line) deliver(give func(one held, said []byte)) {
	ring(l.timer)
	nowMs, due := nowMs(), 0
	for _, one := range l.held {
		if one.dueMs > nowMs {
			setTimer(l.timer, one.dueMs-nowMs)
			break
		}
		give(one, l.bytes.rest()[:one.length])
		l.bytes.drop(one.length)
		due++
	}
	l.held = l.held[:copy(l.held, l.held[due:])]
}
