package engine

import (
	"sync"
	"sync/atomic"
)

// Pool runs the parts of a computation on a fixed number of threads. Who runs
// a part is left to chance, so a part must not depend on it except for
// scratch. One goroutine at a time may call Run. Close ends its goroutines.
type Pool struct {
	workers int
	wake    chan struct{} // one token wakes one worker
	done    sync.WaitGroup
	closed  sync.WaitGroup

	// The current run. Written before the tokens are sent.
	parts int
	part  func(part, worker int)
	next  atomic.Int64
}

// NewPool starts workers-1 goroutines; the caller of Run is the last worker.
// With one worker there are none, and Close is not needed.
func NewPool(workers int) *Pool {
	p := &Pool{workers: max(1, workers)}
	p.wake = make(chan struct{}, p.workers)
	for worker := 1; worker < p.workers; worker++ {
		p.closed.Go(func() {
			for range p.wake {
				p.work(worker)
				p.done.Done()
			}
		})
	}
	return p
}

// Workers is the number of threads: the second argument of a part is below it.
func (p *Pool) Workers() int { return p.workers }

// Run calls part(0..parts-1, worker) and returns when all have ended.
func (p *Pool) Run(parts int, part func(part, worker int)) {
	if parts <= 0 {
		return
	}
	p.parts, p.part = parts, part
	p.next.Store(0)
	helpers := min(p.workers, parts) - 1
	p.done.Add(helpers)
	for range helpers {
		p.wake <- struct{}{}
	}
	p.work(0)
	p.done.Wait()
	p.part = nil
}

func (p *Pool) work(worker int) {
	for {
		part := int(p.next.Add(1)) - 1
		if part >= p.parts {
			return
		}
		p.part(part, worker)
	}
}

// Close ends the goroutines and waits for them. Run must not be called after it.
func (p *Pool) Close() {
	close(p.wake)
	p.closed.Wait()
}
