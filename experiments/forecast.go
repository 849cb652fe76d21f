package experiments

import (
	"context"
	"fmt"
	"time"

	"ringlab/models"
)

// Forecast is what a submission will cost on this machine, by the newest
// finished run of its preset here. The zero Like says that there is none.
type Forecast struct {
	Runs     int
	Duration time.Duration // of all runs, one after the other
	Memory   float64       // MiB that a run holds
	Like     string        // the run that it was drawn from
}

// Forecast tells what the runs of a sweep will cost. What a run needs is taken
// to grow with the records and, but for the preparing of pictures, with the
// epochs; the other parameters are taken not to matter.
func (s *Store) Forecast(ctx context.Context, sub Submission, sweep Sweep) (Forecast, error) {
	f := Forecast{Runs: sweep.Runs()}
	subs, err := sweep.Expand(sub)
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	snapshot, err := s.data.Snapshot(ctx, sub.Snapshot)
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	like, err := s.newestFinished(ctx, sub.Preset)
	if err != nil || like.ID == "" {
		return f, err
	}
	before, err := s.data.Snapshot(ctx, like.Spec.Snapshot)
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	total := like.Ended.Sub(like.Started).Seconds()
	epoch := like.Metrics["seconds"]
	preparing := max(total-epoch*float64(like.Epochs), 0)
	grown := float64(snapshot.Records) / float64(max(before.Records, 1))
	var seconds float64
	for _, one := range subs {
		values, err := parameters(one)
		if err != nil {
			return f, fmt.Errorf("forecast: %w", err)
		}
		seconds += grown * (preparing + epoch*float64(epochsOf(values, like.Epochs)))
	}
	f.Duration, f.Memory, f.Like = time.Duration(seconds*float64(time.Second)), like.Metrics["memory_mib"], like.ID
	return f, nil
}

// epochsOf is what a recipe asks for; that of the other run where it says
// nothing, or leaves it to the number of records.
func epochsOf(values models.Values, otherwise int) int {
	if n, ok := values["epochs"].(int); ok && n > 0 {
		return n
	}
	return otherwise
}

// newestFinished is the newest finished run of a preset in one attempt; the
// zero run if there is none among the latest hundred.
func (s *Store) newestFinished(ctx context.Context, preset string) (Run, error) {
	runs, err := s.Runs(ctx, RunQuery{States: []State{Finished}, Limit: 100})
	if err != nil {
		return Run{}, fmt.Errorf("forecast: %w", err)
	}
	for _, run := range runs {
		if run.Spec.Preset == preset && run.Attempt == 1 {
			return run, nil
		}
	}
	return Run{}, nil
}
