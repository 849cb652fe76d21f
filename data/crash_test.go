//go:build unix

package data

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ringlab/data/workspace"
)

// The test binary starts itself as a process that ingests: these say where.
const (
	childWorkspace = "RINGLAB_TEST_INGEST_WORKSPACE"
	childFolder    = "RINGLAB_TEST_INGEST_FOLDER"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childWorkspace); dir != "" {
		if err := ingestInChild(dir, os.Getenv(childFolder)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func ingestInChild(dir, folder string) error {
	ctx := context.Background()
	ws, err := workspace.Create(ctx, dir)
	if err != nil {
		return err
	}
	result, err := New(ws).Ingest(ctx, folder, noLimit())
	if err == nil {
		fmt.Printf("%+v\n", result)
		// The peak of memory, where the system tells. The parent cannot: what it
		// is told counts its own from before the child became a program.
		status, _ := os.ReadFile("/proc/self/status")
		fmt.Printf("%s\n", status)
	}
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		fmt.Printf("%s", status) // its memory, on Linux
	}
	return errors.Join(err, ws.Close())
}

// startIngest starts a process that ingests folder into the workspace dir.
func startIngest(t *testing.T, dir, folder string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	child := exec.CommandContext(t.Context(), self, "-test.run=^$")
	child.Env = append(os.Environ(), childWorkspace+"="+dir, childFolder+"="+folder)
	var out strings.Builder
	child.Stdout, child.Stderr = &out, &out
	must(t, child.Start())
	return child, &out
}

// manyRecords are n good records with a picture each, and one bad in ten more.
func manyRecords(t *testing.T, n int, from int64) string {
	t.Helper()
	records := make([]made, 0, n)
	for i := range n {
		id := from + int64(i)
		records = append(records, made{id: id, smiles: strings.Repeat("C", i%50+1), label: i % 4, picture: int(id), extra: `"note": "` + strings.Repeat("x", 200) + `"`})
	}
	folder := makeFolder(t, records...)
	for i := 0; i < n; i += 11 {
		must(t, os.Remove(filepath.Join(folder, records[i].path())))
	}
	return folder
}

// TestKilledIngest kills a process that ingests, at random points from its
// start to its end. After each the workspace opens clean and holds all or
// nothing of that ingest; a repeat completes it.
func TestKilledIngest(t *testing.T) {
	kills, size := 8, 500
	if os.Getenv("RINGLAB_LONG") == "1" {
		kills, size = 100, 6000
	}
	folder := manyRecords(t, size, 1)

	// How long an undisturbed ingest takes, and what it gives.
	started := time.Now()
	whole, out := startIngest(t, filepath.Join(t.TempDir(), "ws"), folder)
	if err := whole.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	duration := time.Since(started)
	reference := newStore(t)
	want := mustIngest(t, reference, folder)

	rng := rand.New(rand.NewPCG(uint64(started.UnixNano()), 0))
	dir := filepath.Join(t.TempDir(), "ws")
	for kill := range kills {
		child, _ := startIngest(t, dir, folder)
		delay := time.Duration(rng.Float64() * 1.1 * float64(duration))
		timer := time.NewTimer(delay)
		<-timer.C // where the kill falls is the point, not that something is ready by then
		_ = child.Process.Kill()
		_ = child.Wait()
		t.Logf("kill %d after %v", kill, delay)
		checkAllOrNothing(t, dir, want)
		// Every third time go on from what the kill left, else start anew.
		if kill%3 != 2 {
			must(t, os.RemoveAll(dir))
		}
	}

	ws, err := workspace.Create(t.Context(), dir)
	must(t, err)
	defer ws.Close()
	s := New(ws)
	got := mustIngest(t, s, folder)
	if got.Snapshot != want.Snapshot || got.Kept+got.Repeated != want.Kept || got.Dead != want.Dead {
		t.Errorf("the repeat gave %+v, want %+v", got, want)
	}
	checkPictures(t, s)
	packs, err := filepath.Glob(ws.Path("blobs", "packs", "*"))
	if kept := countRows(t, s, "blob_packs"); err != nil || len(packs) != kept {
		t.Errorf("there are the files %v (%v), %d were expected", packs, err, kept)
	}
}

// checkAllOrNothing opens the workspace that a killed process left.
func checkAllOrNothing(t *testing.T, dir string, want IngestResult) {
	t.Helper()
	if !workspace.Exists(dir) {
		return // killed before it made one
	}
	ws, err := workspace.Open(t.Context(), dir)
	must(t, err)
	defer ws.Close()
	s := New(ws)
	var verdict string
	must(t, ws.Reader().QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict))
	if verdict != "ok" {
		t.Errorf("the database is damaged: %s", verdict)
	}
	records, err := s.Count(t.Context(), Query{})
	must(t, err)
	letters, err := s.DeadLetters(t.Context())
	must(t, err)
	switch {
	case records == 0 && len(letters) == 0:
	case records == want.Kept && len(letters) == want.Dead:
		if newest, err := s.Snapshot(t.Context(), ""); err != nil || newest.ID != want.Snapshot {
			t.Errorf("the snapshot is %s (%v), want %s", newest.ID, err, want.Snapshot)
		}
	default:
		t.Errorf("%d of %d records and %d of %d letters are visible", records, want.Kept, len(letters), want.Dead)
	}
	checkPictures(t, s)
}

