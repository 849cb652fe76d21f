package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ringlab/data/workspace"
)

// storedArtifact is an artifact whose blob is stored.
type storedArtifact struct {
	Artifact
	blob string
}

// answer is a row of run_predictions.
type answer struct {
	record        int64
	label         int
	predicted     int
	confidence    float64
	probabilities map[int]float64
}

func (a answer) right() bool     { return a.label == a.predicted }
func (a answer) withinOne() bool { d := a.label - a.predicted; return -1 <= d && d <= 1 }

func (s *Store) runExists(ctx context.Context, run int64) (ok bool, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)`, run).Scan(&ok)
	return ok, err
}

func (s *Store) selectArtifacts(ctx context.Context, run int64) ([]Artifact, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `SELECT name, media, bytes FROM run_artifacts WHERE run_id = ? ORDER BY name`, []any{run}, func(rows *sql.Rows) (Artifact, error) {
		var a Artifact
		err := rows.Scan(&a.Name, &a.Media, &a.Bytes)
		return a, err
	})
}

func (s *Store) artifactBlob(ctx context.Context, run int64, name string) (sum string, ok bool, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT blob FROM run_artifacts WHERE run_id = ? AND name = ?`, run, name).Scan(&sum)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return sum, err == nil, err
}

func writeArtifacts(ctx context.Context, tx *sql.Tx, run int64, artifacts []storedArtifact) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM run_artifacts WHERE run_id = ?`, run); err != nil {
		return err
	}
	for _, a := range artifacts {
		if _, err := tx.ExecContext(ctx, `INSERT INTO run_artifacts (run_id, name, media, blob, bytes) VALUES (?, ?, ?, ?, ?)`,
			run, a.Name, a.Media, a.blob, a.Bytes); err != nil {
			return err
		}
	}
	return nil
}

func writeAnswers(ctx context.Context, tx *sql.Tx, run int64, answers []answer) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM run_predictions WHERE run_id = ?`, run); err != nil {
		return err
	}
	for _, a := range answers {
		probabilities, err := json.Marshal(a.probabilities)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO run_predictions (run_id, record_id, label, predicted, confidence, probabilities) VALUES (?, ?, ?, ?, ?, ?)`,
			run, a.record, a.label, a.predicted, a.confidence, string(probabilities)); err != nil {
			return err
		}
	}
	return nil
}

// selectAnswers reads a run's answers in order of record.
func (s *Store) selectAnswers(ctx context.Context, run int64) ([]answer, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `
		SELECT record_id, label, predicted, confidence, probabilities FROM run_predictions WHERE run_id = ? ORDER BY record_id`, []any{run}, func(rows *sql.Rows) (answer, error) {
		var a answer
		var probabilities string
		if err := rows.Scan(&a.record, &a.label, &a.predicted, &a.confidence, &probabilities); err != nil {
			return a, err
		}
		if err := json.Unmarshal([]byte(probabilities), &a.probabilities); err != nil {
			return a, fmt.Errorf("probabilities of record %d: %w", a.record, err)
		}
		return a, nil
	})
}
