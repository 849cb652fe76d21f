package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
)

func (a *app) demoCommand() *cobra.Command {
	var headless bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole loop on real data: ingest, train, compare, promote, serve, ask",
		Long: `Runs the whole loop on the 102 records that are built in, in under a minute:
ingests them, trains two models, registers and compares them, promotes the
better one through the gates, serves it, and asks it about a picture that
neither has seen. In a terminal the workbench then opens on the result.

It works in the workspace like any other command, and refuses one that holds
other data. Running it again uses what is there.`,
		Example: "ringlab demo\nringlab demo --headless --workspace /tmp/rings",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := a.locate()
			if err != nil {
				return err
			}
			return a.with(c.Context(), workspace.Create, func(r *rooms) error {
				d := &demo{app: a, rooms: r, command: c, progress: a.progress(), started: time.Now()}
				foreign, err := d.foreign(c.Context())
				if err != nil {
					return err
				}
				if foreign != "" {
					return usage(c, "the workspace %s holds %s; give the demo its own: ringlab demo --workspace %s", dir, foreign, otherFolder(dir))
				}
				return d.run(c.Context(), headless)
			})
		},
	}
	c.Flags().BoolVar(&headless, "headless", false, "end after the answer instead of opening the workbench")
	return c
}

const (
	demoSplit = "demo"
	demoSeed  = 1
	// lookAgainAfter is how often the demo looks at a run of another process.
	lookAgainAfter = 500 * time.Millisecond
)

var demoPresets = []string{"trees", "fast"}

// demo is one walk through the loop.
type demo struct {
	*app
	*rooms
	command  *cobra.Command
	progress *progress
	started  time.Time

	ingested data.IngestResult
	runs     []experiments.Run // finished, by preset
	versions []experiments.Version
	answer   answer
}

func (d *demo) run(ctx context.Context, headless bool) error {
	d.say("ringlab demo: pictures of compounds in, number of rings out. Workspace: %s", clean(d.ws.Dir()))
	steps := []struct {
		title string
		do    func(context.Context) error
	}{
		{"Ingest the 102 records of the replaced demo", d.ingest},
		{"Train two models on the notebook's own split: 75 to learn from, 25 held out", d.train},
		{"Register and compare them on the 25 pictures held out", d.compare},
		{"Promote the better one, through the gates", d.promote},
		{"Serve it, and ask it over HTTP about a picture that was held out", nil},
	}
	for i, step := range steps {
		d.say("\n%d/%d %s", i+1, len(steps), step.title)
		if step.do == nil {
			break
		}
		if err := step.do(ctx); err != nil {
			return err
		}
	}
	return d.serve(ctx, func(ctx context.Context) error {
		d.say("\nDone in %s.", seconds(time.Since(d.started).Seconds()))
		d.sayNext()
		if d.json {
			if err := d.printJSON(d.result()); err != nil {
				return err
			}
		}
		if headless || d.json || !d.inTerminal() {
			return nil
		}
		d.say("\nOpening the workbench; q leaves it.")
		return d.openWorkbench(d.command, d.rooms)
	})
}

// say tells the story; with --json only the last object is printed.
func (d *demo) say(format string, args ...any) {
	d.progress.clear()
	if !d.json {
		d.print(format, args...)
	}
}

func (d *demo) sayNext() {
	if d.json {
		return
	}
	at := ""
	if d.workspace != "" {
		at = " --workspace " + clean(d.workspace)
	}
	d.say("\nTry next:")
	for _, line := range [][2]string{
		{"ringlab" + at, "the workbench: look at records, train, watch, promote"},
		{"ringlab dlq list" + at, "the two records that were refused, and why"},
		{"ringlab compare " + d.runs[0].ID + " " + d.runs[1].ID + at, "what differs, and how sure one can be"},
		{"ringlab train --preset fast --set epochs=150" + at, "train longer, on a split that keeps copies together"},
		{"ringlab serve" + at, "serve it on port 8080 until Ctrl-C"},
	} {
		d.say("  %-50s %s", line[0], line[1])
	}
}

// ingest writes the built-in folder into the workspace and reads it like any
// other. Under one name, a repeat sees the same source again.
func (d *demo) ingest(ctx context.Context) error {
	folder, err := unpackDemo(d.ws, d.program.Demo)
	if err != nil {
		return err
	}
	d.ingested, err = d.data.Ingest(ctx, folder, data.IngestOptions{
		MaxDead: -1, MaxDeadShare: -1,
		Progress: func(p data.Progress) { d.progress.update("%s", ingestLine(p)) },
	})
	d.progress.clear()
	if err != nil {
		return err
	}
	r := d.ingested
	d.say("  read %d = %d kept + %d repeated + %d dead, in %s; snapshot %.12s", r.Read, r.Kept, r.Repeated, r.Dead, seconds(r.Seconds), r.Snapshot)
	letters, err := lettersOf(ctx, d.rooms, r.Ingest)
	if err != nil {
		return err
	}
	for _, l := range letters {
		d.say("  dead letter %d, row %d (%s): %s", l.ID, l.Row, l.Code, clean(l.Reason))
	}
	return nil
}

