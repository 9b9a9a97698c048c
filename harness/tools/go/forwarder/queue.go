//go:build linux

package main

const (
	// A queue that had more than that gives its memory back when it is empty.
	mostKeptBytes = 512 << 10
	// Less is not worth being moved.
	movedFromBytes = 64 << 10
)

// queue holds bytes that come in behind and go out in front. Nil bytes: it is empty.
type queue struct {
	bytes []byte
	// So many of them have gone.
	gone int
}

func (q *queue) rest() []byte { return q.bytes[q.gone:] }

func (q *queue) isEmpty() bool { return q.gone == len(q.bytes) }

func (q *queue) size() int { return len(q.bytes) - q.gone }

func (q *queue) add(bytes []byte) { q.bytes = append(q.bytes, bytes...) }

// drop moves what is left only where at least as much has gone, so that no byte is moved more than once on an average.
func (q *queue) drop(count int) {
	q.gone += count
	if q.isEmpty() {
		q.bytes, q.gone = q.bytes[:0], 0
		if cap(q.bytes) > mostKeptBytes {
			q.bytes = nil
		}
	} else if q.gone >= movedFromBytes && q.gone >= len(q.bytes)/2 {
		q.bytes, q.gone = q.bytes[:copy(q.bytes, q.bytes[q.gone:])], 0
	}
}
