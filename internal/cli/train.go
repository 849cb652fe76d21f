package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

func (a *app) trainCommand() *cobra.Command {
	var sub experiments.Submission
	var sweep experiments.Sweep
	var set, axes []string
	var detach bool
	c := &cobra.Command{
		Use:   "train",
		Short: "Train a model and judge it on the holdout",
		Long: `Submits a run and trains it here, or with --detach in a worker that outlives
this terminal. Ctrl-C stops at once and keeps the best model so far; the run
can be resumed. With --repeat and --sweep it is many runs, one after the other.

` + presetsHelp(),
		Example: `ringlab train --preset trees
ringlab train --preset fast --set epochs=20 --split demo --name "longer"
# In the background
ringlab train --preset fast --detach
# Six runs: two numbers of trees, three seeds each
ringlab train --preset trees --sweep trees=100,300 --repeat 3
# Ten draws from a range, so that each power of ten is as likely as the next
ringlab train --preset fast --sweep learning_rate=log:0.0003..0.03 --samples 10`,
		Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			// What can be checked is checked before anything is opened: a typing
			// mistake is wrong use, not a failed run.
			var err error
			if sub.Set, err = settings(c, set); err != nil {
				return err
			}
			if _, err := data.ParseSplit(sub.Split); err != nil {
				return usage(c, "--split: %s", err)
			}
			if sweep.Axes, err = sweepAxes(c, axes); err != nil {
				return err
			}
			if sweep.Repeat < 1 {
				return usage(c, "--repeat %d: give 1 or more", sweep.Repeat)
			}
			_, saved := models.PresetByName(sub.Preset) // not one of ours: it may be saved in the workspace
			if saved == nil {
				if _, err := sweep.Expand(sub); err != nil {
					return usage(c, "%s", err)
				}
			}
			sub.Author = author()
			err = a.with(c.Context(), workspace.Open, func(r *rooms) error {
				if sub.Preset, sub.Set, err = r.experiments.ResolvePreset(c.Context(), sub.Preset, sub.Set); err != nil {
					return usage(c, "%s", err)
				}
				subs, err := sweep.Expand(sub)
				if err != nil {
					return usage(c, "%s", err)
				}
				if detach {
					return a.queue(c.Context(), r, sub, sweep)
				}
				return a.trainHere(c.Context(), r, subs)
			})
			if saved != nil && errors.Is(err, workspace.ErrMissing) {
				return usage(c, "%s", saved) // nor is anything saved
			}
			return err
		},
	}
	flags := c.Flags()
	flags.StringVar(&sub.Preset, "preset", "fast", "what to train, `PRESET`: "+strings.Join(presetNames(), ", ")+", or one that you saved")
	flags.StringArrayVar(&set, "set", nil, "a parameter of the preset, `KEY=VALUE`; may be repeated")
	flags.StringVar(&sub.Name, "name", "", "a `NAME` for people")
	flags.StringVar(&sub.Split, "split", "hash", "how records are held out, `SPLIT`: hash (10 % by molecule), hash:SHARE, hash:SHARE:VALIDATION, or demo (the notebook's own)")
	flags.Uint64Var(&sub.Seed, "seed", 1, "a `NUMBER`; the same seed gives the same model")
	flags.StringVar(&sub.Snapshot, "snapshot", "", "which `SNAPSHOT`; the newest if empty")
	flags.StringVar(&sub.From, "from", "", "go on from this `MODEL`: a run, a version, or builtin-best, by the presets fast and best")
	flags.StringArrayVar(&sub.Tags, "tag", nil, "a `TAG` for the run; may be repeated")
	flags.BoolVar(&detach, "detach", false, "train in a worker and return at once")
	flags.IntVar(&sweep.Repeat, "repeat", 1, "train with this `NUMBER` of seeds, from --seed upwards")
	flags.StringArrayVar(&axes, "sweep", nil, "train with each of these, `KEY=A,B,C`, or draw from KEY=LOW..HIGH or KEY=log:LOW..HIGH; may be repeated")
	flags.IntVar(&sweep.Samples, "samples", 0, "draw this `NUMBER` of combinations at random instead of taking all")
	return c
}

func presetNames() []string {
	var names []string
	for _, p := range models.Presets() {
		names = append(names, p.Name)
	}
	return names
}

func presetsHelp() string {
	var b strings.Builder
	b.WriteString("Presets and their parameters:\n")
	for _, p := range models.Presets() {
		var keys []string
		for _, v := range p.Parameters {
			keys = append(keys, fmt.Sprintf("%s=%v", v.Name, v.Default))
		}
		fmt.Fprintf(&b, "  %s: %s\n    %s\n", p.Name, p.Summary, strings.Join(keys, " "))
	}
	return strings.TrimRight(b.String(), "\n")
}

// settings reads --set.
func settings(c *cobra.Command, set []string) (map[string]string, error) {
	values := make(map[string]string, len(set))
	for _, pair := range set {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usage(c, "--set %q: write key=value", pair)
		}
		if _, twice := values[key]; twice {
			return nil, usage(c, "--set %s is given twice", key)
		}
		values[key] = value
	}
	return values, nil
}

// work trains a queued run here and prints its result, or hands it to a worker.
func (a *app) work(ctx context.Context, r *rooms, run experiments.Run, detach bool) error {
	if detach {
		return a.handOver(ctx, r, run)
	}
	run, err := a.workHere(ctx, r, run)
	if err != nil {
		return err
	}
	return a.printTrained(run)
}

