package data

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ringlab/data/workspace"
)

const selectLetters = `SELECT id, source, folder, row, byte_offset, code, reason, compound_id, state, seen,
	first_seen_at_ms, last_seen_at_ms, last_ingest_id, coalesce(settled_by, ''), coalesce(settled_why, '') `

func scanLetter(rows *sql.Rows) (DeadLetter, error) {
	var l DeadLetter
	var first, last int64
	err := rows.Scan(&l.ID, &l.Source, &l.folder, &l.Row, &l.Offset, &l.Code, &l.Reason, &l.CompoundID, &l.State, &l.Seen,
		&first, &last, &l.Ingest, &l.SettledBy, &l.SettledWhy, &l.Raw)
	l.FirstSeen, l.Time = time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
	return l, err
}

// states as SQL's json_each reads them.
func (q LetterQuery) states() (string, error) {
	if len(q.States) == 0 {
		q.States = []string{StateWaiting}
	}
	list, err := json.Marshal(q.States)
	return string(list), err
}

func (s *Store) selectLetters(ctx context.Context, q LetterQuery) ([]DeadLetter, error) {
	states, err := q.states()
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = -1 // SQLite's word for all
	}
	return workspace.AllRows(ctx, s.ws.Reader(), selectLetters+`, NULL FROM dead_letters WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ? OFFSET ?`,
		[]any{states, limit, q.Offset}, scanLetter)
}

func (s *Store) countLetters(ctx context.Context, q LetterQuery) (n int, err error) {
	states, err := q.states()
	if err != nil {
		return 0, err
	}
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT count(*) FROM dead_letters WHERE state IN (SELECT value FROM json_each(?))`, states).Scan(&n)
	return n, err
}

// wholeLetter reads one letter with its original bytes.
func (s *Store) wholeLetter(ctx context.Context, id int64) (l DeadLetter, ok bool, err error) {
	found, err := workspace.AllRows(ctx, s.ws.Reader(), selectLetters+`, raw FROM dead_letters WHERE id = ?`, []any{id}, scanLetter)
	if err != nil || len(found) == 0 {
		return DeadLetter{}, false, err
	}
	return found[0], true, nil
}

// eachLetterOf calls each for the letters that an ingest was the last to see,
// with their original bytes, in order of the file.
func (s *Store) eachLetterOf(ctx context.Context, ingest int64, each func(DeadLetter) error) error {
	return s.eachLetter(ctx, `WHERE last_ingest_id = ? ORDER BY row, id`, ingest, each)
}

// eachLetterIn calls each for the letters in the states of q, with their
// original bytes, the oldest first.
func (s *Store) eachLetterIn(ctx context.Context, q LetterQuery, each func(DeadLetter) error) error {
	states, err := q.states()
	if err != nil {
		return err
	}
	return s.eachLetter(ctx, `WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id`, states, each)
}

func (s *Store) eachLetter(ctx context.Context, which string, argument any, each func(DeadLetter) error) error {
	return workspace.EachRow(ctx, s.ws.Reader(), selectLetters+`, raw FROM dead_letters `+which, []any{argument}, func(rows *sql.Rows) error {
		l, err := scanLetter(rows)
		if err != nil {
			return err
		}
		return each(l)
	})
}

// lettersToRetry finds letters without their bytes, ordered by folder: these,
// or all waiting ones if ids is empty.
func (s *Store) lettersToRetry(ctx context.Context, ids []int64) ([]DeadLetter, error) {
	where, args := `state = 'waiting'`, []any{}
	if len(ids) > 0 {
		list, err := json.Marshal(ids)
		if err != nil {
			return nil, err
		}
		where, args = `id IN (SELECT value FROM json_each(?))`, []any{string(list)}
	}
	return workspace.AllRows(ctx, s.ws.Reader(), selectLetters+`, NULL FROM dead_letters WHERE `+where+` ORDER BY folder, id`, args, scanLetter)
}

func (s *Store) settle(ctx context.Context, ids []int64, by, why string, now time.Time) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE dead_letters SET state = 'discarded', settled_at_ms = ?, settled_by = ?, settled_why = ?
			WHERE state <> 'ingested' AND id IN (SELECT value FROM json_each(?))`, now.UnixMilli(), by, why, string(list))
		return err
	})
}

func (s *Store) settleEdited(ctx context.Context, id int64, by string, now time.Time) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE dead_letters SET state = 'ingested', settled_at_ms = ?, settled_by = ?, settled_why = 'repaired by hand'
			WHERE id = ?`, now.UnixMilli(), by, id)
		return err
	})
}
