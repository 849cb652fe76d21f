// Command make trains the models that come with the binary, from any folders of
// the ingest form, and packs them where the binary embeds them:
//
//	go run ./experiments/builtin/make FOLDER...
//
// It works in a workspace of its own beside the first folder. Stopped and started
// again, it goes on where it was. See docs/models.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

// split keeps little apart: these models are judged by other sets, and the
// holdout only shows that a training went well.
const split = "hash:0.02:0.04"

// forest keeps the trees small: with more of them, or smaller leaves, a binary
// would carry megabytes for a picture in a thousand.
// Drawings are taken as they are: the folder has many of each molecule.
var forest = map[string]string{"trees": "100", "min_leaf": "3", "variants": "0"}

// counter is wider than the preset, and answers nearly alone: of many drawings
// in many styles it learns more than trees do. Its few trees are small.
var counter = map[string]string{"width": "32", "network_share": "0.9",
	"trees": "20", "min_leaf": "16", "variants": "0"}

// A stage is one training; the next of the same model goes on from it.
type stage struct {
	set   map[string]string // beside what all stages have
	named string            // after the model's name
}

// counterStages: the later ones take smaller steps, and the last three look longer
// at what is not yet known.
var counterStages = []stage{
	{map[string]string{"epochs": "18", "focus": "0"}, "-first"},
	{map[string]string{"epochs": "12", "learning_rate": "0.002", "focus": "0"}, "-second"},
	{map[string]string{"epochs": "12", "learning_rate": "0.002", "focus": "0.8"}, "-third"},
	{map[string]string{"epochs": "8", "learning_rate": "0.0015", "focus": "0.8"}, "-fourth"},
	{map[string]string{"epochs": "12", "learning_rate": "0.0015", "focus": "0.8"}, ""},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("make", flag.ContinueOnError)
	dir := flags.String("workspace", "", "where to train; the first FOLDER with -workspace at its end if empty")
	out := flags.String("out", "experiments/builtin", "where the packed models go")
	only := flags.String("only", "", "make only this one, best or trees; both if empty")
	seed := flags.Uint64("seed", 1, "of both trainings")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name at least one folder of the ingest form")
	}
	if *dir == "" {
		*dir = filepath.Clean(flags.Arg(0)) + "-workspace"
	}
	ws, err := workspace.Create(ctx, *dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ws.Close()) }()
	records := data.New(ws)
	var snapshot string // of all folders together, after the last
	for _, folder := range flags.Args() {
		ingested, err := records.Ingest(ctx, folder, data.IngestOptions{MaxDead: -1, MaxDeadShare: -1})
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d new records, %d bad\n", folder, ingested.Kept, ingested.Dead)
		snapshot = ingested.Snapshot
	}
	store := experiments.New(ws, records)
	for _, m := range []struct {
		name, preset string
		set          map[string]string
		stages       []stage
	}{
		{experiments.BuiltinBest, "best", counter, counterStages},
		{experiments.BuiltinTrees, "trees", forest, []stage{{}}},
	} {
		if *only != "" && *only != m.preset {
			continue
		}
		var r experiments.Run
		for _, stage := range m.stages {
			set := maps.Clone(m.set)
			maps.Copy(set, stage.set)
			// The first stage goes on from nothing.
			r, err = trained(ctx, store, experiments.Submission{Name: m.name + stage.named, Preset: m.preset, Set: set,
				From: r.ID, Split: split, Snapshot: snapshot, Seed: *seed, Foreground: true})
			if err != nil {
				return err
			}
		}
		if err := pack(ctx, store, r, *out, strings.TrimPrefix(m.name, "builtin-")); err != nil {
			return err
		}
	}
	return nil
}

// trained finds the finished run of a submission, or trains one.
func trained(ctx context.Context, store *experiments.Store, s experiments.Submission) (experiments.Run, error) {
	runs, err := store.Runs(ctx, experiments.RunQuery{})
	if err != nil {
		return experiments.Run{}, err
	}
	run := experiments.Run{}
	for _, r := range runs {
		if r.Name == s.Name && r.Spec.Snapshot == s.Snapshot && r.Spec.Seed == s.Seed {
			run = r
			break
		}
	}
	if run.ID == "" {
		if run, err = store.Submit(ctx, s); err != nil {
			return run, err
		}
	}
	if run.State == experiments.Finished {
		return run, nil
	}
	run, err = store.WorkOne(ctx, run.ID, experiments.Observer{Epoch: func(e models.Epoch) {
		fmt.Printf("%s: epoch %d of %d, loss %.4f, validation %.4f, %.0f s\n", s.Name, e.Epoch, e.Epochs, e.Loss, e.ValAccuracy, e.Seconds)
	}})
	if err == nil && run.State != experiments.Finished {
		err = fmt.Errorf("run %s is %s: %s", run.ID, run.State, run.Error)
	}
	return run, err
}

func pack(ctx context.Context, store *experiments.Store, r experiments.Run, out, name string) error {
	m, err := store.Resolve(ctx, r.ID)
	if err != nil {
		return err
	}
	packed, err := models.Pack(m.Bundle)
	if err != nil {
		return err
	}
	path := filepath.Join(out, name+".zip")
	if err := workspace.WriteFile(path, packed); err != nil {
		return err
	}
	fmt.Printf("%s: %.4f of %d records held out, %d bytes\n", path, r.Evaluation.Accuracy, r.Evaluation.Records, len(packed))
	return nil
}
