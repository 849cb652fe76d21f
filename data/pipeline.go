package data

import (
	"context"
	"errors"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// recordStream hands out records until io.EOF.
type recordStream interface{ next() (rawRecord, error) }

// chunk is a run of records that one worker checks.
type chunk[T any] struct {
	records []rawRecord
	checked []T
	done    chan struct{}
}

// maxChunkBytes ends a chunk early where records are long.
const maxChunkBytes = 256 << 10

// inOrder reads records in one goroutine, checks them on all processors, and
// hands the results to sink in the order of the stream, at most size at a
// time. Memory is bounded by a few chunks a processor. The first error ends
// all; sink runs in the calling goroutine.
func inOrder[T any](ctx context.Context, stream recordStream, size int, check func(rawRecord) (T, error), sink func([]T) error) error {
	workers := runtime.GOMAXPROCS(0)
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan *chunk[T])
	ordered := make(chan *chunk[T], 2*workers)

	g.Go(func() error {
		defer close(work)
		defer close(ordered)
		for {
			c, err := nextChunk[T](stream, size)
			if len(c.records) > 0 {
				for _, to := range []chan *chunk[T]{ordered, work} {
					select {
					case to <- c:
					case <-ctx.Done():
						return ctx.Err()
					}
				}
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	for range workers {
		g.Go(func() error {
			for c := range work {
				c.checked = make([]T, 0, len(c.records))
				for _, r := range c.records {
					if err := ctx.Err(); err != nil {
						return err
					}
					checked, err := check(r)
					if err != nil {
						return err
					}
					c.checked = append(c.checked, checked)
				}
				close(c.done)
			}
			return nil
		})
	}
	// An error of sink must end the goroutines too: it goes through the group.
	sunk := deliver(ctx, ordered, sink)
	g.Go(func() error { return sunk })
	return g.Wait()
}

func nextChunk[T any](stream recordStream, size int) (*chunk[T], error) {
	c := &chunk[T]{records: make([]rawRecord, 0, size), done: make(chan struct{})}
	for bytes := 0; len(c.records) < size && bytes < maxChunkBytes; {
		r, err := stream.next()
		if err != nil {
			return c, err
		}
		bytes += len(r.raw)
		c.records = append(c.records, r)
	}
	return c, nil
}

func deliver[T any](ctx context.Context, ordered <-chan *chunk[T], sink func([]T) error) error {
	for c := range ordered {
		select {
		case <-c.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := sink(c.checked); err != nil {
			return err
		}
	}
	return ctx.Err()
}