// checkPictures: each record, also one that is only staged, has its picture.
func checkPictures(t *testing.T, s *Store) {
	t.Helper()
	seen := make(map[string]bool)
	must(t, eachRecord(t.Context(), s.ws.Reader(), 1, math.MaxInt64, func(r stored) (bool, error) {
		if seen[r.Picture] {
			return true, nil
		}
		seen[r.Picture] = true
		_, err := s.ws.Blobs().Read(r.Picture)
		return true, err
	}))
}

// TestTwoProcessesIngest into one workspace at once, while this process reads:
// both go through, no row is lost.
func TestTwoProcessesIngest(t *testing.T) {
	const size = 150
	dir := filepath.Join(t.TempDir(), "ws")
	folders := []string{manyRecords(t, size, 1), manyRecords(t, size, 1_000_001), manyRecords(t, size, 1)}
	var children []*exec.Cmd
	var outs []*strings.Builder
	for _, folder := range folders {
		child, out := startIngest(t, dir, folder)
		children, outs = append(children, child), append(outs, out)
	}
	ws, err := workspace.Create(t.Context(), dir)
	must(t, err)
	defer ws.Close()
	s := New(ws)
	ended := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for last := 0; ; {
			n, err := s.Count(t.Context(), Query{})
			if err != nil || n < last || n%(size-(size+10)/11) != 0 {
				t.Errorf("while others ingest, %d records are visible after %d (%v)", n, last, err)
				return
			}
			last = n
			select {
			case <-ended:
				return
			case <-tick.C:
			}
		}
	})
	for i, child := range children {
		if err := child.Wait(); err != nil {
			t.Errorf("process %d: %v: %s", i, err, outs[i])
		}
	}
	close(ended)
	reading.Wait()
	dead := (size + 10) / 11
	if n, err := s.Count(t.Context(), Query{}); err != nil || n != 2*(size-dead) {
		t.Errorf("%d records, %v", n, err)
	}
	if letters, err := s.DeadLetters(t.Context()); err != nil || len(letters) != 3*dead {
		t.Errorf("%d letters, %v", len(letters), err)
	}
}

// TestCancelledIngest: when ctx ends, nothing stays, also while it waits for
// another ingest.
func TestCancelledIngest(t *testing.T) {
	s := newStore(t)
	folder := manyRecords(t, 150, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	options := noLimit()
	options.Progress = func(Progress) { cancel() }
	if _, err := s.Ingest(ctx, folder, options); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	checkUntouched(t, s)

	lock, err := s.ws.Lock(t.Context(), ingestLock)
	must(t, err)
	waiting, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Ingest(waiting, folder, noLimit()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	must(t, lock.Unlock())
	if result := mustIngest(t, s, folder); result.Read != 150 {
		t.Errorf("got %+v", result)
	}
}

// TestStagedRecordsAreInvisible to every reader, and swept by the next ingest.
func TestStagedRecordsAreInvisible(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	first := mustIngest(t, s, makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1}))
	src, err := openSource(makeFolder(t, made{id: 2, smiles: "N", label: 1, picture: 2}, made{id: 3, smiles: "CC", label: 0, picture: 1}), "")
	must(t, err)
	defer src.close()
	list, _, err := src.openList()
	must(t, err)
	defer list.Close()
	in, err := s.beginIngest(ctx, src.folder, src.file)
	must(t, err)
	must(t, in.run(ctx, src, newRecordReader(src.path(), list)))
	if n := countRows(t, s, "compounds"); n != 3 {
		t.Fatalf("%d rows are staged", n)
	}
	// A process that dies here leaves its rows and frees its lock.
	must(t, in.lock.Unlock())

	if n, err := s.Count(ctx, Query{}); err != nil || n != 1 {
		t.Errorf("%d records are visible, %v", n, err)
	}
	if _, err := s.Record(ctx, 2); !errors.Is(err, ErrNoRecord) {
		t.Errorf("the staged record: %v", err)
	}
	if _, err := s.RecordsByID(ctx, []int64{2}); !errors.Is(err, ErrNoRecord) {
		t.Errorf("the staged record by its row: %v", err)
	}
	if stats, err := s.Stats(ctx, ""); err != nil || stats.ID != first.Snapshot || stats.Pictures != 1 || stats.Groups != 1 {
		t.Errorf("stats: %+v, %v", stats, err)
	}
	if again := mustIngest(t, s, makeFolder(t, made{id: 2, smiles: "O", label: 5, picture: 9})); again.Kept != 1 {
		t.Errorf("after the sweep: %+v", again)
	}
	if n := countRows(t, s, "ingests"); n != 2 {
		t.Errorf("%d ingests", n)
	}
}
