package data

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ringlab/data/workspace"
)

// sweep removes what an ingest that died had staged. Only the holder of the
// ingest lock may call it. It goes in slices, so that others can write between.
func (s *Store) sweep(ctx context.Context) error {
	var died bool
	err := s.ws.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM ingests WHERE state = 'staging')`).Scan(&died)
	if err == nil && died {
		err = s.sweepStaged(ctx)
	}
	if err != nil {
		return fmt.Errorf("sweep what an interrupted ingest left: %w", err)
	}
	return nil
}

func (s *Store) sweepStaged(ctx context.Context) error {
	newest, err := s.newest(ctx)
	if err != nil {
		return err
	}
	if err := s.sweepCompounds(ctx, newest.lastRecord); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM record_blocks WHERE first_record IN (SELECT first_record FROM record_blocks WHERE first_record > ` + fmt.Sprint(newest.lastRecord) + ` LIMIT ?)`,
		`DELETE FROM staged_letters WHERE id IN (SELECT id FROM staged_letters LIMIT ?)`,
	} {
		for removed := int64(sweepAtOnce); removed == sweepAtOnce; {
			err := s.ws.Write(ctx, func(tx *sql.Tx) error {
				result, err := tx.ExecContext(ctx, statement, sweepAtOnce)
				if err != nil {
					return err
				}
				removed, err = result.RowsAffected()
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{
			`DELETE FROM pictures WHERE ingest_id IN (SELECT id FROM ingests WHERE state = 'staging')`,
			`DELETE FROM graphs WHERE ingest_id IN (SELECT id FROM ingests WHERE state = 'staging')`,
			`DELETE FROM ingests WHERE state = 'staging'`,
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepCompounds forgets the compounds of records past last. They are looked
// for before anything is locked: it takes a look at all.
func (s *Store) sweepCompounds(ctx context.Context, last int64) error {
	for after := int64(0); ; {
		staged, err := workspace.AllRows(ctx, s.ws.Reader(), `SELECT compound_id FROM compounds WHERE compound_id > ? AND record_id > ? ORDER BY compound_id LIMIT ?`,
			[]any{after, last, sweepAtOnce}, workspace.Scanned[int64])
		if err != nil || len(staged) == 0 {
			return err
		}
		list, err := json.Marshal(staged)
		if err != nil {
			return err
		}
		err = s.ws.Write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM compounds WHERE compound_id IN (SELECT value FROM json_each(?))`, string(list))
			return err
		})
		if err != nil {
			return err
		}
		after = staged[len(staged)-1]
	}
}
