package data

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ringlab/data/picture"
)

// ErrNoRecord is returned for a record that is not there.
var ErrNoRecord = errors.New("no such record")

const selectRecords = `SELECT id, compound_id, smiles, label, picture, image, group_key, fields FROM records `

// visible bounds rows to those of the newest snapshot: what lies past it is
// staged by an ingest that has not ended.
const visible = `id <= (SELECT coalesce(max(last_record), 0) FROM snapshots)`

// Records lists the records that q selects, in the order of ingest.
func (s *Store) Records(ctx context.Context, q Query) ([]Record, error) {
	where, args, err := s.where(ctx, q)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = -1 // SQLite's word for all
	}
	args = append(args, limit, max(q.Offset, 0))
	records, err := queryAll(ctx, s.ws.Reader(), selectRecords+where+` ORDER BY id LIMIT ? OFFSET ?`, args, scanRecord)
	if err != nil {
		return nil, fmt.Errorf("list records: %w", err)
	}
	return records, nil
}

// Count counts what Records would list without Offset and Limit.
func (s *Store) Count(ctx context.Context, q Query) (int, error) {
	where, args, err := s.where(ctx, q)
	if err != nil {
		return 0, err
	}
	var n int
	if err := s.ws.Reader().QueryRowContext(ctx, `SELECT count(*) FROM records `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count records: %w", err)
	}
	return n, nil
}

// where is the SQL condition of a query. A workspace without records is not an
// error where the newest snapshot is asked for: the list is empty.
func (s *Store) where(ctx context.Context, q Query) (string, []any, error) {
	snapshot, err := s.Snapshot(ctx, q.Snapshot)
	if err != nil && !errors.Is(err, ErrNoSnapshot) {
		return "", nil, err
	}
	where, args := `WHERE id <= ?`, []any{snapshot.lastRecord}
	if len(q.Labels) > 0 {
		labels, err := json.Marshal(q.Labels)
		if err != nil {
			return "", nil, err
		}
		where += ` AND label IN (SELECT value FROM json_each(?))`
		args = append(args, string(labels))
	}
	if q.Text != "" {
		where += ` AND (instr(smiles, ?) > 0 OR instr(coalesce(json_extract(fields, '$.molecular_formula'), ''), ?) > 0 OR CAST(compound_id AS TEXT) = ?)`
		args = append(args, q.Text, q.Text, q.Text)
	}
	return where, args, nil
}

// Record finds the record of a compound, or ErrNoRecord.
func (s *Store) Record(ctx context.Context, compoundID int64) (Record, error) {
	found, err := queryAll(ctx, s.ws.Reader(), selectRecords+`WHERE compound_id = ? AND `+visible, []any{compoundID}, scanRecord)
	if err != nil {
		return Record{}, fmt.Errorf("find compound %d: %w", compoundID, err)
	}
	if len(found) == 0 {
		return Record{}, fmt.Errorf("find compound %d: %w", compoundID, ErrNoRecord)
	}
	return found[0], nil
}

// RecordsByID finds records by Record.ID, in the order of ids. One that is
// missing is ErrNoRecord.
func (s *Store) RecordsByID(ctx context.Context, ids []int64) ([]Record, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	found, err := queryAll(ctx, s.ws.Reader(), selectRecords+`WHERE id IN (SELECT value FROM json_each(?)) AND `+visible, []any{string(list)}, scanRecord)
	if err != nil {
		return nil, fmt.Errorf("find records: %w", err)
	}
	byID := make(map[int64]Record, len(found))
	for _, r := range found {
		byID[r.ID] = r
	}
	records := make([]Record, 0, len(ids))
	for _, id := range ids {
		r, ok := byID[id]
		if !ok {
			return nil, fmt.Errorf("find record %d: %w", id, ErrNoRecord)
		}
		records = append(records, r)
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

func scanRecord(rows *sql.Rows) (Record, error) {
	var r Record
	var fields []byte
	err := rows.Scan(&r.ID, &r.CompoundID, &r.SMILES, &r.Label, &r.Picture, &r.Image, &r.Group, &fields)
	r.Fields = fields
	return r, err
}
