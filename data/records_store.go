package data

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ringlab/data/picture"
)

// ErrNoRecord is returned for a record that is not there.
var ErrNoRecord = errors.New("no such record")

// Records lists the records that q selects, in the order of ingest. Without
// Labels and Text only what is listed is read.
func (s *Store) Records(ctx context.Context, q Query) ([]Record, error) {
	snapshot, err := s.queried(ctx, q)
	if err != nil {
		return nil, err
	}
	offset, first := max(q.Offset, 0), int64(1)
	if len(q.Labels) == 0 && q.Text == "" {
		first, offset = int64(offset)+1, 0 // ids are positions, from 1
	}
	records := []Record{}
	err = eachRecord(ctx, s.ws.Reader(), first, snapshot.lastRecord, func(r stored) (more bool, err error) {
		switch {
		case !q.selects(r.Record):
		case offset > 0:
			offset--
		default:
			records = append(records, r.Record)
		}
		return q.Limit <= 0 || len(records) < q.Limit, ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list records: %w", err)
	}
	return records, nil
}

// Count counts what Records would list without Offset and Limit. Without Text
// it is cheap: no record is read whole.
func (s *Store) Count(ctx context.Context, q Query) (n int, err error) {
	snapshot, err := s.queried(ctx, q)
	if err != nil {
		return 0, err
	}
	switch {
	case q.Text != "":
		err = eachRecord(ctx, s.ws.Reader(), 1, snapshot.lastRecord, func(r stored) (bool, error) {
			if q.selects(r.Record) {
				n++
			}
			return true, ctx.Err()
		})
	case len(q.Labels) > 0:
		var counts map[int]int
		counts, err = s.countLabels(ctx, snapshot)
		for label, records := range counts {
			if slices.Contains(q.Labels, label) {
				n += records
			}
		}
	default:
		n = snapshot.Records
	}
	if err != nil {
		return 0, fmt.Errorf("count records: %w", err)
	}
	return n, nil
}

// queried is the snapshot that q asks about. A workspace without records is not
// an error where the newest is asked for: the list is empty.
func (s *Store) queried(ctx context.Context, q Query) (Snapshot, error) {
	snapshot, err := s.Snapshot(ctx, q.Snapshot)
	if errors.Is(err, ErrNoSnapshot) {
		return Snapshot{}, nil
	}
	return snapshot, err
}

// selects judges a record of the snapshot.
func (q Query) selects(r Record) bool {
	if len(q.Labels) > 0 && !slices.Contains(q.Labels, r.Label) {
		return false
	}
	return q.Text == "" || strings.Contains(r.SMILES, q.Text) || strconv.FormatInt(r.CompoundID, 10) == q.Text ||
		strings.Contains(r.formula(), q.Text)
}

// formula is the record's molecular_formula, "" if it has none that is text.
func (r Record) formula() string {
	members, _ := parseMembers(r.Fields)
	formula := find(members, "molecular_formula")
	if missing(formula) || formula.Kind() != '"' {
		return ""
	}
	return unquote(formula)
}

// Record finds the record of a compound, or ErrNoRecord.
func (s *Store) Record(ctx context.Context, compoundID int64) (Record, error) {
	var id int64
	err := s.ws.Reader().QueryRowContext(ctx, `SELECT record_id FROM compounds WHERE compound_id = ?`, compoundID).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return Record{}, fmt.Errorf("find compound %d: %w: ringlab data list shows them", compoundID, ErrNoRecord)
	}
	if err != nil {
		return Record{}, fmt.Errorf("find compound %d: %w", compoundID, err)
	}
	found, err := s.RecordsByID(ctx, []int64{id})
	if err != nil {
		return Record{}, fmt.Errorf("find compound %d: %w", compoundID, err)
	}
	return found[0], nil
}

// RecordsByID finds records by Record.ID, in the order of ids. One that is
// missing is ErrNoRecord.
func (s *Store) RecordsByID(ctx context.Context, ids []int64) ([]Record, error) {
	// What lies past the newest snapshot is staged by an ingest that has not ended.
	newest, err := s.newest(ctx)
	if err != nil {
		return nil, err
	}
	found, err := storedRecords(ctx, s.ws.Reader(), ids)
	if err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	records := make([]Record, 0, len(ids))
	for _, id := range ids {
		r, ok := found[id]
		if !ok || id > newest.lastRecord {
			return nil, fmt.Errorf("find record %d: %w", id, ErrNoRecord)
		}
		records = append(records, r.Record)
	}
	return records, nil
}

// PicturePNG is the file of a record's picture as it was ingested.
func (s *Store) PicturePNG(_ context.Context, r Record) ([]byte, error) {
	file, err := s.ws.Blobs().Read(r.Picture)
	if err != nil {
		return nil, fmt.Errorf("read picture of compound %d: %w", r.CompoundID, err)
	}
	return file, nil
}

// Picture is a record's picture in its own size.
func (s *Store) Picture(ctx context.Context, r Record) (*picture.Picture, error) {
	file, err := s.PicturePNG(ctx, r)
	if err != nil {
		return nil, err
	}
	p, err := picture.Decode(file, picture.DefaultLimits)
	if err != nil {
		return nil, fmt.Errorf("read picture of compound %d: %w", r.CompoundID, err)
	}
	return p, nil
}
