package data

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fiveBad is a folder with one good record and five that lack their picture.
func fiveBad(t *testing.T) string {
	t.Helper()
	records := []made{{id: 1, smiles: "C", label: 0, picture: 1}}
	for id := int64(2); id <= 6; id++ {
		records = append(records, made{id: id, smiles: strings.Repeat("C", int(id)), label: 0, picture: int(id)})
	}
	folder := makeFolder(t, records...)
	for _, r := range records[1:] {
		if err := os.Remove(filepath.Join(folder, r.path())); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestLimitsOnDeadLetters: an ingest over its limit changes nothing and says
// the numbers and the first reasons; one at its limit goes through.
func TestLimitsOnDeadLetters(t *testing.T) {
	folder := fiveBad(t)
	cases := []struct {
		name    string
		options IngestOptions
		limit   string // "" goes through
	}{
		{"no limit", IngestOptions{MaxDead: -1, MaxDeadShare: -1}, ""},
		{"as many as allowed", IngestOptions{MaxDead: 5, MaxDeadShare: -1}, ""},
		{"one more than allowed", IngestOptions{MaxDead: 4, MaxDeadShare: -1}, "4"},
		{"none allowed", IngestOptions{MaxDead: 0, MaxDeadShare: -1}, "0"},
		{"the share that is allowed", IngestOptions{MaxDead: -1, MaxDeadShare: 5.0 / 6}, ""},
		{"more than the share", IngestOptions{MaxDead: -1, MaxDeadShare: 0.5}, "50%"},
		{"a dry run is refused too", IngestOptions{DryRun: true, MaxDead: 0, MaxDeadShare: -1}, "0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t)
			result, err := s.Ingest(t.Context(), folder, c.options)
			if c.limit == "" {
				if err != nil || result.Dead != 5 || result.Kept != 1 {
					t.Errorf("got %+v, %v", result, err)
				}
				return
			}
			var tooMany *TooManyDeadError
			if !errors.As(err, &tooMany) {
				t.Fatalf("got %v", err)
			}
			if tooMany.Read != 6 || tooMany.Dead != 5 || tooMany.Limit != c.limit || len(tooMany.First) == 0 || !strings.Contains(err.Error(), "images/2.png") {
				t.Errorf("got %+v", tooMany)
			}
			checkUntouched(t, s)
		})
	}
}

// TestDryRunChangesNothing: it counts and names the snapshot that would be.
func TestDryRunChangesNothing(t *testing.T) {
	s := newStore(t)
	options := noLimit()
	options.DryRun = true
	dry, err := s.Ingest(t.Context(), originalFolder, options)
	if err != nil || dry.Kept != 100 || dry.Dead != 2 || !dry.DryRun || dry.Ingest != 0 {
		t.Errorf("got %+v, %v", dry, err)
	}
	checkUntouched(t, s)
	if blobs, err := filepath.Glob(s.ws.Path("blobs", "*", "*")); err != nil || len(blobs) != 0 {
		t.Errorf("blobs holds %v (%v)", blobs, err)
	}
	if real := mustIngest(t, s, originalFolder); real.Snapshot != dry.Snapshot {
		t.Errorf("the dry run named %s, the ingest %s", dry.Snapshot, real.Snapshot)
	}
}

// TestDryRunSeesWhatIsThere: it counts repeats of the workspace's records and
// conflicts with them, as the ingest would.
func TestDryRunSeesWhatIsThere(t *testing.T) {
	s := newStore(t)
	first := mustIngest(t, s, makeFolder(t, made{id: 1, smiles: "C", label: 1, picture: 1}, made{id: 2, smiles: "CC", label: 2, picture: 2}))
	options := noLimit()
	options.DryRun = true
	dry, err := s.Ingest(t.Context(), makeFolder(t,
		made{id: 1, smiles: "C", label: 1, picture: 1},   // a repeat
		made{id: 2, smiles: "CCC", label: 2, picture: 2}, // another content
		made{id: 3, smiles: "CC", label: 3, picture: 2},  // another label for a picture
	), options)
	if err != nil || dry.Repeated != 1 || dry.Dead != 2 || dry.Kept != 0 || dry.Snapshot != first.Snapshot {
		t.Errorf("got %+v, %v", dry, err)
	}
	if letters, err := s.DeadLetters(t.Context()); err != nil || len(letters) != 0 {
		t.Errorf("the dry run left %d letters, %v", len(letters), err)
	}
}

// TestRetry: what was repaired is ingested and settled, what was not keeps its
// letter with the reason of today.
func TestRetry(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	folder := fiveBad(t)
	before := mustIngest(t, s, folder)
	letters, err := s.DeadLetters(ctx)
	if err != nil || len(letters) != 5 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	writePicture(t, filepath.Join(folder, "images/2.png"), 2)
	writePicture(t, filepath.Join(folder, "images/3.png"), 3)
	if err := os.WriteFile(filepath.Join(folder, "images/4.png"), []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}

	one, err := s.Retry(ctx, []int64{letters[0].ID}, "ada")
	if err != nil || one.Read != 1 || one.Kept != 1 || one.Snapshot == before.Snapshot || one.Ingest == before.Ingest {
		t.Errorf("retry of one letter: %+v, %v", one, err)
	}
	settled, err := s.DeadLetter(ctx, letters[0].ID)
	if err != nil || settled.State != StateIngested || settled.SettledBy != "ada" || settled.Seen != 1 {
		t.Errorf("its letter: %+v, %v", settled, err)
	}
	if _, err := s.Retry(ctx, []int64{letters[0].ID}, "ada"); !errors.Is(err, ErrSettled) {
		t.Errorf("a second retry of it: %v", err)
	}
	if _, err := s.Retry(ctx, []int64{4711}, "ada"); !errors.Is(err, ErrNoLetter) {
		t.Errorf("retry of no letter: %v", err)
	}

	all, err := s.Retry(ctx, nil, "ada")
	if err != nil || all.Read != 4 || all.Kept != 1 || all.Dead != 3 {
		t.Errorf("retry of all: %+v, %v", all, err)
	}
	broken, err := s.DeadLetter(ctx, letters[2].ID)
	if err != nil || broken.Code == CodeImageNotFound || broken.State != StateWaiting || broken.Seen != 1 || broken.FirstSeen != letters[2].FirstSeen {
		t.Errorf("the letter of a picture that is broken now: %+v, %v", broken, err)
	}

	// Ingesting the folder again settles what passes by then, too.
	writePicture(t, filepath.Join(folder, "images/5.png"), 5)
	again := mustIngest(t, s, folder)
	if again.Kept != 1 || again.Repeated != 3 || again.Dead != 2 {
		t.Errorf("second ingest: %+v", again)
	}
	fifth, err := s.DeadLetter(ctx, letters[3].ID)
	if err != nil || fifth.State != StateIngested {
		t.Errorf("its letter: %+v, %v", fifth, err)
	}
	if r, err := s.Record(ctx, 5); err != nil || r.Image != "images/5.png" {
		t.Errorf("its record: %+v, %v", r, err)
	}
}

// TestRetryWithoutFolder: letters wait on when their folder is gone.
func TestRetryWithoutFolder(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	folder := fiveBad(t)
	mustIngest(t, s, folder)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Retry(ctx, nil, "ada"); err == nil {
		t.Error("retry went through without the folder")
	}
	if letters, err := s.DeadLetters(ctx); err != nil || len(letters) != 5 {
		t.Errorf("%d letters wait, %v", len(letters), err)
	}
}

// TestDiscard: with who and why, all or none, and it stays when the record is
// seen again.
func TestDiscard(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	folder := fiveBad(t)
	mustIngest(t, s, folder)
	letters, err := s.DeadLetters(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(ctx, []int64{letters[0].ID}, "ada", "  "); err == nil {
		t.Error("discarded without a reason")
	}
	if err := s.Discard(ctx, []int64{letters[0].ID, 4711}, "ada", "lost"); !errors.Is(err, ErrNoLetter) {
		t.Errorf("discarding a letter that is not there: %v", err)
	}
	if waiting, err := s.DeadLetters(ctx); err != nil || len(waiting) != 5 {
		t.Errorf("after refused discards %d wait, %v", len(waiting), err)
	}
	if err := s.Discard(ctx, []int64{letters[0].ID}, "ada", "lost"); err != nil {
		t.Fatal(err)
	}
	mustIngest(t, s, folder)
	l, err := s.DeadLetter(ctx, letters[0].ID)
	if err != nil || l.State != StateDiscarded || l.SettledBy != "ada" || l.SettledWhy != "lost" || l.Seen != 2 {
		t.Errorf("got %+v, %v", l, err)
	}
	discarded, err := s.DeadLetters(ctx, StateDiscarded)
	if err != nil || len(discarded) != 1 {
		t.Errorf("%d discarded, %v", len(discarded), err)
	}
	both := LetterQuery{States: []string{StateWaiting, StateDiscarded}, Offset: 1, Limit: 2}
	page, err := s.FindLetters(ctx, both)
	if err != nil || len(page) != 2 || page[0].ID != letters[1].ID {
		t.Errorf("the second and third letter are %+v, %v", page, err)
	}
	if n, err := s.CountLetters(ctx, both); err != nil || n != len(letters) {
		t.Errorf("%d letters, %v, want %d", n, err, len(letters))
	}
	if n, err := s.CountLetters(ctx, LetterQuery{}); err != nil || n != len(letters)-1 {
		t.Errorf("%d letters wait, %v, want %d", n, err, len(letters)-1)
	}
	// Who finds the picture after all may retry what was given up.
	writePicture(t, filepath.Join(folder, "images/2.png"), 2)
	if result, err := s.Retry(ctx, []int64{l.ID}, "bob"); err != nil || result.Kept != 1 {
		t.Errorf("retry of a discarded letter: %+v, %v", result, err)
	}
	if l, err = s.DeadLetter(ctx, l.ID); err != nil || l.State != StateIngested || l.SettledBy != "bob" {
		t.Errorf("then it is %+v, %v", l, err)
	}
}

// TestWriteDeadLetters: what is written can be ingested where the pictures are.
func TestWriteDeadLetters(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	folder := fiveBad(t)
	mustIngest(t, s, folder)
	letters, err := s.DeadLetters(ctx)
	must(t, err, s.Discard(ctx, []int64{letters[0].ID}, "ann", "a test"))
	for state, want := range map[string]int{StateIngested: 0, StateDiscarded: 1, StateWaiting: 4} {
		var out bytes.Buffer
		if err := s.WriteDeadLetters(ctx, &out, state); err != nil {
			t.Fatal(err)
		}
		repaired := t.TempDir()
		if err := os.WriteFile(filepath.Join(repaired, DefaultFile), out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		for id := 2; id <= 6; id++ {
			writePicture(t, filepath.Join(repaired, "images", string(rune('0'+id))+".png"), id)
		}
		if result := mustIngest(t, newStore(t), repaired); result.Kept != want || result.Dead != 0 {
			t.Errorf("%s letters written and repaired: %+v", state, result)
		}
	}
}

// TestALinkedFolderIsTheSameFolder: its letters are seen again, not anew.
func TestALinkedFolderIsTheSameFolder(t *testing.T) {
	s, folder := newStore(t), fiveBad(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Skipf("this system lets no test make a link: %v", err)
	}
	mustIngest(t, s, folder)
	mustIngest(t, s, link)
	letters, err := s.DeadLetters(t.Context())
	if err != nil || len(letters) != 5 || letters[0].Seen != 2 {
		t.Errorf("%d letters, the first %+v, %v; want 5 seen twice", len(letters), letters[:min(len(letters), 1)], err)
	}
}
