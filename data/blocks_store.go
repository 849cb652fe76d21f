package data

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ringlab/data/workspace"
)

// querier is a transaction or a pool of connections.
type querier interface {
	workspace.Querier
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// block is a row of record_blocks.
type block struct {
	first   int64 // id of its first record
	records int
	body    []byte // valid until the next block is read
}

func scanBlock(rows *sql.Rows) (block, error) {
	var b block
	var body sql.RawBytes
	err := rows.Scan(&b.first, &b.records, &body)
	b.body = body
	return b, err
}

func (b block) decode() ([]stored, error) {
	records, err := decodeBlock(b.body, b.first)
	if err == nil && len(records) != b.records {
		err = errBlockDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("records %d to %d: %w", b.first, b.first+int64(b.records)-1, err)
	}
	return records, nil
}

// eachBlock calls each for the blocks that hold the ids from first to last, in
// order, until it answers false.
func eachBlock(ctx context.Context, db querier, first, last int64, each func(block) (more bool, err error)) error {
	// The block that holds first may begin before it.
	rows, err := db.QueryContext(ctx, `SELECT first_record, records, body FROM record_blocks
		WHERE first_record >= (SELECT coalesce(max(first_record), 0) FROM record_blocks WHERE first_record <= ?) AND first_record <= ?
		ORDER BY first_record`, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		b, err := scanBlock(rows)
		if err != nil {
			return err
		}
		if more, err := each(b); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// eachRecord calls each for the records from first to last, in order.
func eachRecord(ctx context.Context, db querier, first, last int64, each func(stored) (more bool, err error)) error {
	return eachBlock(ctx, db, first, last, func(b block) (bool, error) {
		records, err := b.decode()
		if err != nil {
			return false, err
		}
		for _, r := range records {
			if r.ID < first {
				continue
			}
			if r.ID > last {
				return false, nil
			}
			if more, err := each(r); err != nil || !more {
				return more, err
			}
		}
		return true, nil
	})
}

// storedRecords reads records by id. Each block is read once; ids that are not
// there are left out.
func storedRecords(ctx context.Context, db querier, ids []int64) (map[int64]stored, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]stored, len(ids))
	wanted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	err = workspace.EachRow(ctx, db, `SELECT first_record, records, body FROM record_blocks WHERE first_record IN
		(SELECT (SELECT max(first_record) FROM record_blocks WHERE first_record <= value) FROM json_each(?))`, []any{string(list)}, func(rows *sql.Rows) error {
		b, err := scanBlock(rows)
		if err != nil {
			return err
		}
		records, err := b.decode()
		for _, r := range records {
			if wanted[r.ID] {
				found[r.ID] = r
			}
		}
		return err
	})
	return found, err
}

// newestRecord is the id of the last record, staged ones included, 0 for none.
func newestRecord(ctx context.Context, db querier) (id int64, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(first_record + records - 1), 0) FROM record_blocks
		WHERE first_record = (SELECT max(first_record) FROM record_blocks)`).Scan(&id)
	return id, err
}

// idsOf finds the records of compounds, staged ones included.
func idsOf(ctx context.Context, tx *sql.Tx, compounds []int64) (ids map[int64]int64, err error) {
	ids = make(map[int64]int64)
	// Ids mostly rise: what is past the highest is not looked up one by one.
	var highest int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(compound_id), 0) FROM compounds`).Scan(&highest); err != nil {
		return nil, err
	}
	var known []int64
	for _, id := range compounds {
		if id <= highest {
			known = append(known, id)
		}
	}
	if len(known) == 0 {
		return ids, nil
	}
	err = eachIn(ctx, tx, `SELECT compound_id, record_id FROM compounds WHERE compound_id IN (SELECT value FROM json_each(?))`, known,
		func(rows *sql.Rows) error {
			var compound, record int64
			err := rows.Scan(&compound, &record)
			ids[compound] = record
			return err
		})
	return ids, err
}

// insertBlock stores a block whose first record gets the id first, and the
// compounds of its records in their order.
func insertBlock(ctx context.Context, tx *sql.Tx, ingest, first int64, compounds []int64, body []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO record_blocks (first_record, records, ingest_id, body) VALUES (?, ?, ?, ?)`, first, len(compounds), ingest, body)
	if err != nil {
		return err
	}
	list, err := json.Marshal(compounds)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO compounds (compound_id, record_id) SELECT value, ? + key FROM json_each(?)`, first, string(list))
	return err
}
