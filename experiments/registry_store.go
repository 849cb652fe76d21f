package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ringlab/data/workspace"
)

// bundle is where a run's model lies.
type bundle struct {
	name string // folder below bundles/, "" for none
	sum  string // SHA-256 of its model.json
}

// runBundle prefers what was registered to what the run says: the sum of a
// version is what was promoted.
func (s *Store) runBundle(ctx context.Context, run int64) (bundle, error) {
	var b bundle
	err := s.ws.Reader().QueryRowContext(ctx, `
		SELECT r.bundle, ifnull(v.bundle_sum, r.bundle_sum)
		FROM runs AS r LEFT JOIN model_versions AS v ON v.run_id = r.id WHERE r.id = ?`, run).Scan(&b.name, &b.sum)
	return b, err
}

func (s *Store) registerRun(ctx context.Context, run int64, author string) (number int64, err error) {
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		number, err = s.register(ctx, tx, run, author)
		return err
	})
	return number, err
}

// register answers the run's version and makes it one first if it is none.
func (s *Store) register(ctx context.Context, tx *sql.Tx, run int64, author string) (number int64, err error) {
	st, err := readStanding(ctx, tx, run)
	if err != nil {
		return 0, err
	}
	if _, ok := movePromote.next(st.state); !ok {
		return 0, errNotAllowed
	}
	// Not ON CONFLICT DO NOTHING: that would use up a number for a run that has
	// one already.
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO model_versions (run_id, bundle_sum, created_at_ms, author)
		SELECT id, bundle_sum, ?, ? FROM runs
		WHERE id = ? AND NOT EXISTS (SELECT 1 FROM model_versions WHERE run_id = runs.id)`,
		s.now().UnixMilli(), author, run); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, `SELECT number FROM model_versions WHERE run_id = ?`, run).Scan(&number)
	return number, err
}

// selectVersions reads one version, or all for 0, newest first.
func (s *Store) selectVersions(ctx context.Context, number int64) ([]Version, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `
		SELECT v.number, v.run_id, r.preset, ifnull(r.evaluation, '{}'), v.created_at_ms, v.author,
			(SELECT json_group_array(name) FROM (SELECT name FROM aliases WHERE version = v.number ORDER BY name))
		FROM model_versions AS v JOIN runs AS r ON r.id = v.run_id
		WHERE ?1 = 0 OR v.number = ?1 ORDER BY v.number DESC`, []any{number}, func(rows *sql.Rows) (Version, error) {
		var v Version
		var n, run, created int64
		var evaluation, aliases string
		if err := rows.Scan(&n, &run, &v.Preset, &evaluation, &created, &v.Author, &aliases); err != nil {
			return v, err
		}
		v.Name, v.Run, v.Created = formatVersion(n), formatRunID(run), fromMS(created)
		if err := json.Unmarshal([]byte(evaluation), &v.Evaluation); err != nil {
			return v, fmt.Errorf("evaluation of run %d: %w", run, err)
		}
		if err := json.Unmarshal([]byte(aliases), &v.Aliases); err != nil {
			return v, fmt.Errorf("aliases of v%d: %w", n, err)
		}
		return v, nil
	})
}

func (s *Store) aliasVersion(ctx context.Context, name string) (number int64, ok bool, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT version FROM aliases WHERE name = ?`, name).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return number, err == nil, err
}
