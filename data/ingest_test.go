package data

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ringlab/data/workspace"
)

const (
	originalFolder = "../testdata/original"
	badFolder      = "../testdata/bad"
)

// newStore is a store in a new workspace.
func newStore(t testing.TB) *Store {
	t.Helper()
	ws, err := workspace.Create(t.Context(), filepath.Join(t.TempDir(), "ws"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(ws)
}

// noLimit is the options of an ingest that takes any number of dead letters.
func noLimit() IngestOptions { return IngestOptions{MaxDead: -1, MaxDeadShare: -1} }

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func mustIngest(t testing.TB, s *Store, folder string) IngestResult {
	t.Helper()
	result, err := s.Ingest(t.Context(), folder, noLimit())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestOriginal holds the numbers that the demo's data must give.
func TestOriginal(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	first := mustIngest(t, s, originalFolder)
	if first.Read != 102 || first.Kept != 100 || first.Repeated != 0 || first.Dead != 2 || first.Ingest == 0 || len(first.Snapshot) != 64 {
		t.Fatalf("first ingest: %+v", first)
	}
	letters, err := s.DeadLetters(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		row  int
		code string
		id   int64
	}{{1, CodeImageNotFound, 1117973}, {2, CodeIDMissing, 0}}
	for i, w := range want {
		l := letters[i]
		if l.Row != w.row || l.Code != w.code || l.Seen != 1 || l.State != StateWaiting || (l.CompoundID == nil) != (w.id == 0) || l.CompoundID != nil && *l.CompoundID != w.id {
			t.Errorf("letter %d: %+v", i, l)
		}
	}

	second := mustIngest(t, s, originalFolder)
	if second.Read != 102 || second.Kept != 0 || second.Repeated != 100 || second.Dead != 2 || second.Snapshot != first.Snapshot {
		t.Errorf("second ingest: %+v", second)
	}
	again, err := s.DeadLetters(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != 2 || again[0].Seen != 2 || again[1].Seen != 2 || again[0].ID != letters[0].ID || again[0].FirstSeen != letters[0].FirstSeen || again[0].Time.Before(letters[0].Time) {
		t.Errorf("letters after the second ingest: %+v", again)
	}
	snapshots, err := s.Snapshots(ctx)
	if err != nil || len(snapshots) != 1 || snapshots[0].Records != 100 {
		t.Errorf("snapshots: %+v, %v", snapshots, err)
	}
	if elsewhere := mustIngest(t, newStore(t), originalFolder); elsewhere.Snapshot != first.Snapshot {
		t.Errorf("the snapshot is %s here and %s in another workspace", first.Snapshot, elsewhere.Snapshot)
	}
}

// TestDeadLettersKeepOriginalBytes: what is stored of a refused record is the
// file's bytes at its offset, byte-order mark counted.
func TestDeadLettersKeepOriginalBytes(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, originalFolder)
	file, err := os.ReadFile(filepath.Join(originalFolder, DefaultFile))
	if err != nil {
		t.Fatal(err)
	}
	letters, err := s.DeadLetters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		full, err := s.DeadLetter(t.Context(), l.ID)
		if err != nil {
			t.Fatal(err)
		}
		at := file[l.Offset : l.Offset+int64(len(full.Raw))]
		if string(at) != string(full.Raw) || full.Raw[0] != '{' || full.Raw[len(full.Raw)-1] != '}' {
			t.Errorf("letter %d: stored %.60q…, the file has %.60q…", l.ID, full.Raw, at)
		}
	}
}

type badCase struct {
	Name  string
	Wrong string
	badOutcome
	Either []badOutcome
}

type badOutcome struct {
	Refused    bool
	Records    int
	Dead       int
	Duplicates int
}

func badCases(t testing.TB) []badCase {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(badFolder, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []badCase
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func (c badCase) allows(got badOutcome) bool {
	if c.Either != nil {
		return slices.Contains(c.Either, got)
	}
	return got == c.badOutcome
}

// TestBadCases runs the whole corpus of malformed folders: each has an outcome
// that is right, nothing is lost, a refusal changes nothing, and no message
// passes on what a terminal would obey.
func TestBadCases(t *testing.T) {
	for _, c := range badCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			folder := filepath.Join(badFolder, c.Name)
			result, err := s.Ingest(t.Context(), folder, noLimit())
			got := badOutcome{Records: result.Kept, Dead: result.Dead, Duplicates: result.Repeated}
			if err != nil {
				var refused *RefusedFileError
				if !errors.As(err, &refused) {
					t.Fatalf("error %v is not the file's refusal", err)
				}
				got = badOutcome{Refused: true}
				checkPrintable(t, err.Error())
				checkUntouched(t, s)
			}
			if !c.allows(got) {
				t.Errorf("%s: got %+v (%v), want %+v %+v", c.Wrong, got, err, c.badOutcome, c.Either)
			}
			if result.Read != result.Kept+result.Repeated+result.Dead {
				t.Errorf("%d read, but %+v", result.Read, result)
			}
			checkLetters(t, s, result.Dead)
			checkReadFolder(t, s, folder, result, err)
		})
	}
}

func checkPrintable(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if !unicode.IsPrint(r) && r != '\n' {
			t.Errorf("message %q holds %q", text, r)
		}
	}
}

// checkLetters: as many sightings as dead records, each with bytes, code and
// sentence.
func checkLetters(t *testing.T, s *Store, dead int) {
	t.Helper()
	letters, err := s.DeadLetters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, l := range letters {
		seen += l.Seen
		checkPrintable(t, l.Reason)
		if l.Code == "" || l.Reason == "" || strings.Trim(l.Code, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("letter %+v lacks a code or a sentence", l)
		}
		full, err := s.DeadLetter(t.Context(), l.ID)
		if err != nil || len(full.Raw) == 0 {
			t.Errorf("letter %d: raw of %d bytes, %v", l.ID, len(full.Raw), err)
		}
	}
	if seen != dead {
		t.Errorf("%d sightings of letters for %d dead records", seen, dead)
	}
}

// checkUntouched: the workspace is as new, in every table of this room.
func checkUntouched(t *testing.T, s *Store) {
	t.Helper()
	for _, table := range []string{"ingests", "record_blocks", "compounds", "blob_packs", "packed_blobs", "snapshots", "pictures", "graphs", "dead_letters", "staged_letters"} {
		if n := countRows(t, s, table); n != 0 {
			t.Errorf("%s holds %d rows, none were expected", table, n)
		}
	}
}

func countRows(t testing.TB, s *Store, table string) (n int) {
	t.Helper()
	if err := s.ws.Reader().QueryRowContext(context.Background(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
