package experiments

import (
	"context"
	"fmt"
	"time"

	"ringlab/data"
	"ringlab/models"
)

// Forecast is what a submission will cost on this machine: by the finished run of
// its preset here that is most like it, or else by the machine's speed. Without
// both it tells the number of runs alone.
type Forecast struct {
	Runs     int
	Duration time.Duration // of all runs, one after the other
	Memory   float64       // MiB that a run holds, 0 if that is not known
	Like     string        // the run that it was drawn from
	Differs  []string      // parameters of that run that cost, and are others here
	Measured bool          // it was drawn from the machine's speed
}

// Speed is how fast a preset with its defaults learned here when it was
// measured. The zero value: it was not.
type Speed struct {
	share    float64 // of the records, those for training and validation
	training models.TrainingSpeed
}

// Measure trains a submission's preset with its defaults on a few of its
// records, which keeps all cores busy for seconds, and keeps nothing of it.
func (s *Store) Measure(ctx context.Context, sub Submission) (Speed, error) {
	preset, err := models.PresetByName(sub.Preset)
	if err != nil {
		return Speed{}, err
	}
	spec, err := s.plan(ctx, sub)
	if err != nil {
		return Speed{}, err
	}
	split, err := data.RestoreSplit(spec.Split)
	if err != nil {
		return Speed{}, err
	}
	parts, err := s.data.Parts(ctx, spec.Snapshot, split)
	if err != nil {
		return Speed{}, err
	}
	learned := len(parts.Train) + len(parts.Validation)
	training, err := models.MeasureTraining(ctx, preset, s.samples(parts.Train))
	return Speed{float64(learned) / float64(max(1, learned+len(parts.Holdout))), training}, err
}

// Forecast tells what the runs of a sweep will cost, by the measured speed only
// if no run of the preset has finished. What a run needs is taken to grow with
// the records and, but for the preparing of pictures, with the epochs that its
// recipe takes on them. What else costs is not reckoned with: Differs names it.
func (s *Store) Forecast(ctx context.Context, sub Submission, sweep Sweep, speed Speed) (Forecast, error) {
	f := Forecast{Runs: sweep.Runs()}
	subs, err := sweep.Expand(sub)
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	snapshot, err := s.data.Snapshot(ctx, sub.Snapshot)
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	first, err := parameters(subs[0])
	if err != nil {
		return f, fmt.Errorf("forecast: %w", err)
	}
	like, had, differs, err := s.mostLike(ctx, sub.Preset, first)
	if err != nil || like.ID == "" && speed == (Speed{}) {
		return f, err
	}
	each := func(values models.Values) time.Duration {
		return speed.training.Time(values, int(speed.share*float64(snapshot.Records)))
	}
	if like.ID != "" {
		before, err := s.data.Snapshot(ctx, like.Spec.Snapshot)
		if err != nil {
			return f, fmt.Errorf("forecast: %w", err)
		}
		each = func(values models.Values) time.Duration {
			return like.again(values, had, snapshot.Records, before.Records)
		}
	}
	for _, one := range subs {
		values, err := parameters(one)
		if err != nil {
			return f, fmt.Errorf("forecast: %w", err)
		}
		f.Duration += each(values)
	}
	f.Differs = differs
	f.Memory, f.Like, f.Measured = like.Metrics["memory_mib"], like.ID, like.ID == ""
	return f, nil
}

// again is how long the run would take with other values, on records in place of
// before, had being its own values. A fifth of records is taken to be no picture
// to learn from, as by the usual split.
func (r Run) again(values, had models.Values, records, before int) time.Duration {
	epoch := r.Metrics["seconds"]
	preparing := max(r.Ended.Sub(r.Started).Seconds()-epoch*float64(r.Epochs), 0)
	epochs := float64(r.Epochs) * float64(models.Epochs(values, records*4/5)) / float64(models.Epochs(had, before*4/5))
	grown := float64(records) / float64(max(before, 1))
	return time.Duration(grown * (preparing + epoch*epochs) * float64(time.Second))
}

// mostLike is the finished run of a preset, in one attempt, that differs in the
// fewest parameters that cost; the newest of equals. With it come its own values
// and the parameters that differ. The zero run if there is none among the latest
// hundred.
func (s *Store) mostLike(ctx context.Context, preset string, values models.Values) (like Run, had models.Values, differs []string, err error) {
	runs, err := s.Runs(ctx, RunQuery{States: []State{Finished}, Limit: 100})
	if err != nil {
		return Run{}, nil, nil, fmt.Errorf("forecast: %w", err)
	}
	recipe, err := models.PresetByName(preset)
	if err != nil {
		return Run{}, nil, nil, fmt.Errorf("forecast: %w", err)
	}
	for _, run := range runs {
		if run.Spec.Preset != preset || run.Attempt != 1 {
			continue
		}
		its, err := recipe.Restore(run.Spec.Parameters)
		if err != nil {
			continue // of another version of ringlab
		}
		if others := recipe.CostsOtherwise(its, values); like.ID == "" || len(others) < len(differs) {
			like, had, differs = run, its, others
		}
	}
	return like, had, differs, nil
}