// handOver makes sure that a worker lives, and says how to follow the run.
func (a *app) handOver(ctx context.Context, r *rooms, run experiments.Run) error {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start a worker: %w", err)
	}
	if err := r.experiments.EnsureWorker(ctx, executable); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(newTrained(run))
	}
	a.print("run %s is queued; follow it with ringlab runs logs %s --follow", run.ID, run.ID)
	return nil
}

// workHere trains a queued run here until it ends or is stopped.
func (a *app) workHere(ctx context.Context, r *rooms, run experiments.Run) (experiments.Run, error) {
	p := a.progress()
	p.line("run %s: %s, split %s, seed %d", run.ID, run.Spec.Preset, run.Spec.Split, run.Spec.Seed)
	run, err := r.experiments.WorkOne(ctx, run.ID, observer(p))
	p.clear()
	if err != nil && !errors.Is(err, ctx.Err()) {
		return run, err
	}
	return run, nil
}

// observer shows a run's training as progress.
func observer(p *progress) experiments.Observer {
	return experiments.Observer{
		Phase: func(name string, done, total int) {
			if total > 0 {
				p.update("%s %s %d of %d", name, bar(done, total, 20), done, total)
				return
			}
			p.update("%s", name)
		},
		Epoch: func(e models.Epoch) {
			if e.Epochs > 1 {
				p.line("%s", epochLine(e))
			}
		},
	}
}

func epochLine(e models.Epoch) string {
	return fmt.Sprintf("epoch %*d/%d  loss %.4f  val_loss %.4f  accuracy %.3f  val_accuracy %.3f  %s  %.0f pictures/s",
		len(fmt.Sprint(e.Epochs)), e.Epoch, e.Epochs, e.Loss, e.ValLoss, e.Accuracy, e.ValAccuracy, seconds(e.Seconds), e.PicturesPerSecond)
}

// trained is what train --json prints last.
type trained struct {
	Run     string             `json:"run"`
	Name    string             `json:"name"`
	State   experiments.State  `json:"state"`
	Preset  string             `json:"preset"`
	Seed    uint64             `json:"seed"`
	Epochs  int                `json:"epochs"`
	Seconds float64            `json:"seconds"`
	Metrics map[string]float64 `json:"metrics"`
	Error   string             `json:"error,omitempty"`
	// The most memory that this process had at once, in 10⁶ bytes; absent where
	// another process trains or the system does not say.
	PeakMemoryMB float64 `json:"peak_memory_mb,omitempty"`
}

func newTrained(run experiments.Run) trained {
	return trained{
		Run: run.ID, Name: run.Name, State: run.State, Preset: run.Spec.Preset, Seed: run.Spec.Seed,
		Epochs: run.Epoch, Seconds: duration(run), Metrics: holdoutMetrics(run), Error: run.Error,
	}
}

// holdoutMetrics are the four that every finished run has.
func holdoutMetrics(run experiments.Run) map[string]float64 {
	metrics := map[string]float64{}
	if e := run.Evaluation; e != nil {
		metrics["accuracy"] = e.Accuracy
		metrics["macro_f1"] = e.MacroF1
		metrics["within_one"] = e.WithinOne
		metrics["ece"] = e.ECE
	}
	return metrics
}

func duration(run experiments.Run) float64 {
	if run.Started.IsZero() || run.Ended.IsZero() {
		return 0
	}
	return run.Ended.Sub(run.Started).Seconds()
}

// printTrained prints how a run ended; only a finished one is status 0.
func (a *app) printTrained(run experiments.Run) error {
	if a.json {
		line := newTrained(run)
		line.PeakMemoryMB = float64(peakMemory()) / 1e6
		if err := a.printJSON(line); err != nil {
			return err
		}
	}
	switch run.State {
	case experiments.Finished:
		if !a.json {
			a.printEvaluation(*run.Evaluation)
			a.print("run %s finished in %s%s; next: ringlab promote %s", run.ID, seconds(duration(run)), memoryUsed(), run.ID)
		}
		return nil
	case experiments.Interrupted:
		a.progress().line("Stopped after epoch %d of %d. Resume: ringlab runs resume %s", run.Epoch, run.Epochs, run.ID)
		return statusError(statusFailed)
	case experiments.Cancelled:
		a.progress().line("Run %s was cancelled after epoch %d of %d.", run.ID, run.Epoch, run.Epochs)
		return statusError(statusFailed)
	}
	return fmt.Errorf("run %s ended %s: %s; once that is repaired, go on with it: ringlab runs resume %s", run.ID, run.State, run.Error, run.ID)
}

// memoryUsed is a part of a sentence about this process, or nothing.
func memoryUsed() string {
	if bytes := peakMemory(); bytes > 0 {
		return fmt.Sprintf(" with at most %.0f MB of memory", float64(bytes)/1e6)
	}
	return ""
}

// printEvaluation prints the numbers of a holdout or a folder.
func (a *app) printEvaluation(e models.Evaluation) {
	t := newTable("metric", ">value", "95 % interval")
	t.row("accuracy", percent(e.Accuracy), interval(e.AccuracyLow, e.AccuracyHigh))
	t.row("within one", percent(e.WithinOne), "")
	t.row("macro F1", number(e.MacroF1), "")
	t.row("calibration error", number(e.ECE), "")
	t.row(fmt.Sprintf("always saying %d", e.MajorityLabel), percent(e.Majority), fmt.Sprintf("of %s", plural(e.Records, "record", "records")))
	a.printTable(t)
}
