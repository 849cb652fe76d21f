package experiments

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// clockStore has a clock that only the test moves.
func clockStore(t *testing.T) (s *Store, advance func(time.Duration)) {
	s = newStore(t)
	now := time.Now()
	s.now = func() time.Time { return now }
	return s, func(d time.Duration) { now = now.Add(d) }
}

func lease1(t *testing.T, s *Store, worker string) lease {
	t.Helper()
	l, ok, err := s.nextLease(t.Context(), worker)
	if err != nil || !ok {
		t.Fatalf("no run was leased: %v", err)
	}
	return l
}

func TestOnlyOneOfManyWorkersGetsARun(t *testing.T) {
	s := newStore(t)
	submit(t, s, quickTrees(1))
	var got sync.Map
	var workers sync.WaitGroup
	for i := range 8 {
		other := openStore(t, s.ws.Dir())
		workers.Go(func() {
			if l, ok, err := other.nextLease(t.Context(), workerName()); err != nil {
				t.Error(err)
			} else if ok {
				got.Store(i, l)
			}
		})
	}
	workers.Wait()
	count := 0
	got.Range(func(any, any) bool { count++; return true })
	if count != 1 {
		t.Errorf("%d workers got the run", count)
	}
}

func TestALeaseThatIsRenewedIsKeptAndOneThatIsNotIsLost(t *testing.T) {
	s, advance := clockStore(t)
	ctx := t.Context()
	submit(t, s, quickTrees(1))
	first := lease1(t, s, "first")
	for range 3 {
		advance(s.timing.lease * 2 / 3)
		if err := s.report(ctx, first, progress{phase: "training"}); err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := s.nextLease(ctx, "second"); ok {
			t.Fatal("a run with a living worker was taken")
		}
	}
	advance(s.timing.lease + time.Millisecond)
	run, err := s.Run(ctx, "1")
	if err != nil || !run.Silent || !strings.Contains(run.Phase, "ringlab runs resume 1") {
		t.Errorf("silent %v, phase %q, %v; want one that says that the worker is silent", run.Silent, run.Phase, err)
	}
	if _, err := s.Promote(ctx, "1", PromoteOptions{}); err == nil || !strings.Contains(err.Error(), "ringlab runs resume 1") {
		t.Errorf("promoting it: %v; want what to do", err)
	}
	second := lease1(t, s, "second")
	if second.attempt != 2 {
		t.Errorf("attempt %d, want 2", second.attempt)
	}
	if err := s.report(ctx, first, progress{points: []metricPoint{{key: "loss"}}}); !errors.Is(err, errLeaseLost) {
		t.Errorf("the first worker wrote progress: %v", err)
	}
	if err := s.settle(ctx, first, outcome{move: moveFinish}); !errors.Is(err, errLeaseLost) {
		t.Errorf("the first worker ended the run: %v", err)
	}
	if err := s.askedToStop(ctx, first); !errors.Is(err, errLeaseLost) {
		t.Errorf("the first worker was told %v", err)
	}
	if points, _ := s.Curve(ctx, "1", "loss", 0); len(points) != 0 {
		t.Error("the first worker's point is there")
	}
}

// A worker dies, and then the clock, which was hours ahead, is set right.
func TestALeaseOfAClockThatWasWrongHoldsNobodyUp(t *testing.T) {
	s, advance := clockStore(t)
	submit(t, s, quickTrees(1))
	first := lease1(t, s, "first")
	advance(-3 * time.Hour)
	if run, err := s.Run(t.Context(), "1"); err != nil || !run.Silent {
		t.Errorf("%+v (%v): want its worker silent", run, err)
	}
	if second := lease1(t, s, "second"); second.attempt != 2 {
		t.Errorf("attempt %d, want 2", second.attempt)
	}
	if err := s.report(t.Context(), first, progress{phase: "training"}); !errors.Is(err, errLeaseLost) {
		t.Errorf("the first worker wrote progress: %v", err)
	}
}

func TestARunThatKillsItsWorkersFails(t *testing.T) {
	s, advance := clockStore(t)
	ctx := t.Context()
	submit(t, s, quickTrees(1))
	for range maxCrashes {
		lease1(t, s, "victim")
		advance(s.timing.lease + time.Millisecond)
	}
	if _, ok, err := s.nextLease(ctx, "victim"); ok || err != nil {
		t.Fatalf("it was tried once more: %v", err)
	}
	run, err := s.Run(ctx, "1")
	if err != nil || run.State != Failed || !strings.Contains(run.Error, "3 workers in a row died") {
		t.Errorf("run is %s: %q, %v", run.State, run.Error, err)
	}
	// A person may try again, and has all the tries again.
	if _, err := s.Resume(ctx, "1"); err != nil {
		t.Fatal(err)
	}
	lease1(t, s, "victim")
}

