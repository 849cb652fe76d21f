package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ringlab/models"
)

// waiting is what a worker may take: queued and not kept for its submitter, or
// left behind by a dead worker. ?1 is the time now, in milliseconds.
const waiting = `state IN ('queued', 'running') AND NOT ` + underLease

// underLease is [standing.leased] in SQL.
const underLease = `(lease_until_ms > ?1 AND lease_until_ms <= ?1 + 60000)`

// longestLease bounds how far ahead a lease can end. One that ends later was
// taken by a clock that was wrong and has been set back since: whoever took it
// and still lives renews it in a moment, and nobody need wait for the others.
const longestLease = time.Minute

// workWaits tells whether a worker would find something to do.
func (s *Store) workWaits(ctx context.Context) (ok bool, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM runs WHERE `+waiting+`)`, s.now().UnixMilli()).Scan(&ok)
	if err != nil {
		return false, fmt.Errorf("look for waiting runs: %w", err)
	}
	return ok, nil
}

// takeAny leases the oldest waiting run.
func (s *Store) takeAny(ctx context.Context, worker string) (l lease, ok bool, err error) {
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		for ok = false; !ok; {
			var run int64
			err := tx.QueryRowContext(ctx, `SELECT id FROM runs WHERE `+waiting+` ORDER BY id LIMIT 1`, s.now().UnixMilli()).Scan(&run)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			// Not taken means that it ended just now: then look for the next.
			if l, ok, err = s.take(ctx, tx, run, worker); err != nil {
				return err
			}
		}
		return nil
	})
	return l, ok, err
}

// takeOne leases one run, also one that has stopped, which resumes it, and one
// that is kept for its submitter. ok is false when it ended just now instead,
// as take tells.
func (s *Store) takeOne(ctx context.Context, run int64, worker string) (l lease, ok bool, err error) {
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		st, err := readStanding(ctx, tx, run)
		if err != nil {
			return err
		}
		if st.state == Running && st.leased(s.now()) {
			return errNotAllowed
		}
		if _, stopped := moveResume.next(st.state); stopped || st.cancelling && st.orphaned(s.now()) {
			if _, err := tx.ExecContext(ctx, `UPDATE runs SET state = ?, cancel_requested = 0, crashes = 0 WHERE id = ?`, Queued, run); err != nil {
				return err
			}
		}
		l, ok, err = s.take(ctx, tx, run, worker)
		return err
	})
	return l, ok, err
}

// take leases a run whose standing was found to allow it. A run that was to be
// cancelled when its worker died, or that has killed too many workers, ends
// instead: ok is false then.
func (s *Store) take(ctx context.Context, tx *sql.Tx, run int64, worker string) (l lease, ok bool, err error) {
	st, err := readStanding(ctx, tx, run)
	if err != nil {
		return lease{}, false, err
	}
	m, crashes := moveStart, st.crashes
	if st.state == Running {
		m, crashes = moveTakeOver, st.crashes+1
	}
	to, allowed := m.next(st.state)
	switch {
	case !allowed:
		return lease{}, false, errNotAllowed
	case st.cancelling:
		return lease{}, false, endRun(ctx, tx, run, Cancelled, "", s.now())
	case crashes >= maxCrashes:
		reason := fmt.Sprintf("%d workers in a row died while they trained it (killed, out of memory, or the machine went down); the log may say more: ringlab runs logs %d", crashes, run)
		return lease{}, false, endRun(ctx, tx, run, Failed, reason, s.now())
	}
	now := s.now()
	l = lease{run: run, worker: worker, attempt: st.attempt + 1}
	var spec string
	err = tx.QueryRowContext(ctx, `
		UPDATE runs SET state = ?, worker = ?, lease_until_ms = ?, attempt = ?, crashes = ?, phase = 'starting', error = '',
			started_at_ms = ifnull(started_at_ms, ?), ended_at_ms = NULL
		WHERE id = ? RETURNING spec, bundle`,
		to, worker, now.Add(s.timing.lease).UnixMilli(), l.attempt, crashes, now.UnixMilli(), run).Scan(&spec, &l.bundle)
	if err != nil {
		return lease{}, false, err
	}
	if err := json.Unmarshal([]byte(spec), &l.spec); err != nil {
		return lease{}, false, fmt.Errorf("spec of run %d: %w", run, err)
	}
	return l, true, nil
}

// mine selects the run only while the lease holds.
const mine = ` WHERE id = ? AND worker = ? AND attempt = ? AND state = 'running'`

func (l lease) key() []any { return []any{l.run, l.worker, l.attempt} }

// fenced runs an UPDATE that ends in mine, and tells when the lease is lost.
func (l lease) fenced(ctx context.Context, tx *sql.Tx, update string, args ...any) error {
	result, err := tx.ExecContext(ctx, update+mine, append(args, l.key()...)...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n != 1 {
		return errLeaseLost
	}
	return err
}

// progress is what a worker reports while it trains.
type progress struct {
	phase         string
	epoch, epochs int // 0: none since this attempt began
	points        []metricPoint
	watched       watchlist
	answers       []epochAnswers
}

// report renews the lease and writes what happened since the last time.
func (s *Store) report(ctx context.Context, l lease, p progress) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		err := l.fenced(ctx, tx, `UPDATE runs SET lease_until_ms = ?, phase = ?, epoch = ifnull(nullif(?, 0), epoch), epochs = ifnull(nullif(?, 0), epochs)`,
			s.now().Add(s.timing.lease).UnixMilli(), p.phase, p.epoch, p.epochs)
		if err != nil {
			return err
		}
		if err := writePoints(ctx, tx, l.run, p.points); err != nil {
			return err
		}
		return writeEpochAnswers(ctx, tx, l.run, p.watched, p.answers)
	})
}

// askedToStop tells a worker why it should stop: errCancelled, errLeaseLost,
// or nil.
func (s *Store) askedToStop(ctx context.Context, l lease) error {
	var cancelling bool
	err := s.ws.Reader().QueryRowContext(ctx, `SELECT cancel_requested FROM runs`+mine, l.key()...).Scan(&cancelling)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errLeaseLost
	case err == nil && cancelling:
		return errCancelled
	}
	return err
}

// outcome is how an attempt ended.
type outcome struct {
	move   move   // moveFinish, moveFail, moveCancel or moveInterrupt
	reason string // of a failure
	bundle bundle // what it left; of a run that has not finished, the best model so far

	// Of a finished run:
	evaluation models.Evaluation
	answers    []answer
	artifacts  []storedArtifact
}

// settle ends the attempt in one transaction: a kill leaves it either under
// way or ended with all that belongs to it.
func (s *Store) settle(ctx context.Context, l lease, o outcome) error {
	to, ok := o.move.next(Running)
	if !ok {
		return errNotAllowed
	}
	var evaluation sql.NullString
	if to == Finished {
		text, err := json.Marshal(o.evaluation)
		if err != nil {
			return err
		}
		evaluation = sql.NullString{String: string(text), Valid: true}
	}
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		err := l.fenced(ctx, tx, `
			UPDATE runs SET state = ?, error = ?, ended_at_ms = ?, evaluation = ?, bundle = ?, bundle_sum = ?,
				phase = '', lease_until_ms = 0, cancel_requested = 0, crashes = 0, worker = ''`,
			to, o.reason, s.now().UnixMilli(), evaluation, o.bundle.name, o.bundle.sum)
		if err != nil {
			return err
		}
		if to != Finished {
			return nil
		}
		if err := writeAnswers(ctx, tx, l.run, o.answers); err != nil {
			return err
		}
		return writeArtifacts(ctx, tx, l.run, o.artifacts)
	})
}
