package data

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// StillRefusedError says why a repaired record is refused.
type StillRefusedError struct {
	ID     int64
	Reason string // printable
}

func (e *StillRefusedError) Error() string {
	return fmt.Sprintf("dead letter %d: the repaired record is refused too: %s", e.ID, e.Reason)
}

// RetryEdited ingests the record of a dead letter as somebody repaired it:
// raw stands for the letter's bytes, and its picture is looked for where the
// letter came from. If it passes, or is there already, the letter is settled as
// ingested and keeps the bytes that came; else nothing changes, and the error
// is a *StillRefusedError. by says who repaired it, for the record.
func (s *Store) RetryEdited(ctx context.Context, id int64, raw []byte, by string) (IngestResult, error) {
	started := time.Now()
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) > maxRecordBytes:
		return IngestResult{}, fmt.Errorf("retry dead letter %d: %w", id, errRecordTooLong)
	case len(raw) == 0:
		return IngestResult{}, fmt.Errorf("retry dead letter %d: the repaired record is empty", id)
	}
	letter, err := s.DeadLetter(ctx, id)
	if err != nil {
		return IngestResult{}, err
	}
	src, err := openSource(letter.folder, DefaultFile)
	if err != nil {
		return IngestResult{}, fmt.Errorf("retry dead letter %d: %w", id, err)
	}
	defer src.close()
	in, err := s.beginIngest(ctx, "", "dead letters")
	if err != nil {
		return IngestResult{}, fmt.Errorf("retry dead letter %d: %w", id, err)
	}
	defer in.abandon()
	if err := s.checkUnsettled(ctx, []int64{id}); err != nil {
		return IngestResult{}, err
	}
	one := &oneRecord{rawRecord{source: letter.Source, row: letter.Row, offset: letter.Offset, raw: raw}}
	if err := in.run(ctx, src, one); err != nil {
		return IngestResult{}, fmt.Errorf("retry dead letter %d: %w", id, err)
	}
	if in.tally.dead > 0 {
		_, reason, _ := strings.Cut(in.tally.first[0], ": ") // after the number of the record
		return IngestResult{}, &StillRefusedError{ID: id, Reason: reason}
	}
	in.settledBy = by
	result, err := in.finish(ctx, 0)
	if err != nil {
		return IngestResult{}, fmt.Errorf("retry dead letter %d: %w", id, err)
	}
	// Should this be lost, the letter waits on and its record counts as repeated
	// when it is tried again.
	if err := s.settleEdited(ctx, id, by, time.Now()); err != nil {
		return result, fmt.Errorf("the record is ingested, but: settle dead letter %d: %w", id, err)
	}
	result.Seconds = seconds(time.Since(started))
	return result, nil
}

// oneRecord is a stream of one.
type oneRecord struct{ record rawRecord }

func (o *oneRecord) next() (rawRecord, error) {
	if o.record.raw == nil {
		return rawRecord{}, io.EOF
	}
	r := o.record
	o.record.raw = nil
	return r, nil
}
