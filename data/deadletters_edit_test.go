package data

import (
	"bytes"
	"errors"
	"testing"
)

// TestARepairedRecordSettlesItsLetter: one that is refused again changes
// nothing, one that passes is a record, and the letter keeps what came.
func TestARepairedRecordSettlesItsLetter(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, originalFolder)
	before, err := s.DeadLetter(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "  ", "{", "[]", `{"compound_id": 5}`, string(before.Raw)} {
		_, err := s.RetryEdited(t.Context(), 1, []byte(bad), "ada")
		if err == nil {
			t.Fatalf("%q passes", bad)
		}
		if refused, ok := errors.AsType[*StillRefusedError](err); ok && (refused.ID != 1 || refused.Reason == "") {
			t.Errorf("%q: %#v", bad, refused)
		}
		after, err := s.DeadLetter(t.Context(), 1)
		if err != nil || after.State != StateWaiting || after.Seen != before.Seen || after.Reason != before.Reason {
			t.Fatalf("%q changed the letter: %+v, %v", bad, after, err)
		}
	}
	if n, err := s.CountLetters(t.Context(), LetterQuery{}); err != nil || n != 2 {
		t.Errorf("%d letters wait: %v", n, err)
	}

	good := bytes.Replace(before.Raw, []byte("missing_image.png"), []byte("1117973.png"), 1)
	good = bytes.Replace(good, []byte(`"compound_id": 1117973`), []byte(`"compound_id": 4711`), 1)
	result, err := s.RetryEdited(t.Context(), 1, good, "ada")
	if err != nil || result.Kept != 1 || result.Snapshot == "" {
		t.Fatalf("got %+v, %v\n%s", result, err, good)
	}
	after, err := s.DeadLetter(t.Context(), 1)
	if err != nil || after.State != StateIngested || after.SettledBy != "ada" || after.SettledWhy != "repaired by hand" || !bytes.Equal(after.Raw, before.Raw) {
		t.Errorf("got %+v, %v", after, err)
	}
	if n, err := s.Count(t.Context(), Query{}); err != nil || n != 101 {
		t.Errorf("%d records: %v", n, err)
	}
	if _, err := s.RetryEdited(t.Context(), 1, good, "ada"); !errors.Is(err, ErrSettled) {
		t.Errorf("a settled letter: %v", err)
	}
	if _, err := s.RetryEdited(t.Context(), 99, good, "ada"); !errors.Is(err, ErrNoLetter) {
		t.Errorf("no letter: %v", err)
	}
}
