package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ringlab/data"
	"ringlab/models"
)

const defaultSplit = "hash"

// Submission asks for a run. Set holds parameters as text, as typed.
type Submission struct {
	Name     string // preset and number of the run if empty
	Preset   string
	Set      map[string]string
	Split    string // as typed; "hash" if empty
	Snapshot string // newest if empty
	Seed     uint64
	From     string // a run, a version or a model of the binary to go on from; "" begins anew
	Tags     []string
	Author   string
	Sweep    string // the first run of the sweep that it belongs to, or NewSweep; "" is a run by itself

	// Foreground says that the caller trains the run itself, at once, with
	// WorkOne: workers leave it alone for the first seconds.
	Foreground bool
}

// NewSweep is the Sweep of a run that begins one: it is the first of several
// that are submitted one after the other, and the others name it.
const NewSweep = "new"

// Submit checks everything and queues the run.
func (s *Store) Submit(ctx context.Context, sub Submission) (Run, error) {
	runs, err := s.SubmitAll(ctx, sub, Sweep{})
	if err != nil {
		return Run{}, err
	}
	return runs[0], nil
}

// SubmitAll checks everything and queues the runs that the sweep makes of the
// submission: all of them or, on an error, none. Several are kept as one sweep.
func (s *Store) SubmitAll(ctx context.Context, sub Submission, sweep Sweep) ([]Run, error) {
	rows, err := s.prepare(ctx, sub, sweep)
	if err != nil {
		return nil, fmt.Errorf("submit run: %w", err)
	}
	ids, err := s.insertRuns(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("submit run: %w", err)
	}
	runs, err := s.selectRuns(ctx, runFilter{ids: ids})
	if err != nil {
		return nil, fmt.Errorf("read the submitted runs: %w", err)
	}
	slices.Reverse(runs) // newest first
	return runs, nil
}

// prepare makes the rows of a sweep's runs, each with a spec that names
// everything.
func (s *Store) prepare(ctx context.Context, sub Submission, sweep Sweep) ([]newRun, error) {
	if err := checkText("name", sub.Name, maxNameRunes); err != nil {
		return nil, err
	}
	tags, err := cleanTags(sub.Tags)
	if err != nil {
		return nil, err
	}
	set, from, err := s.goOnFrom(ctx, sub)
	if err != nil {
		return nil, err
	}
	sub.Set, sub.From = set, from
	subs, err := sweep.Expand(sub)
	if err != nil {
		return nil, err
	}
	spec, err := s.plan(ctx, sub)
	if err != nil {
		return nil, err
	}
	first, err := sweepOf(sub, len(subs))
	if err != nil {
		return nil, err
	}
	rows := make([]newRun, len(subs))
	for i, one := range subs {
		if spec.Parameters, err = parameters(one); err != nil {
			return nil, err
		}
		spec.Seed = one.Seed
		text, err := json.Marshal(spec)
		if err != nil {
			return nil, err
		}
		rows[i] = newRun{name: sub.Name, spec: string(text), preset: spec.Preset, snap: spec.Snapshot, author: sub.Author, sweep: first, tags: tags}
		if sub.Foreground {
			rows[i].heldUntil = s.now().Add(s.timing.hold)
		}
	}
	return rows, nil
}

// sweepOf is the number of the first run of the sweep that the runs of a
// submission belong to.
func sweepOf(sub Submission, runs int) (int64, error) {
	switch {
	case sub.Sweep == NewSweep, sub.Sweep == "" && runs > 1:
		return thisSweep, nil
	case sub.Sweep == "":
		return noSweep, nil
	}
	return parseRunID(sub.Sweep)
}

// parameters resolves what a submission set against its preset.
func parameters(sub Submission) (models.Values, error) {
	preset, err := models.PresetByName(sub.Preset)
	if err != nil {
		return nil, err
	}
	return preset.Resolve(sub.Set)
}

// plan resolves a submission into a spec that names everything, and refuses
// what could not be trained.
func (s *Store) plan(ctx context.Context, sub Submission) (Spec, error) {
	values, err := parameters(sub)
	if err != nil {
		return Spec{}, err
	}
	text := sub.Split
	if text == "" {
		text = defaultSplit
	}
	split, err := data.ParseSplit(text)
	if err != nil {
		return Spec{}, err
	}
	snapshot, err := s.data.Snapshot(ctx, sub.Snapshot)
	if err != nil {
		return Spec{}, err
	}
	parts, err := s.data.Parts(ctx, snapshot.ID, split)
	if err != nil {
		return Spec{}, err
	}
	if len(parts.Train) == 0 || len(parts.Holdout) == 0 {
		return Spec{}, fmt.Errorf("split %s of snapshot %.12s has %d records to learn from and %d held out, and needs some of both: ingest more, or choose another share with --split hash:SHARE",
			split, snapshot.ID, len(parts.Train), len(parts.Holdout))
	}
	task, err := s.data.Task(ctx)
	if err != nil {
		return Spec{}, err
	}
	return Spec{
		Snapshot:    snapshot.ID,
		Split:       split.String(),
		Preset:      sub.Preset,
		Parameters:  values,
		Seed:        sub.Seed,
		PictureSide: task.PictureSide,
		From:        sub.From,
	}, nil
}
