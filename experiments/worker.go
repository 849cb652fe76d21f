package experiments

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"ringlab/models"
)

// Observer hears how a run trained by this process goes on. Any function may
// be nil. They are called from the training goroutine.
type Observer struct {
	Phase func(name string, done, total int)
	Epoch func(models.Epoch)
}

// workersLock is a file that each worker holds shared while it looks for runs:
// whoever gets it alone knows that no worker lives.
const workersLock = "workers.lock"

// Work leases queued runs and trains them until none was queued for idle (0:
// returns when the queue is empty), ctx ends, or the workspace is gone. A run
// that fails does not end it. The run that it trains when ctx ends becomes
// interrupted.
func (s *Store) Work(ctx context.Context, idle time.Duration) error {
	worker := workerName()
	for {
		lock := flock.New(s.ws.Path(workersLock))
		if _, err := lock.TryRLockContext(ctx, 20*time.Millisecond); err != nil {
			return unlessEnded(ctx, fmt.Errorf("lock %s: %w", workersLock, err))
		}
		err := s.workUntilIdle(ctx, worker, idle)
		if err = errors.Join(err, lock.Unlock()); err != nil || ctx.Err() != nil || s.ws.Gone() {
			return err
		}
		// Somebody may have queued a run after the last look and before the lock
		// was free: they saw a living worker and started none.
		if again, err := s.workWaits(ctx); err != nil || !again {
			return err
		}
	}
}

func (s *Store) workUntilIdle(ctx context.Context, worker string, idle time.Duration) error {
	idleSince := time.Now()
	for ctx.Err() == nil && !s.ws.Gone() {
		l, ok, err := s.nextLease(ctx, worker)
		if err != nil {
			return unlessEnded(ctx, err)
		}
		if ok {
			// How the run ended stands with the run; only a worker that cannot
			// write it down has to give up.
			if err := s.attempt(ctx, l, Observer{}); err != nil && !errors.Is(err, errLeaseLost) && !errors.Is(err, errGone) {
				return unlessEnded(ctx, err)
			}
			idleSince = time.Now()
			continue
		}
		if time.Since(idleSince) >= idle {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(s.timing.poll):
		}
	}
	return nil
}

// unlessEnded drops an error that only says that ctx has ended.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// WorkOne trains one run in this process: a queued one, or one that has
// stopped, which resumes it. observe hears each epoch and phase. When ctx ends
// the run becomes interrupted, with its checkpoint and best model so far, and
// is returned with ctx's error. A run that failed or was cancelled is returned
// without an error: its State and Error tell.
func (s *Store) WorkOne(ctx context.Context, run string, observe Observer) (Run, error) {
	n, err := parseRunID(run)
	if err != nil {
		return Run{}, err
	}
	l, ok, err := s.takeOne(ctx, n, workerName())
	if err != nil {
		return Run{}, s.explain(ctx, run, moveStart, err)
	}
	if ok {
		if err := s.attempt(ctx, l, observe); err != nil {
			return Run{}, fmt.Errorf("train run %s: %w", run, err)
		}
	}
	r, err := s.Run(context.WithoutCancel(ctx), run)
	if err != nil {
		return Run{}, err
	}
	return r, ctx.Err()
}

// spawnPatience is how long a started worker may take until it is at work.
const spawnPatience = 20 * time.Second

// EnsureWorker starts a worker process that outlives this one if a run waits
// and no worker lives: executable with `worker --workspace DIR`. It returns
// when the worker is at work. Two callers at once start one.
func (s *Store) EnsureWorker(ctx context.Context, executable string) (err error) {
	waits, err := s.workWaits(ctx)
	if err != nil || !waits {
		return err
	}
	lock, err := s.ws.Lock(ctx, "worker-start")
	if err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	alive, err := s.workerLives()
	if err != nil || alive {
		return err
	}
	if err := s.spawn(ctx, executable); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	return nil
}

// workerLives tells whether a worker process holds its lock.
func (s *Store) workerLives() (bool, error) {
	lock := flock.New(s.ws.Path(workersLock))
	alone, err := lock.TryLock()
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", workersLock, err)
	}
	if alone {
		return false, lock.Unlock()
	}
	return true, nil
}

// spawn starts a worker and waits until it holds its lock.
func (s *Store) spawn(ctx context.Context, executable string) error {
	executable, err := filepath.Abs(executable)
	if err != nil {
		return err
	}
	logPath := s.ws.Path("logs", "worker.log")
	log, err := os.OpenFile(logPath, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	// The worker outlives the command that started it, so no context ends it.
	//nolint:gosec // it starts this program again
	command := exec.CommandContext(context.WithoutCancel(ctx), executable, "worker", "--workspace", s.ws.Dir())
	// Not the workspace: a folder that somebody works in cannot be deleted on Windows.
	command.Dir = filepath.VolumeName(executable) + string(filepath.Separator)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = detached()
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }() // a long-lived parent must not keep a zombie
	patience := time.NewTimer(spawnPatience)
	defer patience.Stop()
	for {
		if alive, err := s.workerLives(); err != nil || alive {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-ended:
			if err == nil {
				return nil // it found the queue empty again
			}
			return fmt.Errorf("it ended at once (%w): see %s", err, logPath)
		case <-patience.C:
			return fmt.Errorf("it is not at work after %s: see %s", spawnPatience, logPath)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
