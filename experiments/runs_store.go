package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ringlab/data/workspace"
	"ringlab/models"
)

var (
	errNoRow      = errors.New("no such row")
	errNotAllowed = errors.New("its state does not allow this")
)

// registeredError refuses to delete what a model version stands on.
type registeredError struct{ version string }

func (e *registeredError) Error() string { return "registered as " + e.version }

const (
	noSweep   = 0  // a run by itself
	thisSweep = -1 // the sweep that the first of the inserted runs begins
)

// newRun is a row to insert.
type newRun struct {
	name, spec, preset, snap, author string

	sweep     int64 // the first run of its sweep, thisSweep or noSweep
	tags      []string
	heldUntil time.Time // zero: any worker may take it
}

// insertRuns queues all of the runs or none, in their order.
func (s *Store) insertRuns(ctx context.Context, rows []newRun) (ids []int64, err error) {
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		ids = ids[:0] // tried again when another process was in the way
		for _, r := range rows {
			if r.sweep == thisSweep && len(ids) > 0 {
				r.sweep = ids[0]
			}
			id, err := s.insertRun(ctx, tx, r)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

func (s *Store) insertRun(ctx context.Context, tx *sql.Tx, r newRun) (int64, error) {
	var held int64
	if !r.heldUntil.IsZero() {
		held = r.heldUntil.UnixMilli()
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO runs (name, state, spec, preset, snapshot, created_at_ms, lease_until_ms, author)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.name, Queued, r.spec, r.preset, r.snap, s.now().UnixMilli(), held, r.author)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	if r.sweep == thisSweep {
		r.sweep = id
	}
	if r.sweep != noSweep {
		if _, err := tx.ExecContext(ctx, `UPDATE runs SET sweep = ? WHERE id = ?`, r.sweep, id); err != nil {
			return 0, err
		}
	}
	if r.name == "" {
		name := fmt.Sprintf("%s-%d", r.preset, id)
		if _, err := tx.ExecContext(ctx, `UPDATE runs SET name = ? WHERE id = ?`, name, id); err != nil {
			return 0, err
		}
	}
	return id, insertTags(ctx, tx, id, r.tags)
}

func insertTags(ctx context.Context, tx *sql.Tx, run int64, tags []string) error {
	for _, tag := range tags {
		if _, err := tx.ExecContext(ctx, `INSERT INTO run_tags (run_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING`, run, tag); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) changeTags(ctx context.Context, run int64, add, remove []string) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		if _, err := readStanding(ctx, tx, run); err != nil {
			return err
		}
		for _, tag := range remove {
			if _, err := tx.ExecContext(ctx, `DELETE FROM run_tags WHERE run_id = ? AND tag = ?`, run, tag); err != nil {
				return err
			}
		}
		if err := insertTags(ctx, tx, run, add); err != nil {
			return err
		}
		var count int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM run_tags WHERE run_id = ?`, run).Scan(&count); err != nil {
			return err
		}
		if count > maxTags {
			return fmt.Errorf("it would have %d tags, limit %d", count, maxTags)
		}
		return nil
	})
}

// standing is what decides about a move.
type standing struct {
	state      State
	leaseUntil int64 // ms
	cancelling bool
	attempt    int
	crashes    int
}

// leased tells whether a living worker has the run.
func (st standing) leased(now time.Time) bool { return leaseHolds(st.leaseUntil, now) }

func leaseHolds(untilMS int64, now time.Time) bool {
	return untilMS > now.UnixMilli() && untilMS <= now.Add(longestLease).UnixMilli()
}

// orphaned tells whether the run's worker has died: nobody would obey or end it.
func (st standing) orphaned(now time.Time) bool { return st.state == Running && !st.leased(now) }

func readStanding(ctx context.Context, tx *sql.Tx, run int64) (standing, error) {
	var st standing
	err := tx.QueryRowContext(ctx, `
		SELECT state, lease_until_ms, cancel_requested, attempt, crashes FROM runs WHERE id = ?`, run).
		Scan(&st.state, &st.leaseUntil, &st.cancelling, &st.attempt, &st.crashes)
	if errors.Is(err, sql.ErrNoRows) {
		return standing{}, errNoRow
	}
	return st, err
}

func (s *Store) cancelRun(ctx context.Context, run int64) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		st, err := readStanding(ctx, tx, run)
		if err != nil {
			return err
		}
		to, ok := moveCancel.next(st.state)
		if !ok {
			return errNotAllowed
		}
		if st.state == Running && st.leased(s.now()) {
			_, err := tx.ExecContext(ctx, `UPDATE runs SET cancel_requested = 1 WHERE id = ?`, run)
			return err
		}
		return endRun(ctx, tx, run, to, "", s.now())
	})
}

// endRun moves a run that no living worker has into an ended state.
func endRun(ctx context.Context, tx *sql.Tx, run int64, to State, reason string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE runs SET state = ?, error = ?, ended_at_ms = ?, phase = '', worker = '', lease_until_ms = 0, cancel_requested = 0
		WHERE id = ?`, to, reason, now.UnixMilli(), run)
	return err
}

func (s *Store) resumeRun(ctx context.Context, run int64) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		st, err := readStanding(ctx, tx, run)
		if err != nil {
			return err
		}
		if _, ok := moveResume.next(st.state); !ok && !st.orphaned(s.now()) {
			return errNotAllowed
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE runs SET state = ?, error = '', ended_at_ms = NULL, cancel_requested = 0, crashes = 0, lease_until_ms = 0, phase = ''
			WHERE id = ?`, Queued, run)
		return err
	})
}

// deleteRun removes the row with all that hangs on it and returns the blobs
// that nothing refers to any more. The caller holds artifactsLock.
func (s *Store) deleteRun(ctx context.Context, run int64) (orphans []string, err error) {
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		orphans = nil
		st, err := readStanding(ctx, tx, run)
		if err != nil {
			return err
		}
		_, ok := moveDelete.next(st.state)
		ok = ok || st.cancelling && st.orphaned(s.now())
		if !ok || st.leased(s.now()) {
			return errNotAllowed
		}
		var version int64
		err = tx.QueryRowContext(ctx, `SELECT number FROM model_versions WHERE run_id = ?`, run).Scan(&version)
		if err == nil {
			return &registeredError{version: formatVersion(version)}
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		orphans, err = workspace.AllRows(ctx, tx, `
			SELECT DISTINCT blob FROM run_artifacts AS mine WHERE run_id = ?
			AND NOT EXISTS (SELECT 1 FROM run_artifacts AS other WHERE other.blob = mine.blob AND other.run_id <> mine.run_id)
			AND NOT EXISTS (SELECT 1 FROM pictures WHERE sum = mine.blob)`, []any{run}, workspace.Scanned[string])
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM runs WHERE id = ?`, run)
		return err
	})
	return orphans, err
}

