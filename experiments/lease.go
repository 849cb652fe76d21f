package experiments

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
)

// maxCrashes is how many workers may die of one run before it is given up:
// a run that kills its worker each time would be tried for ever.
const maxCrashes = 3

// lease is one worker's right to train one run. It ends when the worker does
// not renew it in time; another worker may then have the run, and whatever
// this one still writes is refused with errLeaseLost.
type lease struct {
	run     int64
	worker  string
	attempt int
	spec    Spec
	bundle  string // that an earlier attempt has left, "" for none
}

var (
	errLeaseLost = errors.New("another worker has the run now: this process was silent for too long")
	errCancelled = errors.New("cancelled")
	errGone      = errors.New("the workspace was deleted")
)

// workerName tells people and other workers who has a run.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), rand.Text()[:8])
}

// nextLease takes the oldest run that waits, or whose worker died; ok is false
// when there is none.
func (s *Store) nextLease(ctx context.Context, worker string) (l lease, ok bool, err error) {
	waiting, err := s.workWaits(ctx)
	if err != nil || !waiting {
		return lease{}, false, err
	}
	l, ok, err = s.takeAny(ctx, worker)
	if err != nil {
		return lease{}, false, fmt.Errorf("lease a run: %w", err)
	}
	return l, ok, nil
}