// train finishes a run of each preset, or finds one that did the same before.
func (d *demo) train(ctx context.Context) error {
	for _, preset := range demoPresets {
		run, err := d.trained(ctx, preset)
		if err != nil {
			return err
		}
		d.runs = append(d.runs, run)
	}
	return nil
}

func (d *demo) trained(ctx context.Context, preset string) (experiments.Run, error) {
	run, err := d.earlier(ctx, preset)
	if err != nil {
		return run, err
	}
	switch run.State {
	case experiments.Finished:
		d.say("  %s: run %s has done this already", preset, run.ID)
		return run, nil
	case "":
		run, err = d.experiments.Submit(ctx, experiments.Submission{
			Name: "demo, " + preset, Preset: preset, Split: demoSplit, Snapshot: d.ingested.Snapshot, Seed: demoSeed, Author: author(), Foreground: true,
		})
		if err != nil {
			return run, err
		}
		d.progress.line("%s: training run %s", preset, run.ID)
	default:
		d.progress.line("%s: going on with run %s", preset, run.ID)
	}
	run, err = d.finish(ctx, run)
	d.progress.clear()
	if ctx.Err() != nil {
		d.progress.line("Stopped while training run %s. Run the demo again to go on.", run.ID)
		return run, statusError(statusFailed)
	}
	if err != nil {
		return run, err
	}
	if run.State != experiments.Finished {
		return run, fmt.Errorf("train %s: run %s ended %s: %s", preset, run.ID, run.State, run.Error)
	}
	d.say("  %s: run %s, %d of %d held out right, trained in %s", preset, run.ID, hits(run), run.Evaluation.Records, seconds(duration(run)))
	return run, nil
}

// finish trains a run, or waits while another process does. One that was
// killed a moment ago still holds the run for a few seconds.
func (d *demo) finish(ctx context.Context, run experiments.Run) (experiments.Run, error) {
	for {
		done, err := d.experiments.WorkOne(ctx, run.ID, observer(d.progress))
		if _, taken := errors.AsType[*experiments.StateError](err); !taken {
			if done.ID == "" {
				done = run
			}
			return done, err
		}
		now, err := d.experiments.Run(ctx, run.ID)
		if err != nil || now.State.Ended() {
			return now, err
		}
		d.progress.update("run %s is with another process, epoch %d of %d", now.ID, now.Epoch, now.Epochs)
		select {
		case <-ctx.Done():
			return run, ctx.Err()
		case <-time.After(lookAgainAfter):
		}
	}
}

func hits(run experiments.Run) int {
	n := 0
	for i := range run.Evaluation.Confusion {
		n += run.Evaluation.Confusion[i][i]
	}
	return n
}

// reusable are the states of a run that the demo goes on with, best first.
var reusable = []experiments.State{experiments.Finished, experiments.Running, experiments.Interrupted, experiments.Queued}

// earlier finds a run of the preset with the demo's spec. Its state is "" if
// there is none.
func (d *demo) earlier(ctx context.Context, preset string) (experiments.Run, error) {
	runs, err := d.experiments.Runs(ctx, experiments.RunQuery{States: reusable})
	if err != nil {
		return experiments.Run{}, err
	}
	wanted, err := demoParameters(preset)
	if err != nil {
		return experiments.Run{}, err
	}
	runs = slices.DeleteFunc(runs, func(r experiments.Run) bool {
		s := r.Spec
		return s.Preset != preset || s.Split != demoSplit || s.Seed != demoSeed || s.Snapshot != d.ingested.Snapshot || !maps.Equal(s.Parameters, wanted)
	})
	for _, state := range reusable {
		if i := slices.IndexFunc(runs, func(r experiments.Run) bool { return r.State == state }); i >= 0 {
			return runs[i], nil
		}
	}
	return experiments.Run{}, nil
}

// promote puts the better version into production. Where something better is
// in production already, the gates keep it there.
func (d *demo) promote(ctx context.Context) error {
	best := slices.MaxFunc(d.versions, func(x, y experiments.Version) int {
		return compareEvaluations(x.Evaluation, y.Evaluation)
	})
	promotion, err := d.experiments.Promote(ctx, best.Name, experiments.PromoteOptions{Reason: "the better of the demo's two", Author: author()})
	if refused, ok := errors.AsType[*experiments.GateError](err); ok {
		d.say("  %s", clean(refused.Error()))
		production, there, err := d.experiments.InProduction(ctx)
		if err != nil || !there {
			return errors.Join(err, refused)
		}
		d.say("  so %s stays in production, and is served", production.Name)
		return nil
	}
	if err != nil {
		return err
	}
	for _, g := range promotion.Gates {
		d.say("  gate %-26s %s", g.Name, clean(g.Why))
	}
	if promotion.Changed {
		d.say("  %s is now in production", promotion.Version)
	} else {
		d.say("  %s is in production already", promotion.Version)
	}
	return nil
}
