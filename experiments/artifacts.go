package experiments

import (
	"context"
	"fmt"
	"io"

	"ringlab/data"
)

// artifactsLock is held while blobs of artifacts are stored and referred to,
// or found unused and removed.
const artifactsLock = "artifacts"

// Artifact is a file kept with a run.
type Artifact struct {
	Name  string
	Media string
	Bytes int64
}

// HoldoutPrediction is the run's model's answer for one record of its holdout.
type HoldoutPrediction struct {
	Record        data.Record
	Predicted     int
	Confidence    float64
	Probabilities map[int]float64
}

// Log opens the run's log, one JSON object a line, which is empty before a
// worker took the run. FormatLogLine spells a line for people.
func (s *Store) Log(ctx context.Context, run string) (io.ReadSeekCloser, error) {
	n, err := s.existing(ctx, run)
	if err != nil {
		return nil, err
	}
	log, err := s.readLog(n)
	if err != nil {
		return nil, fmt.Errorf("open log of run %s: %w", run, err)
	}
	return log, nil
}

// Artifacts lists the files kept with a run, by name.
func (s *Store) Artifacts(ctx context.Context, run string) ([]Artifact, error) {
	n, err := s.existing(ctx, run)
	if err != nil {
		return nil, err
	}
	artifacts, err := s.selectArtifacts(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("list artifacts of run %s: %w", run, err)
	}
	return artifacts, nil
}

// Artifact reads one file kept with a run.
func (s *Store) Artifact(ctx context.Context, run, name string) ([]byte, error) {
	n, err := s.existing(ctx, run)
	if err != nil {
		return nil, err
	}
	sum, ok, err := s.artifactBlob(ctx, n, name)
	if err != nil {
		return nil, fmt.Errorf("read artifact %q of run %s: %w", name, run, err)
	}
	if !ok {
		return nil, &NotFoundError{What: "artifact", Name: name, List: "ringlab runs show " + run}
	}
	content, err := s.ws.Blobs().Read(sum)
	if err != nil {
		return nil, fmt.Errorf("read artifact %q of run %s: %w", name, run, err)
	}
	return content, nil
}

// Predictions lists the answers for the holdout in order of ingest; empty
// before the run has finished.
func (s *Store) Predictions(ctx context.Context, run string) ([]HoldoutPrediction, error) {
	n, err := s.existing(ctx, run)
	if err != nil {
		return nil, err
	}
	predictions, err := s.holdoutPredictions(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("read predictions of run %s: %w", run, err)
	}
	return predictions, nil
}

func (s *Store) holdoutPredictions(ctx context.Context, run int64) ([]HoldoutPrediction, error) {
	answers, err := s.selectAnswers(ctx, run)
	if err != nil || len(answers) == 0 {
		return nil, err
	}
	ids := make([]int64, len(answers))
	for i, a := range answers {
		ids[i] = a.record
	}
	records, err := s.data.RecordsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]data.Record, len(records))
	for _, r := range records {
		byID[r.ID] = r
	}
	predictions := make([]HoldoutPrediction, len(answers))
	for i, a := range answers {
		record, ok := byID[a.record]
		if !ok {
			return nil, fmt.Errorf("its holdout record %d is not in the workspace", a.record)
		}
		predictions[i] = HoldoutPrediction{
			Record:        record,
			Predicted:     a.predicted,
			Confidence:    a.confidence,
			Probabilities: a.probabilities,
		}
	}
	return predictions, nil
}

// existing parses the number of a run that exists.
func (s *Store) existing(ctx context.Context, run string) (int64, error) {
	n, err := parseRunID(run)
	if err != nil {
		return 0, err
	}
	ok, err := s.runExists(ctx, n)
	if err != nil {
		return 0, fmt.Errorf("find run %s: %w", run, err)
	}
	if !ok {
		return 0, noRun(run)
	}
	return n, nil
}
