package experiments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ringlab/data/workspace"
	"ringlab/models"
)

func TestAFinishedRunHasEverything(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	run, err := s.Run(ctx, treesRun)
	if err != nil {
		t.Fatal(err)
	}
	if run.State != Finished || run.Started.IsZero() || run.Ended.Before(run.Started) || run.Phase != "" || run.Epoch != run.Epochs {
		t.Errorf("run %+v", run)
	}

	if run.Evaluation == nil || run.Evaluation.Records != 25 {
		t.Fatalf("evaluation %+v, want one of 25 records", run.Evaluation)
	}
	for _, name := range []string{"accuracy", "macro_f1", "within_one", "ece"} {
		if _, ok := run.Metrics[name]; !ok {
			t.Errorf("metric %s is missing: %v", name, run.Metrics)
		}
	}
	predictions, err := s.Predictions(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, p := range predictions {
		if p.Record.Label == p.Predicted {
			right++
		}
	}
	if got := float64(right) / float64(len(predictions)); got != run.Evaluation.Accuracy {
		t.Errorf("accuracy of the stored predictions is %v, of the evaluation %v", got, run.Evaluation.Accuracy)
	}
	artifacts, err := s.Artifacts(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range artifacts {
		names = append(names, a.Name)
		content, err := s.Artifact(ctx, run.ID, a.Name)
		if err != nil || int64(len(content)) != a.Bytes {
			t.Errorf("artifact %s: %d bytes, %v; want %d", a.Name, len(content), err, a.Bytes)
		}
		keep(t, a.Name, content)
	}
	if len(names) != 4 {
		t.Errorf("artifacts %v, want curves and confusion as png and svg", names)
	}
	log, err := s.Log(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if text, _ := io.ReadAll(log); len(text) == 0 {
		t.Error("the log is empty")
	}
	m, err := s.Resolve(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loadModel(m); err != nil {
		t.Error(err)
	}
}

// learned is what two trainings of one spec must have in common, bit for bit.
type learned struct {
	curves  map[string][]float64
	tensors string // SHA-256
	answers string
	epochs  map[int64]string // what was kept of the answers after each
}

func whatWasLearned(t *testing.T, s *Store, id string) learned {
	t.Helper()
	ctx := t.Context()
	l := learned{curves: make(map[string][]float64)}
	for _, key := range []string{"loss", "val_loss", "accuracy", "val_accuracy"} {
		points, err := s.Curve(ctx, id, key, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range points {
			if p.Step != int64(i+1) {
				t.Fatalf("curve %s of run %s has step %d where %d should be", key, id, p.Step, i+1)
			}
			l.curves[key] = append(l.curves[key], p.Value)
		}
	}
	model, err := s.Resolve(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	tensors, err := os.ReadFile(filepath.Join(model.Bundle, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	l.tensors = workspace.Sum(tensors)
	answers, err := s.answers(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	l.answers, l.epochs = fmt.Sprint(answers), keptAnswers(t, s, id)
	return l
}

func sameLearned(t *testing.T, what string, got, want learned) {
	t.Helper()
	if !maps.EqualFunc(got.curves, want.curves, slices.Equal) {
		t.Errorf("%s: curves differ:\n got %v\nwant %v", what, got.curves, want.curves)
	}
	if got.tensors != want.tensors {
		t.Errorf("%s: the models' tensors differ", what)
	}
	if !maps.Equal(got.epochs, want.epochs) {
		t.Errorf("%s: what is kept of the epochs' answers differs:\n got %v\nwant %v", what, got.epochs, want.epochs)
	}
	if got.answers != want.answers {
		t.Errorf("%s: answers differ:\n got %s\nwant %s", what, got.answers, want.answers)
	}
}

func TestStoppingKeepsTheBestModelAndResumingEndsTheSame(t *testing.T) {
	s := newNetStore(t)
	want := whatWasLearned(t, s, "1")

	ctx, stop := context.WithCancel(t.Context())
	id := submit(t, s, smallNet(1, "6")).ID
	run, err := s.WorkOne(ctx, id, Observer{Epoch: func(e models.Epoch) {
		if e.Epoch == 3 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) || run.State != Interrupted || run.Epoch != 3 || run.Epochs != 6 {
		t.Fatalf("run is %s at epoch %d of %d, %v; want interrupted at 3 of 6", run.State, run.Epoch, run.Epochs, err)
	}
	model, err := s.Resolve(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loadModel(model); err != nil {
		t.Errorf("the best model so far: %v", err)
	}
	first := 0
	run, err = s.WorkOne(t.Context(), id, Observer{Epoch: func(e models.Epoch) {
		if first == 0 {
			first = e.Epoch
		}
	}})
	if err != nil || run.State != Finished || run.Attempt != 2 {
		t.Fatalf("run is %s after %d attempts, %v", run.State, run.Attempt, err)
	}
	if first != 4 {
		t.Errorf("it went on with epoch %d, want 4", first)
	}
	sameLearned(t, "resumed", whatWasLearned(t, s, id), want)
	if _, err := os.Stat(model.Bundle); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the bundle of the first attempt is still there: %v", err)
	}
}

func TestADamagedCheckpointIsNotUsed(t *testing.T) {
	s := newStore(t)
	if state, err := s.readCheckpoint(1); state != nil || err != nil {
		t.Fatalf("%q, %v where there is none", state, err)
	}
	if err := s.writeCheckpoint(1, []byte("state")); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(s.checkpointPath(1))
	if err != nil {
		t.Fatal(err)
	}
	if state, err := s.readCheckpoint(1); string(state) != "state" || err != nil {
		t.Fatalf("%q, %v", state, err)
	}
	for length := range whole {
		if err := os.WriteFile(s.checkpointPath(1), whole[:length], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := s.readCheckpoint(1); !errors.Is(err, errBadCheckpoint) {
			t.Errorf("cut to %d bytes: %v", length, err)
		}
	}
}

// Killed while it wrote a file, an attempt leaves a part of it. That goes when
// the run ends, and that of no other run.
func TestWhatKilledAttemptsLeftIsRemoved(t *testing.T) {
	s := newNetStore(t)
	id := submit(t, s, smallNet(1, "1")).ID
	path := func(run string) []string {
		return []string{
			s.ws.Path("checkpoints", workspace.TemporaryFor("run-"+run)+"17"),
			filepath.Join(s.ws.Path("bundles", workspace.TemporaryFor("run-"+run+"-1")+"17"), "new"),
		}
	}
	for _, run := range []string{id, id + "0"} {
		for _, left := range path(run) {
			if err := os.MkdirAll(left, 0o777); err != nil {
				t.Fatal(err)
			}
		}
	}
	if run, err := s.WorkOne(t.Context(), id, Observer{}); err != nil || run.State != Finished {
		t.Fatalf("%+v, %v", run, err)
	}
	for _, left := range path(id) {
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", left, err)
		}
	}
	for _, left := range path(id + "0") {
		if _, err := os.Stat(left); err != nil {
			t.Errorf("of another run: %v", err)
		}
	}
}

func TestWithoutAUsableCheckpointARunStartsFromTheBeginning(t *testing.T) {
	s := newStore(t)
	ctx, stop := context.WithCancel(t.Context())
	id := submit(t, s, smallNet(1, "2")).ID
	if _, err := s.WorkOne(ctx, id, Observer{Epoch: func(models.Epoch) { stop() }}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	n, _ := parseRunID(id)
	if err := os.WriteFile(s.checkpointPath(n), []byte("not a checkpoint"), 0o644); err != nil {
		t.Fatal(err)
	}
	first := 0
	run, err := s.WorkOne(t.Context(), id, Observer{Epoch: func(e models.Epoch) {
		if first == 0 {
			first = e.Epoch
		}
	}})
	if err != nil || run.State != Finished || first != 1 {
		t.Errorf("run is %s (%s) and went on with epoch %d, %v", run.State, run.Error, first, err)
	}
}

func TestACancellationFromAnotherProcessIsObeyedWithinABatch(t *testing.T) {
	s := newStore(t)
	other := openStore(t, s.ws.Dir())
	id := submit(t, s, smallNet(1, "5000")).ID
	var asked time.Time
	run, err := s.WorkOne(t.Context(), id, Observer{Epoch: func(e models.Epoch) {
		if e.Epoch == 2 {
			if _, err := other.Cancel(t.Context(), id); err != nil {
				t.Error(err)
			}
			asked = time.Now()
		}
	}})
	if err != nil || run.State != Cancelled || run.Cancelling {
		t.Fatalf("run is %s, cancelling %v, %v", run.State, run.Cancelling, err)
	}
	// Generous: the machine may be busy. Epochs are a few hundredths of a second.
	if took := time.Since(asked); took > 5*time.Second {
		t.Errorf("it stopped %s after it was asked", took)
	}
	if _, err := s.Resolve(t.Context(), id); err != nil {
		t.Errorf("the best model so far is lost: %v", err)
	}
}

func TestAFailedRunSaysWhyAndTheWorkerGoesOn(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	bad := submit(t, s, quickTrees(1))
	// A spec that this version cannot train, as a newer one may have left.
	if err := s.ws.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET spec = replace(spec, '"trees"', '"groves"') WHERE id = ?`, bad.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	good := submit(t, s, quickTrees(1))
	if err := s.Work(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if run, err := s.Run(ctx, bad.ID); err != nil || run.State != Failed || !strings.Contains(run.Error, "groves") {
		t.Errorf("run is %s: %q, %v", run.State, run.Error, err)
	}
	if run, err := s.Run(ctx, good.ID); err != nil || run.State != Finished {
		t.Errorf("the next run is %s: %q, %v", run.State, run.Error, err)
	}
}

func TestAWorkerStopsWithItsWorkspace(t *testing.T) {
	s := newStore(t)
	submit(t, s, smallNet(1, "5000"))
	gone := make(chan error, 1)
	go func() { gone <- s.Work(t.Context(), time.Hour) }()
	waitFor(t, "the run to be under way", func() bool {
		run, err := s.Run(t.Context(), "1")
		return err == nil && run.Epoch > 0
	})
	if err := os.Rename(s.ws.Path("ringlab.db"), s.ws.Path("elsewhere.db")); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-gone:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(3 * time.Minute):
		t.Fatal("the worker works on a workspace that is gone")
	}
}

// waitFor looks for a state that another process or goroutine brings about.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
