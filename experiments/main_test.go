package experiments

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"ringlab/data"
	"ringlab/data/workspace"
)

// The test binary is its own worker process: EnsureWorker starts it with the
// arguments `worker --workspace DIR`, as the real program.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "worker" && os.Args[2] == "--workspace" {
		os.Exit(workerProcess(os.Args[3]))
	}
	code := m.Run()
	if ingested.dir != "" {
		_ = os.RemoveAll(ingested.dir)
	}
	os.Exit(code)
}

func workerProcess(dir string) int {
	ctx := context.Background()
	ws, err := workspace.Open(ctx, dir)
	if err != nil {
		println(err.Error())
		return 1
	}
	defer ws.Close()
	s := New(ws, data.New(ws))
	quicken(s)
	idle, err := time.ParseDuration(os.Getenv("RINGLAB_TEST_IDLE"))
	if err != nil {
		idle = 0
	}
	if err := s.Work(ctx, idle); err != nil {
		println(err.Error())
		return 1
	}
	return 0
}

// quicken shortens the periods so that a dead worker is noticed in a test.
func quicken(s *Store) {
	s.timing = timing{lease: time.Second, renew: 200 * time.Millisecond, poll: 20 * time.Millisecond, hold: time.Second, checkpoint: 0}
}

// ingested is a workspace with the demo's 100 records, made once and copied.
var ingested struct {
	once sync.Once
	dir  string
	err  error
}

func ingestOnce() {
	ctx := context.Background()
	if ingested.dir, ingested.err = os.MkdirTemp("", "ringlab-experiments-*"); ingested.err != nil {
		return
	}
	ws, err := workspace.Create(ctx, ingested.dir)
	if err != nil {
		ingested.err = err
		return
	}
	_, err = data.New(ws).Ingest(ctx, "../testdata/original", data.IngestOptions{MaxDead: -1, MaxDeadShare: -1})
	ingested.err = errors.Join(err, ws.Close())
}

// newStore makes a workspace with the demo's 100 records.
func newStore(t *testing.T) *Store {
	t.Helper()
	if ingested.once.Do(ingestOnce); ingested.err != nil {
		t.Fatal(ingested.err)
	}
	dir := filepath.Join(t.TempDir(), ".ringlab")
	if err := os.CopyFS(dir, os.DirFS(ingested.dir)); err != nil {
		t.Fatal(err)
	}
	return openStore(t, dir)
}

// openStore opens a workspace once more, as another process would.
func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	ws, err := workspace.Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	})
	s := New(ws, data.New(ws))
	quicken(s)
	return s
}

// quickTrees is the quickest training there is.
func quickTrees(seed uint64) Submission {
	return Submission{Preset: "trees", Set: map[string]string{"trees": "20"}, Split: "demo", Seed: seed}
}

func submit(t *testing.T, s *Store, sub Submission) Run {
	t.Helper()
	run, err := s.Submit(t.Context(), sub)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// trained submits and trains a run.
func trained(t *testing.T, s *Store, sub Submission) Run {
	t.Helper()
	sub.Foreground = true
	run, err := s.WorkOne(t.Context(), submit(t, s, sub).ID, Observer{})
	if err != nil {
		t.Fatal(err)
	}
	if run.State != Finished {
		t.Fatalf("run is %s: %s", run.State, run.Error)
	}
	return run
}
