package experiments

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"ringlab/data"
	"ringlab/models"
)

// What a run keeps of its answers to validation pictures is bounded: those to
// at most mostWatched pictures, and at most mostKept answers over all epochs,
// which at two bytes each are 4 MiB. Where there are more pictures for
// validation, every so manieth is watched, the same ones in each epoch.
const (
	mostWatched = 2000
	mostKept    = 2 << 20
)

// EpochAnswers is what a run's network said of its validation pictures after an
// epoch: the wrong answers, and what changed since the epoch before.
type EpochAnswers struct {
	Epoch       int64
	Kept        Steps // epochs of which answers are kept; the zero value is none
	Known       bool  // answers of this epoch are kept
	Compared    bool  // those of the epoch before are too
	Watched     int   // pictures whose answers are kept,
	Pictures    int   // of so many for validation
	Wrong       int
	NewlyWrong  int // of them
	NewlyRight  int
	Differences []EpochAnswer // newly wrong, wrong as before, newly right; the surest first
}

// EpochAnswer is an answer to one picture that is wrong, or was an epoch before.
type EpochAnswer struct {
	Record data.Record
	Change AnswerChange
	Said   models.Answer
	Before models.Answer // where EpochAnswers.Compared
}

// AnswerChange is what became of an answer since the epoch before.
type AnswerChange int

// In the order of EpochAnswers.Differences.
const (
	NewlyWrong AnswerChange = iota
	StillWrong              // also where there is nothing to compare with
	NewlyRight
)

// String is the change for people and scripts.
func (c AnswerChange) String() string {
	switch c {
	case NewlyWrong:
		return "newly wrong"
	case NewlyRight:
		return "now right"
	case StillWrong:
	}
	return "wrong"
}

// AnswersAt reads what was kept of an epoch. Runs of families without epochs
// have nothing, nor have those from before it was kept: Kept tells.
func (s *Store) AnswersAt(ctx context.Context, run string, epoch int64) (EpochAnswers, error) {
	n, err := s.existing(ctx, run)
	if err != nil {
		return EpochAnswers{}, err
	}
	a, err := s.answersAt(ctx, n, epoch)
	if err != nil {
		return EpochAnswers{}, fmt.Errorf("read the answers of run %s after epoch %d: %w", run, epoch, err)
	}
	return a, nil
}

func (s *Store) answersAt(ctx context.Context, run, epoch int64) (EpochAnswers, error) {
	a := EpochAnswers{Epoch: epoch}
	stored, ok, err := s.selectEpochAnswers(ctx, run, epoch)
	if err != nil || !ok {
		return a, err
	}
	a.Kept, a.Pictures = stored.kept, stored.pictures
	watched, err := unpackWatched(stored.records)
	if err != nil {
		return a, err
	}
	a.Watched = len(watched)
	if a.Known = stored.now != nil; !a.Known {
		return a, nil
	}
	now, err := unpackAnswers(stored.now, len(watched))
	if err != nil {
		return a, err
	}
	var before []models.Answer
	if a.Compared = stored.before != nil; a.Compared {
		if before, err = unpackAnswers(stored.before, len(watched)); err != nil {
			return a, err
		}
	}
	ids := a.compare(watched, now, before)
	records, err := s.data.RecordsByID(ctx, ids)
	if err != nil {
		return a, err
	}
	for i := range a.Differences {
		a.Differences[i].Record = records[i]
	}
	slices.SortStableFunc(a.Differences, func(x, y EpochAnswer) int {
		return cmp.Or(cmp.Compare(x.Change, y.Change), cmp.Compare(y.Said.Share, x.Said.Share))
	})
	return a, nil
}

// AnswerOfEpoch is what the network said of a picture after an epoch.
type AnswerOfEpoch struct {
	Epoch int64
	Said  models.Answer
}

// AnswersTo reads what a run's network said of one validation record after each
// epoch, in their order; empty where that is not kept.
func (s *Store) AnswersTo(ctx context.Context, run string, record int64) ([]AnswerOfEpoch, error) {
	n, err := s.existing(ctx, run)
	if err != nil {
		return nil, err
	}
	answers, err := s.answersTo(ctx, n, record)
	if err != nil {
		return nil, fmt.Errorf("read the answers of run %s to record %d: %w", run, record, err)
	}
	return answers, nil
}

