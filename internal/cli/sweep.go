package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ringlab/experiments"
)

// sweepAxes reads --sweep.
func sweepAxes(c *cobra.Command, texts []string) ([]experiments.Axis, error) {
	axes := make([]experiments.Axis, len(texts))
	for i, text := range texts {
		axis, err := experiments.ParseAxis(text)
		if err != nil {
			return nil, usage(c, "--sweep: %s", err)
		}
		axes[i] = axis
	}
	return axes, nil
}

// queue hands the runs of a sweep to a worker.
func (a *app) queue(ctx context.Context, r *rooms, sub experiments.Submission, sweep experiments.Sweep) error {
	runs, err := r.experiments.SubmitAll(ctx, sub, sweep)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := a.handOver(ctx, r, run); err != nil {
			return err
		}
	}
	return nil
}

// trainHere trains one submission after the other. One that fails does not
// stop the others; Ctrl-C does.
func (a *app) trainHere(ctx context.Context, r *rooms, subs []experiments.Submission) error {
	var done []experiments.Run
	var failed error
	for i, sub := range subs {
		if len(subs) > 1 {
			a.progress().line("training %d of %d", i+1, len(subs))
		}
		sub.Foreground = true
		switch {
		case len(subs) == 1:
		case i == 0:
			sub.Sweep = experiments.NewSweep
		default:
			sub.Sweep = done[0].ID
		}
		run, err := r.experiments.Submit(ctx, sub)
		if err != nil {
			return err
		}
		run, err = a.workHere(ctx, r, run)
		if err == nil {
			if len(subs) > 1 && !a.json && run.State == experiments.Finished {
				a.progress().line("run %s finished in %s: %s right", run.ID, seconds(duration(run)), percent(run.Evaluation.Accuracy))
			} else {
				err = a.printTrained(run)
			}
		}
		done = append(done, run)
		failed = errors.Join(failed, err)
		if ctx.Err() != nil || run.State == experiments.Interrupted {
			if left := len(subs) - i - 1; left > 0 {
				a.progress().line("%s not started.", plural(left, "run was", "runs were"))
			}
			return failed
		}
	}
	if len(subs) > 1 && !a.json {
		a.printSweep(done)
	}
	return failed
}

// printSweep prints the runs side by side, the best first, with the mean and
// the spread of those that differ by the seed alone.
func (a *app) printSweep(runs []experiments.Run) {
	t := newTable(">run", "parameters that differ", ">seed", ">accuracy", ">within one", ">seconds")
	for _, group := range experiments.SeedGroups(runs) {
		for _, run := range group.Runs {
			accuracy, within := "", ""
			if e := run.Evaluation; e != nil {
				accuracy, within = percent(e.Accuracy), percent(e.WithinOne)
			}
			t.row(run.ID, group.Differs, fmt.Sprint(run.Spec.Seed), accuracy, within, seconds(duration(run)))
		}
		if len(group.Runs) > 1 {
			t.row("", group.Differs, "mean", fmt.Sprintf("%s ± %s", percent(group.Mean), percent(group.Spread)), "", "")
		}
	}
	a.printTable(t)
}