// runFilter selects runs; a nil list selects all.
type runFilter struct {
	ids    []int64
	states []State
	tag    string
	offset int
	limit  int
}

// asJSON is a list parameter for SQL's json_each; "" for a nil list.
func asJSON[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func (s *Store) selectRuns(ctx context.Context, f runFilter) ([]Run, error) {
	ids, err := asJSON(f.ids)
	if err != nil {
		return nil, err
	}
	states, err := asJSON(f.states)
	if err != nil {
		return nil, err
	}
	limit := f.limit
	if limit <= 0 {
		limit = -1 // SQLite: none
	}
	runs, err := workspace.AllRows(ctx, s.ws.Reader(), `
		SELECT r.id, r.name, `+shownState+`, r.spec, r.created_at_ms, ifnull(r.started_at_ms, 0), ifnull(r.ended_at_ms, 0),
			r.epoch, r.epochs, r.phase, r.error, r.author, r.attempt, r.cancel_requested, r.lease_until_ms,
			r.evaluation, v.number, r.note, r.archived, ifnull(r.sweep, 0),
			(SELECT json_group_array(tag) FROM (SELECT tag FROM run_tags WHERE run_id = r.id ORDER BY tag))
		FROM runs AS r LEFT JOIN model_versions AS v ON v.run_id = r.id
		WHERE (?2 = '' OR r.id IN (SELECT value FROM json_each(?2)))
		AND (?3 = '' OR `+shownState+` IN (SELECT value FROM json_each(?3)))
		AND (?4 = '' OR EXISTS (SELECT 1 FROM run_tags WHERE run_id = r.id AND tag = ?4))
		ORDER BY r.id DESC LIMIT ?5 OFFSET ?6`, []any{s.now().UnixMilli(), ids, states, f.tag, limit, f.offset}, s.scanRun)
	if err != nil {
		return nil, err
	}
	return runs, s.addMetrics(ctx, runs)
}

func (s *Store) countRuns(ctx context.Context) (map[State]int, error) {
	counts := make(map[State]int)
	err := workspace.EachRow(ctx, s.ws.Reader(), `SELECT `+shownState+` AS shown, count(*) FROM runs AS r GROUP BY shown`, []any{s.now().UnixMilli()}, func(rows *sql.Rows) error {
		var state State
		var n int
		err := rows.Scan(&state, &n)
		counts[state] = n
		return err
	})
	return counts, err
}

func (s *Store) countNewer(ctx context.Context, run int64) (n int, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT count(*) FROM runs WHERE id > ?`, run).Scan(&n)
	return n, err
}

// shownState is a run's state for readers; ?1 is the time now, in
// milliseconds. A run that was to be cancelled when its worker died is
// cancelled, though nobody was left to write that down.
const shownState = `CASE WHEN r.state = 'running' AND r.cancel_requested AND NOT ` + underLease + ` THEN 'cancelled' ELSE r.state END`

func (s *Store) scanRun(rows *sql.Rows) (Run, error) {
	var (
		run                     Run
		id                      int64
		spec, tags              string
		created, started, ended int64
		leaseUntil, sweep       int64
		evaluation              sql.NullString
		version                 sql.NullInt64
	)
	if err := rows.Scan(&id, &run.Name, &run.State, &spec, &created, &started, &ended,
		&run.Epoch, &run.Epochs, &run.Phase, &run.Error, &run.Author, &run.Attempt, &run.Cancelling, &leaseUntil,
		&evaluation, &version, &run.Note, &run.Archived, &sweep, &tags); err != nil {
		return Run{}, err
	}
	run.ID, run.Sweep = formatRunID(id), formatSweep(sweep)
	run.Created, run.Started, run.Ended = fromMS(created), fromMS(started), fromMS(ended)
	if err := json.Unmarshal([]byte(spec), &run.Spec); err != nil {
		return Run{}, fmt.Errorf("spec of run %d: %w", id, err)
	}
	if err := json.Unmarshal([]byte(tags), &run.Tags); err != nil {
		return Run{}, fmt.Errorf("tags of run %d: %w", id, err)
	}
	if evaluation.Valid {
		run.Evaluation = new(models.Evaluation)
		if err := json.Unmarshal([]byte(evaluation.String), run.Evaluation); err != nil {
			return Run{}, fmt.Errorf("evaluation of run %d: %w", id, err)
		}
	}
	if version.Valid {
		run.Version = formatVersion(version.Int64)
	}
	s.judgeSilence(&run, leaseUntil)
	return run, nil
}

// judgeSilence tells what a run's lease says of its worker.
func (s *Store) judgeSilence(run *Run, leaseUntil int64) {
	switch {
	case run.State == Running && !leaseHolds(leaseUntil, s.now()):
		run.Silent = true
		run.Phase = fmt.Sprintf("its worker does not answer; go on from its checkpoint: ringlab runs resume %s", run.ID)
	case run.State == Cancelled && run.Cancelling:
		run.Ended, run.Phase, run.Cancelling = fromMS(leaseUntil), "", false
	}
}
