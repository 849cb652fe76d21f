package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"ringlab/data/workspace"
	"ringlab/models"
)

// selectLines reads of each run what changes while it lives, newest first.
func (s *Store) selectLines(ctx context.Context, limit int) ([]Run, error) {
	if limit <= 0 {
		limit = -1 // SQLite: none
	}
	runs, err := workspace.AllRows(ctx, s.ws.Reader(), `
		SELECT r.id, r.name, `+shownState+`, r.created_at_ms, ifnull(r.started_at_ms, 0), ifnull(r.ended_at_ms, 0),
			r.epoch, r.epochs, r.phase, r.error, r.author, r.attempt, r.cancel_requested, r.lease_until_ms, r.note, r.archived, ifnull(r.sweep, 0), ifnull(v.number, 0)
		FROM runs AS r LEFT JOIN model_versions AS v ON v.run_id = r.id ORDER BY r.id DESC LIMIT ?2`, []any{s.now().UnixMilli(), limit}, func(rows *sql.Rows) (Run, error) {
		var run Run
		var id, created, started, ended, leaseUntil, sweep, version int64
		if err := rows.Scan(&id, &run.Name, &run.State, &created, &started, &ended, &run.Epoch, &run.Epochs, &run.Phase, &run.Error,
			&run.Author, &run.Attempt, &run.Cancelling, &leaseUntil, &run.Note, &run.Archived, &sweep, &version); err != nil {
			return run, err
		}
		run.ID, run.Sweep = formatRunID(id), formatSweep(sweep)
		run.Created, run.Started, run.Ended = fromMS(created), fromMS(started), fromMS(ended)
		if version > 0 {
			run.Version = formatVersion(version)
		}
		s.judgeSilence(&run, leaseUntil)
		return run, nil
	})
	if err != nil {
		return nil, err
	}
	return runs, s.readTags(ctx, runs)
}

func (s *Store) readTags(ctx context.Context, runs []Run) error {
	at := 0
	return workspace.EachRow(ctx, s.ws.Reader(), `SELECT run_id, tag FROM run_tags ORDER BY run_id DESC, tag`, nil, func(rows *sql.Rows) error {
		var id int64
		var tag string
		if err := rows.Scan(&id, &tag); err != nil {
			return err
		}
		name := formatRunID(id)
		for at < len(runs) && newer(runs[at].ID, name) {
			at++
		}
		if at < len(runs) && runs[at].ID == name {
			runs[at].Tags = append(runs[at].Tags, tag)
		}
		return nil
	})
}

// newer tells whether run a has the greater number.
func newer(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

// readSpecs reads what a run was made of, and its result on the holdout. Runs
// of a sweep or of several seeds share most of it: equal parameters are kept
// once.
func (s *Store) readSpecs(ctx context.Context, runs []*Run, old *RunTable) error {
	shared := map[string]models.Values{}
	return s.eachOf(ctx, runs, `
		SELECT r.id, r.spec, json_extract(r.evaluation, '$.accuracy', '$.macro_f1', '$.within_one', '$.ece')
		FROM runs AS r WHERE r.id IN (SELECT value FROM json_each(?))`, func(byID map[string]*Run, rows *sql.Rows) error {
		var id int64
		var spec []byte
		var result sql.NullString
		if err := rows.Scan(&id, &spec, &result); err != nil {
			return err
		}
		run := byID[formatRunID(id)]
		if old.run(run.ID) == nil {
			if err := readSharedSpec(&run.Spec, spec, shared); err != nil {
				return fmt.Errorf("spec of run %d: %w", id, err)
			}
		}
		if !result.Valid {
			return nil
		}
		values := make([]*float64, len(holdoutMetrics))
		if err := json.Unmarshal([]byte(result.String), &values); err != nil {
			return fmt.Errorf("result of run %d: %w", id, err)
		}
		for i, m := range holdoutMetrics {
			if values[i] != nil {
				run.Metrics[m.name] = *values[i]
			}
		}
		return nil
	})
}

func readSharedSpec(spec *Spec, text []byte, shared map[string]models.Values) error {
	raw := struct {
		*Spec

		Parameters json.RawMessage `json:"parameters"`
	}{Spec: spec}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	values, known := shared[string(raw.Parameters)]
	if !known {
		if err := json.Unmarshal(raw.Parameters, &values); err != nil {
			return err
		}
		shared[string(raw.Parameters)] = values
	}
	spec.Parameters = values
	spec.group = strings.Join([]string{spec.Preset, spec.Snapshot, spec.Split, strconv.Itoa(spec.PictureSide), string(raw.Parameters)}, "\n")
	return nil
}

// readLasts reads the last values of some metrics: a seek for each run and key.
func (s *Store) readLasts(ctx context.Context, runs []*Run, keys []string) error {
	for _, key := range keys {
		stored := key
		if key == "train_accuracy" {
			stored = "accuracy" // the name is the holdout's alone where runs are listed
		}
		err := s.eachOf(ctx, runs, `
			SELECT r.value, (SELECT value FROM metric_points WHERE run_id = CAST(r.value AS INTEGER)
				AND key_id = (SELECT id FROM metric_keys WHERE name = ?2) ORDER BY step DESC LIMIT 1) AS last
			FROM json_each(?1) AS r WHERE last IS NOT NULL`, func(byID map[string]*Run, rows *sql.Rows) error {
			var id int64
			var value float64
			if err := rows.Scan(&id, &value); err != nil {
				return err
			}
			if run := byID[formatRunID(id)]; !math.IsInf(value, 0) {
				if _, holdout := run.Metrics[key]; !holdout {
					run.Metrics[key] = value
				}
			}
			return nil
		}, stored)
		if err != nil {
			return err
		}
	}
	return nil
}

// eachOf runs a query whose first parameter is the list of the runs' numbers.
func (s *Store) eachOf(ctx context.Context, runs []*Run, query string, row func(map[string]*Run, *sql.Rows) error, args ...any) error {
	if len(runs) == 0 {
		return nil
	}
	ids := make([]json.Number, len(runs))
	byID := make(map[string]*Run, len(runs))
	for i, run := range runs {
		ids[i], byID[run.ID] = json.Number(run.ID), run
	}
	list, err := asJSON(ids)
	if err != nil {
		return err
	}
	return workspace.EachRow(ctx, s.ws.Reader(), query, append([]any{list}, args...), func(rows *sql.Rows) error { return row(byID, rows) })
}

func (s *Store) setNote(ctx context.Context, run int64, note string) error {
	return s.set(ctx, `UPDATE runs SET note = ? WHERE id = ?`, note, run)
}

func (s *Store) setArchived(ctx context.Context, run int64, archived bool) error {
	return s.set(ctx, `UPDATE runs SET archived = ? WHERE id = ?`, archived, run)
}

// set changes one row; errNoRow if there is none.
func (s *Store) set(ctx context.Context, query string, args ...any) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 {
			return errNoRow
		}
		return err
	})
}
