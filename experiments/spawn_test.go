package experiments

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestOneWorkerIsStartedHoweverManyAsk(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	t.Setenv("RINGLAB_TEST_IDLE", "300ms")
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureWorker(ctx, executable); err != nil {
		t.Fatal(err)
	}
	if alive, err := s.workerLives(); err != nil || alive {
		t.Fatalf("a worker was started for an empty queue, %v", err)
	}
	ids := []string{submit(t, s, quickTrees(1)).ID, submit(t, s, quickTrees(2)).ID}
	var callers sync.WaitGroup
	for range 4 {
		other := openStore(t, s.ws.Dir())
		callers.Go(func() {
			if err := other.EnsureWorker(ctx, executable); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	workers := make(map[string]bool)
	for _, id := range ids {
		waitFor(t, "run "+id+" to finish", func() bool {
			run, err := s.Run(ctx, id)
			if err != nil || run.State.Ended() && run.State != Finished {
				t.Fatalf("run is %s: %s, %v", run.State, run.Error, err)
			}
			return run.State == Finished
		})
		log, err := os.ReadFile(s.logPath(int64(id[0] - '0')))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(log), "worker=")
		worker, _, _ := strings.Cut(rest, " ")
		workers[worker] = true
	}
	if len(workers) != 1 {
		t.Errorf("the runs were trained by %d workers, want 1", len(workers))
	}
	waitFor(t, "the idle worker to end", func() bool {
		alive, err := s.workerLives()
		return err == nil && !alive
	})
}

func TestAWorkerThatCannotStartIsReported(t *testing.T) {
	s := newStore(t)
	submit(t, s, quickTrees(1))
	if err := s.EnsureWorker(t.Context(), filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing program was started")
	}
	no, err := filepath.Abs("/bin/false")
	if err != nil {
		t.Fatal(err)
	}
	err = s.EnsureWorker(t.Context(), no)
	if err == nil || !strings.Contains(err.Error(), "worker.log") {
		t.Errorf("error %v, want one that names the log", err)
	}
}

// A run queued just as the last worker ends must not be left lying: who
// queued it saw a living worker, and started none.
func TestARunQueuedWhileAWorkerLivesIsTrainedByIt(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	const idle = 30 * time.Millisecond
	for round := range 5 {
		done := make(chan error, 1)
		go func() { done <- s.Work(ctx, idle) }()
		// Around the moment at which it lets go.
		time.Sleep(idle + time.Duration(round*4)*time.Millisecond)
		id := submit(t, s, quickTrees(1)).ID
		alive, err := s.workerLives()
		if err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		run, err := s.Run(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if alive && run.State != Finished {
			t.Errorf("run %s is %s although a worker lived when it was queued", id, run.State)
		}
		if !run.State.Ended() {
			if _, err := s.Cancel(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
	}
}
