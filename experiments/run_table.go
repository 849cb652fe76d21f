package experiments

import (
	"context"
	"fmt"
	"slices"
)

// RunTable holds all runs, newest first, with what is listed, filtered and
// sorted of them. A run's Evaluation is not there, and of its Metrics those of
// the holdout and those asked for. It is not written any more once it is made.
type RunTable struct {
	Runs []Run

	keys  []string       // of the metrics that are there
	place map[string]int // of a run in Runs
}

// NewRunTable is a table of runs at hand, newest first.
func NewRunTable(runs []Run, keys ...string) *RunTable {
	t := &RunTable{Runs: runs, keys: keys, place: make(map[string]int, len(runs))}
	for i, run := range runs {
		t.place[run.ID] = i
	}
	return t
}

// ReadRuns reads the newest runs, all with a limit of 0, with the last values
// of these metrics. What an older table knows of runs that have ended is taken
// over, so that looking again costs little.
func (s *Store) ReadRuns(ctx context.Context, old *RunTable, keys []string, limit int) (*RunTable, error) {
	runs, err := s.selectLines(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	t := NewRunTable(runs, slices.Sorted(slices.Values(keys))...)
	var unknown []*Run // whose spec and result must be read
	var moving []*Run  // whose metrics must be read
	sameKeys := old != nil && slices.Equal(old.keys, t.keys)
	for i := range t.Runs {
		run := &t.Runs[i]
		known := old.run(run.ID)
		if known != nil {
			run.Spec = known.Spec
		}
		if known != nil && known.State == run.State && known.Attempt == run.Attempt && sameKeys && run.State.Ended() {
			run.Metrics = known.Metrics
			continue
		}
		run.Metrics = make(map[string]float64, 4+len(t.keys))
		moving = append(moving, run)
		if known == nil || run.State == Finished {
			unknown = append(unknown, run)
		}
	}
	if err := s.readSpecs(ctx, unknown, old); err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	if err := s.readLasts(ctx, moving, t.keys); err != nil {
		return nil, fmt.Errorf("list the metrics of runs: %w", err)
	}
	tellApart(t.Runs)
	return t, nil
}

// run finds a run, nil if it is not there or there is no table.
func (t *RunTable) run(id string) *Run {
	if t == nil {
		return nil
	}
	if i, ok := t.place[id]; ok {
		return &t.Runs[i]
	}
	return nil
}

// Place is where a run stands in Runs, -1 if it is not there.
func (t *RunTable) Place(id string) int {
	if i, ok := t.place[id]; ok {
		return i
	}
	return -1
}

// Keys are the metrics whose last values are there, sorted.
func (t *RunTable) Keys() []string { return t.keys }

// Len is how many runs there are.
func (t *RunTable) Len() int { return len(t.Runs) }

// At is run i as a row of RunFields.
func (t *RunTable) At(i int) *Run { return &t.Runs[i] }
