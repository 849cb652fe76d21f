package experiments

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"ringlab/data"
	"ringlab/models"
)

// keptAnswers are the bytes that a run keeps of each epoch.
func keptAnswers(t *testing.T, s *Store, id string) map[int64]string {
	t.Helper()
	rows, err := s.ws.Reader().QueryContext(t.Context(), `SELECT epoch, answers FROM run_epoch_answers WHERE run_id = ?`, id)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	kept := map[int64]string{}
	for rows.Next() {
		var epoch int64
		var answers []byte
		if err := rows.Scan(&epoch, &answers); err != nil {
			t.Fatal(err)
		}
		kept[epoch] = string(answers)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return kept
}

func answersAt(t *testing.T, s *Store, id string, epoch int64) EpochAnswers {
	t.Helper()
	a, err := s.AnswersAt(t.Context(), id, epoch)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What is kept of each epoch is what its accuracy on validation counts, and its
// differences follow from one epoch to the next.
func TestTheAnswersOfEachEpochAreKept(t *testing.T) {
	s := newNetStore(t)
	accuracy, err := s.Curve(t.Context(), "1", "val_accuracy", 0)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for epoch := int64(1); epoch <= 6; epoch++ {
		a := answersAt(t, s, "1", epoch)
		if !a.Known || a.Kept != (Steps{1, 6}) || a.Watched == 0 || a.Watched != a.Pictures || a.Compared != (epoch > 1) {
			t.Fatalf("epoch %d: %+v", epoch, a)
		}
		if right := float64(a.Watched-a.Wrong) / float64(a.Watched); math.Abs(right-accuracy[epoch-1].Value) > 1e-9 {
			t.Errorf("epoch %d: a share of %v is right, the curve says %v", epoch, right, accuracy[epoch-1].Value)
		}
		if a.Compared && a.Wrong != wrong+a.NewlyWrong-a.NewlyRight {
			t.Errorf("epoch %d: %d wrong after %d, with %d newly wrong and %d newly right", epoch, a.Wrong, wrong, a.NewlyWrong, a.NewlyRight)
		}
		wrong = a.Wrong
		for _, d := range a.Differences {
			if right := d.Said.Label == d.Record.Label; right != (d.Change == NewlyRight) {
				t.Errorf("epoch %d: record %d has %d rings, answered with %d, change %d", epoch, d.Record.ID, d.Record.Label, d.Said.Label, d.Change)
			}
		}
		if len(a.Differences) != a.Wrong+a.NewlyRight || !slices.IsSortedFunc(a.Differences, func(x, y EpochAnswer) int { return int(x.Change - y.Change) }) {
			t.Errorf("epoch %d: %d differences, %d wrong, %d newly right", epoch, len(a.Differences), a.Wrong, a.NewlyRight)
		}
	}
	for _, d := range answersAt(t, s, "1", 4).Differences {
		trail, err := s.AnswersTo(t.Context(), "1", d.Record.ID)
		if err != nil || len(trail) != 6 || trail[3] != (AnswerOfEpoch{4, d.Said}) || trail[2] != (AnswerOfEpoch{3, d.Before}) {
			t.Errorf("record %d: %v, %v, want %v after epoch 4 and %v before", d.Record.ID, trail, err, d.Said, d.Before)
		}
	}
	if trail, err := s.AnswersTo(t.Context(), "1", 1<<40); trail != nil || err != nil {
		t.Errorf("a record that is not watched: %v, %v", trail, err)
	}
	if a := answersAt(t, s, "1", 7); a.Known || a.Kept != (Steps{1, 6}) {
		t.Errorf("of an epoch that never was: %+v", a)
	}
	if _, err := s.AnswersAt(t.Context(), "99", 1); err == nil {
		t.Error("a run that does not exist has answers")
	}
}

// A run that was stopped and resumed keeps what one keeps that nobody
// disturbed: the epochs before, which it does not pass again, and those after.
func TestAResumedRunKeepsTheAnswersOfEveryEpoch(t *testing.T) {
	s := newNetStore(t)
	ctx, stop := context.WithCancel(t.Context())
	id := submit(t, s, smallNet(1, "6")).ID
	if _, err := s.WorkOne(ctx, id, Observer{Epoch: func(e models.Epoch) {
		if e.Epoch == 3 {
			stop()
		}
	}}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if kept := keptAnswers(t, s, id); len(kept) != 3 {
		t.Errorf("stopped after epoch 3, it has answers of %d epochs", len(kept))
	}
	if _, err := s.WorkOne(t.Context(), id, Observer{}); err != nil {
		t.Fatal(err)
	}
	if got, want := keptAnswers(t, s, id), keptAnswers(t, s, "1"); !maps.Equal(got, want) {
		t.Errorf("resumed, it keeps %v, undisturbed %v", got, want)
	}
}

// Trees have no epochs, and what older versions trained has no answers.
func TestARunWithoutEpochsHasNoAnswers(t *testing.T) {
	s := newStore(t)
	id := submit(t, s, quickTrees(1)).ID
	if _, err := s.WorkOne(t.Context(), id, Observer{}); err != nil {
		t.Fatal(err)
	}
	if a := answersAt(t, s, id, 1); a.Known || !a.Kept.All() {
		t.Errorf("%+v", a)
	}
}

// Deleting a run deletes what was kept of it.
func TestDeletingARunDeletesItsAnswers(t *testing.T) {
	s := newNetStore(t)
	if err := s.Delete(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := s.ws.Reader().QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM run_epoch_answers) + (SELECT count(*) FROM run_watched)`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}

// However many pictures and epochs there are, what is kept is bounded, and
// those watched are spread over all.
func TestWhatIsKeptIsBounded(t *testing.T) {
	for _, c := range []struct{ pictures, epochs, watched int }{
		{1, 1, 1}, {25, 30, 25}, {2000, 1000, 2000}, {10_000, 30, mostWatched}, {10_000, 10_000, 209}, {10, 1 << 40, 1},
	} {
		records := make([]data.Record, c.pictures)
		answers := make([]models.Answer, c.pictures)
		for i := range records {
			records[i] = data.Record{ID: int64(3*i + 7), Label: i % 7}
			answers[i] = models.Answer{Label: i % 5, Share: float64(i%256) / 255}
		}
		w := watch(records, c.epochs)
		if len(w.at) != c.watched || len(w.at)*min(c.epochs, 1<<30) > mostKept && len(w.at) > 1 {
			t.Errorf("of %d pictures in %d epochs %d are watched, want %d", c.pictures, c.epochs, len(w.at), c.watched)
		}
		watched, err := unpackWatched(w.packed)
		if err != nil {
			t.Fatal(err)
		}
		packed := w.pack(answers)
		got, err := unpackAnswers(packed, len(watched))
		if err != nil || len(packed) > 2*len(watched) {
			t.Fatalf("%d bytes for %d answers, %v", len(packed), len(watched), err)
		}
		for i, at := range w.at {
			if watched[i] != (watchedRecord{records[at].ID, records[at].Label}) || got[i] != answers[at] {
				t.Fatalf("picture %d of %d: %+v %+v, want %+v %+v", at, c.pictures, watched[i], got[i], records[at], answers[at])
			}
		}
		if last := w.at[len(w.at)-1]; last < c.pictures-1-c.pictures/len(w.at) {
			t.Errorf("the last of %d pictures that is watched is %d", c.pictures, last)
		}
	}
	none := models.Answer{Label: -1}
	if got, err := unpackAnswers(watch(make([]data.Record, 1), 1).pack([]models.Answer{none}), 1); err != nil || got[0] != none {
		t.Errorf("no answer at all: %v, %v", got, err)
	}
}

// Damage is an error, not a panic and not another answer.
func TestDamagedAnswersAreRefused(t *testing.T) {
	s := newNetStore(t)
	if err := s.ws.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE run_epoch_answers SET answers = substr(answers, 2) WHERE epoch = 2`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AnswersAt(t.Context(), "1", 2); !errors.Is(err, errBadAnswers) {
		t.Error(err)
	}
	last := answersAt(t, s, "1", 4).Differences[0].Record.ID
	if trail, err := s.AnswersTo(t.Context(), "1", last); err == nil && len(trail) != 6 {
		t.Errorf("%d epochs without an error", len(trail))
	}
}

// FuzzUnpackAnswers: any bytes are refused or read, in bounded memory.
func FuzzUnpackAnswers(f *testing.F) {
	w := watch([]data.Record{{ID: 4, Label: 2}, {ID: 900, Label: 3}}, 3)
	f.Add(w.packed, w.pack([]models.Answer{{Label: 2, Share: 1}, {Label: -1}}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, []byte{0x80})
	f.Fuzz(func(t *testing.T, watched, answers []byte) {
		w, err := unpackWatched(watched)
		if err != nil {
			return
		}
		a, err := unpackAnswers(answers, len(w))
		if err == nil && len(a) != len(w) {
			t.Errorf("%d answers for %d records", len(a), len(w))
		}
	})
}
