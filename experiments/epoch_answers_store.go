package experiments

import (
	"context"
	"database/sql"
	"errors"

	"ringlab/data/workspace"
)

// storedAnswers is what is kept around an epoch; nil is nothing.
type storedAnswers struct {
	pictures             int
	records, now, before []byte
	kept                 Steps
}

// epochAnswers are packed answers on their way into the database.
type epochAnswers struct {
	epoch  int
	packed []byte
}

// writeEpochAnswers stores answers with the records that they are about.
// Those of an epoch that is there already are replaced, as a run that was
// resumed passes the same epochs again. Answers about other records, of a
// version that chose otherwise, go.
func writeEpochAnswers(ctx context.Context, tx *sql.Tx, run int64, w watchlist, all []epochAnswers) error {
	if len(all) == 0 {
		return nil
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO run_watched (run_id, pictures, records) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET pictures = excluded.pictures, records = excluded.records
		WHERE (pictures, records) <> (excluded.pictures, excluded.records)`, run, w.pictures, w.packed)
	if err != nil {
		return err
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if changed > 0 {
		if _, err := tx.ExecContext(ctx, `DELETE FROM run_epoch_answers WHERE run_id = ?`, run); err != nil {
			return err
		}
	}
	for _, a := range all {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO run_epoch_answers (run_id, epoch, answers) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET answers = excluded.answers`, run, a.epoch, a.packed); err != nil {
			return err
		}
	}
	return nil
}

// selectEpochAnswers reads what is kept of an epoch and the one before; ok is
// false where the run has nothing of any.
func (s *Store) selectEpochAnswers(ctx context.Context, run, epoch int64) (a storedAnswers, ok bool, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `
		SELECT pictures, records,
			(SELECT min(epoch) FROM run_epoch_answers WHERE run_id = ?1), (SELECT max(epoch) FROM run_epoch_answers WHERE run_id = ?1),
			(SELECT answers FROM run_epoch_answers WHERE run_id = ?1 AND epoch = ?2),
			(SELECT answers FROM run_epoch_answers WHERE run_id = ?1 AND epoch = ?2 - 1)
		FROM run_watched WHERE run_id = ?1 AND EXISTS (SELECT 1 FROM run_epoch_answers WHERE run_id = ?1)`, run, epoch).
		Scan(&a.pictures, &a.records, &a.kept.First, &a.kept.Last, &a.now, &a.before)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// eachEpoch reads the packed answers of a run's epochs, in their order. They
// are valid during the call.
func (s *Store) eachEpoch(ctx context.Context, run int64, each func(epoch int64, packed []byte) error) error {
	return workspace.EachRow(ctx, s.ws.Reader(), `SELECT epoch, answers FROM run_epoch_answers WHERE run_id = ? ORDER BY epoch`, []any{run}, func(rows *sql.Rows) error {
		var epoch int64
		var packed sql.RawBytes
		if err := rows.Scan(&epoch, &packed); err != nil {
			return err
		}
		return each(epoch, packed)
	})
}