func TestCancellingARunWhoseWorkerDied(t *testing.T) {
	s, advance := clockStore(t)
	ctx := t.Context()
	t.Run("after it died ends the run at once", func(t *testing.T) {
		id := submit(t, s, quickTrees(1)).ID
		lease1(t, s, "dead")
		advance(s.timing.lease + time.Millisecond)
		if run, err := s.Cancel(ctx, id); err != nil || run.State != Cancelled {
			t.Errorf("run is %s, %v", run.State, err)
		}
	})
	t.Run("before it died keeps the next worker from it", func(t *testing.T) {
		id := submit(t, s, quickTrees(1)).ID
		lease1(t, s, "dying")
		if run, err := s.Cancel(ctx, id); err != nil || run.State != Running || !run.Cancelling {
			t.Errorf("run is %s, cancelling %v, %v", run.State, run.Cancelling, err)
		}
		advance(s.timing.lease + time.Millisecond)
		// No worker need come along to make this true.
		if run, err := s.Run(ctx, id); err != nil || run.State != Cancelled || run.Cancelling || run.Ended.IsZero() {
			t.Errorf("before any other worker comes the run is %s, cancelling %v, ended %v, %v", run.State, run.Cancelling, run.Ended, err)
		}
		if runs, err := s.Runs(ctx, RunQuery{States: []State{Running}}); err != nil || len(runs) != 0 {
			t.Errorf("%d runs are listed as running, %v", len(runs), err)
		}
		if _, ok, err := s.nextLease(ctx, "next"); ok || err != nil {
			t.Errorf("the next worker got it: %v", err)
		}
		if run, err := s.Run(ctx, id); err != nil || run.State != Cancelled {
			t.Errorf("run is %s, %v", run.State, err)
		}
	})
}

func TestResumingARunWhoseWorkerDied(t *testing.T) {
	s, advance := clockStore(t)
	ctx := t.Context()
	id := submit(t, s, quickTrees(1)).ID
	dead := lease1(t, s, "dead")
	if _, err := s.Resume(ctx, id); err == nil {
		t.Error("a run with a living worker was resumed")
	}
	advance(s.timing.lease + time.Millisecond)
	if run, err := s.Resume(ctx, id); err != nil || run.State != Queued || run.Silent || run.Phase != "" {
		t.Errorf("run is %s, silent %v, phase %q, %v; want it queued", run.State, run.Silent, run.Phase, err)
	}
	if err := s.report(ctx, dead, progress{phase: "back again"}); !errors.Is(err, errLeaseLost) {
		t.Errorf("the worker that was silent wrote progress: %v", err)
	}
	if l := lease1(t, s, "next"); l.attempt != 2 {
		t.Errorf("attempt %d, want 2", l.attempt)
	}
	if _, err := s.Cancel(ctx, id); err != nil {
		t.Fatal(err)
	}
	advance(s.timing.lease + time.Millisecond)
	if err := s.Delete(ctx, id); err != nil {
		t.Errorf("delete what was cancelled: %v", err)
	}
}

func TestARunUnderWayIsNeitherDeletedNorTrainedTwice(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	id := submit(t, s, quickTrees(1)).ID
	lease1(t, s, "busy")
	if err := s.Delete(ctx, id); err == nil || !strings.Contains(err.Error(), "ringlab runs cancel "+id) {
		t.Errorf("delete: %v, want a refusal that says what to do", err)
	}
	if _, err := s.WorkOne(ctx, id, Observer{}); err == nil || !strings.Contains(err.Error(), "still training") {
		t.Errorf("train: %v, want a refusal", err)
	}
}

func TestSeveralWorkersShareTheQueue(t *testing.T) {
	s := newStore(t)
	var ids []string
	for i := range 4 {
		ids = append(ids, submit(t, s, quickTrees(uint64(i))).ID)
	}
	var workers sync.WaitGroup
	for range 2 {
		other := openStore(t, s.ws.Dir())
		workers.Go(func() {
			if err := other.Work(t.Context(), 0); err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	for _, id := range ids {
		if run, err := s.Run(t.Context(), id); err != nil || run.State != Finished || run.Attempt != 1 {
			t.Errorf("run %s is %s after %d attempts, %v; want finished by one", id, run.State, run.Attempt, err)
		}
	}
}
