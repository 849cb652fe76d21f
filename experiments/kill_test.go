package experiments

import (
	"database/sql"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// startWorker starts this test binary as a worker process.
func startWorker(t *testing.T, s *Store) *exec.Cmd {
	t.Helper()
	worker := exec.Command(os.Args[0], "worker", "--workspace", s.ws.Dir())
	worker.Stderr = os.Stderr
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	return worker
}

// A worker is killed at random moments, twice a run, the third completes it.
// After each kill the workspace must be consistent, and the completed run must
// equal one that nobody disturbed.
func TestAKilledWorkersRunIsCompletedByTheNextBitForBit(t *testing.T) {
	rounds := 2
	if os.Getenv("RINGLAB_LONG") == "1" {
		rounds = 60
	}
	s := newNetStore(t)
	want := whatWasLearned(t, s, "1")
	undisturbed, err := s.Run(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	// Also a little after the end: the last moments write the most.
	window := undisturbed.Ended.Sub(undisturbed.Started) * 5 / 4
	seed := rand.Uint64()
	t.Logf("random moments from seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range rounds {
		id := submit(t, s, smallNet(1, "6")).ID
		for range maxCrashes - 1 {
			worker := startWorker(t, s)
			waitFor(t, "the worker to have the run", func() bool {
				run, err := s.Run(t.Context(), id)
				return err != nil || run.State == Finished || run.State == Running && !run.Silent
			})
			time.Sleep(time.Duration(random.Int64N(int64(window))))
			_ = worker.Process.Kill()
			_ = worker.Wait()
			expireLease(t, s, id)
			checkConsistent(t, s, id)
		}
		if err := openStore(t, s.ws.Dir()).workUntil(t, id); err != nil {
			t.Fatal(err)
		}
		checkConsistent(t, s, id)
		sameLearned(t, "run "+id, whatWasLearned(t, s, id), want)
	}
}

// expireLease lets the time pass after which a dead worker's run is free.
func expireLease(t *testing.T, s *Store, id string) {
	t.Helper()
	if err := s.ws.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE runs SET lease_until_ms = 0 WHERE id = ?`, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// workUntil works as the next worker until the run has ended.
func (s *Store) workUntil(t *testing.T, id string) error {
	for {
		if err := s.Work(t.Context(), 100*time.Millisecond); err != nil {
			return err
		}
		run, err := s.Run(t.Context(), id)
		if err != nil {
			return err
		}
		if run.State.Ended() {
			if run.State != Finished {
				t.Fatalf("run %s is %s: %s", id, run.State, run.Error)
			}
			return nil
		}
	}
}

// checkConsistent: a run has either nothing or all of what belongs to its end.
func checkConsistent(t *testing.T, s *Store, id string) {
	t.Helper()
	ctx := t.Context()
	run, err := s.Run(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	artifacts, err := s.Artifacts(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := s.answers(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	switch run.State {
	case Running, Queued:
		if run.Evaluation != nil || len(artifacts) != 0 || len(answers) != 0 {
			t.Errorf("run %s is %s and has an evaluation (%v), %d artifacts, %d answers", id, run.State, run.Evaluation != nil, len(artifacts), len(answers))
		}
	case Finished:
		if run.Evaluation == nil || len(artifacts) != 4 || len(answers) != run.Evaluation.Records {
			t.Errorf("run %s is finished and has an evaluation (%v), %d artifacts, %d answers", id, run.Evaluation != nil, len(artifacts), len(answers))
		}
		for _, a := range artifacts {
			if _, err := s.Artifact(ctx, id, a.Name); err != nil {
				t.Error(err)
			}
		}
		model, err := s.Resolve(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := loadModel(model); err != nil {
			t.Error(err)
		}
	default:
		t.Errorf("run %s is %s: %s", id, run.State, run.Error)
	}
}
