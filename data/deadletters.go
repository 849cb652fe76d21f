package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// States of a dead letter.
const (
	StateWaiting   = "waiting"   // nobody has dealt with it
	StateIngested  = "ingested"  // its record passed later
	StateDiscarded = "discarded" // someone judged that nobody will repair it
)

// DeadLetter is a record that ingest refused. The same bytes in the same file
// are one letter, however often they are seen.
type DeadLetter struct {
	ID         int64     `json:"id"`
	Source     string    `json:"file"` // absolute
	Row        int       `json:"row"`  // 0-based, where it was last seen
	Offset     int64     `json:"byte_offset"`
	Code       string    `json:"code"`
	Reason     string    `json:"reason"` // printable
	CompoundID *int64    `json:"compound_id"`
	State      string    `json:"state"` // waiting, ingested, discarded
	Seen       int       `json:"seen"`
	FirstSeen  time.Time `json:"first_seen"`
	Time       time.Time `json:"time"` // last seen
	Ingest     int64     `json:"ingest"`
	SettledBy  string    `json:"settled_by,omitempty"`
	SettledWhy string    `json:"settled_why,omitempty"`
	Raw        []byte    `json:"-"` // original bytes; only from DeadLetter

	folder string
}

var (
	// ErrNoLetter is returned for a letter that is not there.
	ErrNoLetter = errors.New("no such dead letter")
	// ErrSettled is returned for a letter whose record was ingested already.
	ErrSettled = errors.New("the dead letter's record was ingested already")
)

// DeadLetters lists letters in the given states; none means waiting ones.
func (s *Store) DeadLetters(ctx context.Context, states ...string) ([]DeadLetter, error) {
	return s.FindLetters(ctx, LetterQuery{States: states})
}

// LetterQuery selects dead letters. The zero value selects all that wait.
type LetterQuery struct {
	States []string
	Offset int
	Limit  int // 0 is all
}

// FindLetters lists the letters that q selects, the oldest first.
func (s *Store) FindLetters(ctx context.Context, q LetterQuery) ([]DeadLetter, error) {
	letters, err := s.selectLetters(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	return letters, nil
}

// CountLetters tells how many letters q selects; Offset and Limit do not count.
func (s *Store) CountLetters(ctx context.Context, q LetterQuery) (n int, err error) {
	n, err = s.countLetters(ctx, q)
	if err != nil {
		return 0, fmt.Errorf("count dead letters: %w", err)
	}
	return n, nil
}

// DeadLetter finds one letter with its original bytes, or ErrNoLetter.
func (s *Store) DeadLetter(ctx context.Context, id int64) (DeadLetter, error) {
	l, ok, err := s.wholeLetter(ctx, id)
	if err != nil {
		return DeadLetter{}, fmt.Errorf("read dead letter %d: %w", id, err)
	}
	if !ok {
		return DeadLetter{}, fmt.Errorf("read dead letter %d: %w; see `ringlab dlq list --all`", id, ErrNoLetter)
	}
	return l, nil
}

// Retry ingests what now passes of these letters, all waiting ones if ids is
// empty: each stored record is checked against the folder that it came from.
// What passes is settled as ingested, what still fails keeps its letter, with
// the reason of today. by says who retried, for the record.
func (s *Store) Retry(ctx context.Context, ids []int64, by string) (IngestResult, error) {
	started := time.Now()
	in, err := s.beginIngest(ctx, "", "dead letters")
	if err != nil {
		return IngestResult{}, fmt.Errorf("retry dead letters: %w", err)
	}
	defer in.abandon()
	if err := s.checkUnsettled(ctx, ids); err != nil {
		return IngestResult{}, fmt.Errorf("retry dead letters: %w", err)
	}
	letters, err := s.lettersToRetry(ctx, ids)
	if err != nil {
		return IngestResult{}, fmt.Errorf("retry dead letters: %w", err)
	}
	for len(letters) > 0 {
		// One folder at a time: pictures are opened inside it only.
		n := 1
		for n < len(letters) && letters[n].folder == letters[0].folder {
			n++
		}
		if err := in.retry(ctx, letters[:n]); err != nil {
			return IngestResult{}, fmt.Errorf("retry dead letters: %w", err)
		}
		letters = letters[n:]
	}
	in.settledBy = by
	result, err := in.finish(ctx, 0)
	result.Seconds = seconds(time.Since(started))
	return result, err
}

// retry runs letters of one folder through the ingest.
func (in *ingest) retry(ctx context.Context, letters []DeadLetter) error {
	src, err := openSource(letters[0].folder, DefaultFile)
	if err != nil {
		return err
	}
	defer src.close()
	return in.run(ctx, src, &letterStream{ctx: ctx, store: in.store, letters: letters})
}

// letterStream reads the raw bytes of letters one by one.
type letterStream struct {
	ctx     context.Context //nolint:containedctx // a stream lives within one call
	store   *Store
	letters []DeadLetter
}

func (l *letterStream) next() (rawRecord, error) {
	if len(l.letters) == 0 {
		return rawRecord{}, io.EOF
	}
	full, err := l.store.DeadLetter(l.ctx, l.letters[0].ID)
	l.letters = l.letters[1:]
	return rawRecord{source: full.Source, row: full.Row, offset: full.Offset, raw: full.Raw}, err
}

// checkUnsettled: all ids are letters, and no record of them was ingested.
func (s *Store) checkUnsettled(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		l, err := s.DeadLetter(ctx, id)
		if err != nil {
			return err
		}
		if l.State == StateIngested {
			return fmt.Errorf("dead letter %d: %w (by %s)", id, ErrSettled, Printable(l.SettledBy))
		}
	}
	return nil
}

// Discard settles letters that nobody will repair. why must say why not. All
// or none are settled; they stay readable.
func (s *Store) Discard(ctx context.Context, ids []int64, by, why string) error {
	if strings.TrimSpace(why) == "" {
		return errors.New("discard dead letters: say why with --reason")
	}
	if len(ids) == 0 {
		return errors.New("discard dead letters: name them by id, see `ringlab dlq list`")
	}
	if err := s.checkUnsettled(ctx, ids); err != nil {
		return fmt.Errorf("discard: %w", err)
	}
	if err := s.settle(ctx, ids, by, why, time.Now()); err != nil {
		return fmt.Errorf("discard dead letters: %w", err)
	}
	return nil
}

// EachDeadLetter calls each for the letters in the given states, none meaning
// waiting ones, with their original bytes, the oldest first. One is in memory at
// a time. An error of each ends it and is returned.
func (s *Store) EachDeadLetter(ctx context.Context, each func(DeadLetter) error, states ...string) error {
	err := s.eachLetterIn(ctx, LetterQuery{States: states}, each)
	if err != nil {
		return fmt.Errorf("read dead letters: %w", err)
	}
	return nil
}

// WriteDeadLetters writes the original bytes of the letters in the given
// states, none meaning waiting ones, as a JSON list, to be repaired by hand and
// ingested again. Bytes that are not UTF-8 stay so.
func (s *Store) WriteDeadLetters(ctx context.Context, w io.Writer, states ...string) error {
	separator, end := "[\n", "[]\n"
	err := s.eachLetterIn(ctx, LetterQuery{States: states}, func(l DeadLetter) error {
		_, err := fmt.Fprintf(w, "%s%s", separator, l.Raw)
		separator, end = ",\n", "\n]\n"
		return err
	})
	if err == nil {
		_, err = io.WriteString(w, end)
	}
	if err != nil {
		return fmt.Errorf("export dead letters: %w", err)
	}
	return nil
}