func (s *Store) answersTo(ctx context.Context, run, record int64) ([]AnswerOfEpoch, error) {
	stored, ok, err := s.selectEpochAnswers(ctx, run, 0)
	if err != nil || !ok {
		return nil, err
	}
	watched, err := unpackWatched(stored.records)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(watched, func(w watchedRecord) bool { return w.id == record })
	if at < 0 {
		return nil, nil
	}
	var answers []AnswerOfEpoch
	err = s.eachEpoch(ctx, run, func(epoch int64, packed []byte) error {
		var said models.Answer
		var err error
		for range at + 1 { // the record's own is the last
			if said, packed, err = unpackAnswer(packed); err != nil {
				return err
			}
		}
		answers = append(answers, AnswerOfEpoch{epoch, said})
		return nil
	})
	return answers, err
}

// compare finds what is wrong or was; before is nil for nothing to compare
// with. It returns the records of the differences.
func (a *EpochAnswers) compare(watched []watchedRecord, now, before []models.Answer) []int64 {
	var ids []int64
	for i, w := range watched {
		d := EpochAnswer{Said: now[i], Change: StillWrong}
		wrong := d.Said.Label != w.label
		wasWrong := wrong
		if before != nil {
			d.Before = before[i]
			wasWrong = d.Before.Label != w.label
		}
		switch {
		case !wrong && !wasWrong:
			continue
		case !wasWrong:
			d.Change = NewlyWrong
			a.NewlyWrong++
		case !wrong:
			d.Change = NewlyRight
			a.NewlyRight++
		}
		if wrong {
			a.Wrong++
		}
		a.Differences = append(a.Differences, d)
		ids = append(ids, w.id)
	}
	return ids
}

// watchedRecord is a validation record whose answers are kept.
type watchedRecord struct {
	id    int64
	label int
}

// watchlist is which validation records a run watches.
type watchlist struct {
	at       []int  // where they stand among those for validation
	pictures int    // for validation
	packed   []byte // as run_watched keeps them
}

// watch chooses records of a run of so many epochs.
func watch(validation []data.Record, epochs int) watchlist {
	w := watchlist{pictures: len(validation)}
	n := min(len(validation), mostWatched, max(mostKept/max(epochs, 1), 1))
	before := int64(0)
	for i := range n {
		at := i * len(validation) / n
		w.at = append(w.at, at)
		w.packed = binary.AppendVarint(w.packed, validation[at].ID-before)
		w.packed = binary.AppendUvarint(w.packed, uint64(validation[at].Label))
		before = validation[at].ID
	}
	return w
}

// pack keeps the answers to the watched of all validation pictures.
func (w watchlist) pack(answers []models.Answer) []byte {
	packed := make([]byte, 0, 2*len(w.at))
	for _, at := range w.at {
		a := answers[at]
		packed = binary.AppendUvarint(packed, uint64(a.Label+1))
		packed = append(packed, byte(math.Round(255*min(max(a.Share, 0), 1))))
	}
	return packed
}

var errBadAnswers = errors.New("what was kept of them is damaged; a training of the same spec gives them again")

// unpackWatched reads what watch packed.
func unpackWatched(packed []byte) ([]watchedRecord, error) {
	watched := make([]watchedRecord, 0, min(len(packed)/2, mostWatched))
	id := int64(0)
	for len(packed) > 0 {
		more, n := binary.Varint(packed)
		if n <= 0 {
			return nil, errBadAnswers
		}
		label, m := binary.Uvarint(packed[n:])
		if m <= 0 || label > math.MaxInt32 || len(watched) == mostWatched {
			return nil, errBadAnswers
		}
		id += more
		watched = append(watched, watchedRecord{id, int(label)})
		packed = packed[n+m:]
	}
	return watched, nil
}

// unpackAnswers reads what pack packed: n answers.
func unpackAnswers(packed []byte, n int) ([]models.Answer, error) {
	if len(packed)/2 < n {
		return nil, errBadAnswers
	}
	answers := make([]models.Answer, n)
	var err error
	for i := range answers {
		if answers[i], packed, err = unpackAnswer(packed); err != nil {
			return nil, err
		}
	}
	if len(packed) > 0 {
		return nil, errBadAnswers
	}
	return answers, nil
}

// unpackAnswer reads one answer, and returns what comes after it.
func unpackAnswer(packed []byte) (a models.Answer, rest []byte, err error) {
	label, m := binary.Uvarint(packed)
	if m <= 0 || label > math.MaxInt32 || len(packed) <= m {
		return a, nil, errBadAnswers
	}
	return models.Answer{Label: int(label) - 1, Share: float64(packed[m]) / 255}, packed[m+1:], nil
}
