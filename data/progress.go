package data

import (
	"io"
	"sync/atomic"
	"time"
)

// countingReader counts what was read of a file, for progress.
type countingReader struct {
	in   io.Reader
	read atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// progressReporter calls report a few times a second, and with the last tally.
// It is nil if report is nil.
func progressReporter(report func(Progress), total int64, read *atomic.Int64) func(t tally, final bool) {
	if report == nil {
		return nil
	}
	var last time.Time
	return func(t tally, final bool) {
		if now := time.Now(); final || now.Sub(last) >= progressEvery {
			last = now
			report(Progress{Read: t.read, Kept: t.kept, Repeated: t.repeated, Dead: t.dead, BytesRead: read.Load(), BytesTotal: total})
		}
	}
}
