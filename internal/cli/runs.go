package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

func (a *app) runsCommand() *cobra.Command {
	return group("runs", "List, inspect and manage runs",
		"ringlab runs list\nringlab runs show 1\nringlab runs plot 1 2 -o curves.png",
		a.runsListCommand(), a.runsShowCommand(), a.runsWrongCommand(), a.runsLogsCommand(), a.runsCancelCommand(), a.runsResumeCommand(),
		a.runsDeleteCommand(), a.runsTagCommand(), a.runsNoteCommand(), a.runsArchiveCommand(), a.runsPlotCommand())
}

// runLine is what runs list --json prints for a run.
type runLine struct {
	Run      string             `json:"run"`
	Name     string             `json:"name"`
	State    experiments.State  `json:"state"`
	Preset   string             `json:"preset"`
	Created  time.Time          `json:"created"`
	Metrics  map[string]float64 `json:"metrics"`
	Epoch    int                `json:"epoch"`
	Epochs   int                `json:"epochs"`
	Seed     uint64             `json:"seed"`
	Tags     []string           `json:"tags"`
	Note     string             `json:"note"`
	Archived bool               `json:"archived"`
	Version  string             `json:"version"`
	Silent   bool               `json:"silent"`
	Sweep    string             `json:"sweep"` // its first run; "" for a run by itself
}

func newRunLine(run experiments.Run) runLine {
	return runLine{
		Run: run.ID, Name: run.Name, State: run.State, Preset: run.Spec.Preset, Created: run.Created.UTC(),
		Metrics: run.Metrics, Epoch: run.Epoch, Epochs: run.Epochs, Seed: run.Spec.Seed,
		Tags: append([]string{}, run.Tags...), Note: run.Note, Archived: run.Archived, Version: run.Version, Silent: run.Silent, Sweep: run.Sweep,
	}
}

func (a *app) runsListCommand() *cobra.Command {
	var q experiments.RunQuery
	var states []string
	var text string
	c := &cobra.Command{
		Use:     "list",
		Short:   "List runs, newest first",
		Example: "ringlab runs list\nringlab runs list --state running --limit 5\nringlab runs list --filter 'accuracy>0.9 and param.trees>=100'",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			for _, text := range states {
				state, err := runState(c, text)
				if err != nil {
					return err
				}
				q.States = append(q.States, state)
			}
			f, err := parseFilter(experiments.RunFields(), text)
			if err != nil {
				return err
			}
			limit := q.Limit
			if !f.All() {
				q.Limit = 0 // of those that it selects
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				runs, err := r.experiments.Runs(c.Context(), q)
				if err != nil {
					return err
				}
				runs = first(selected(f, runs), limit)
				if len(runs) == 0 && !a.json && (!f.All() || len(q.States) > 0 || q.Tag != "") {
					a.print("no runs are selected")
					return nil
				}
				return a.printRuns(runs)
			})
		},
	}
	c.Flags().StringArrayVar(&states, "state", nil, "only runs in this `STATE`; may be repeated")
	c.Flags().StringVar(&q.Tag, "tag", "", "only runs with this `TAG`")
	c.Flags().IntVar(&q.Limit, "limit", 0, "at most `N`")
	filterFlag(c, &text)
	return c
}

func runState(c *cobra.Command, text string) (experiments.State, error) {
	var names []string
	for _, state := range experiments.States() {
		if string(state) == text {
			return state, nil
		}
		names = append(names, string(state))
	}
	return "", usage(c, "--state %q is none of %s", text, strings.Join(names, ", "))
}

func (a *app) printRuns(runs []experiments.Run) error {
	if a.json {
		return printEachJSON(a, runs, newRunLine)
	}
	if len(runs) == 0 {
		a.print("no runs: ringlab train --preset fast starts one")
		return nil
	}
	t := newTable(">run", "state", "preset", ">accuracy", ">macro F1", ">epoch", "version", "created", "name", "set apart by")
	for _, run := range runs {
		accuracy, f1 := "–", "–"
		if e := run.Evaluation; e != nil {
			accuracy, f1 = percent(e.Accuracy), number(e.MacroF1)
		}
		state := string(run.State)
		if run.Silent {
			state += ", worker silent"
		}
		t.row(run.ID, state, run.Spec.Preset, accuracy, f1, fmt.Sprintf("%d/%d", run.Epoch, run.Epochs), run.Version, localTime(run.Created), run.Name, run.Apart)
	}
	a.printTable(t)
	return nil
}

// runDetail is what runs show --json prints.
type runDetail struct {
	runLine
	Spec       experiments.Spec   `json:"spec"`
	Started    *time.Time         `json:"started"`
	Ended      *time.Time         `json:"ended"`
	Seconds    float64            `json:"seconds"`
	Phase      string             `json:"phase"`
	Error      string             `json:"error"`
	Author     string             `json:"author"`
	Artifacts  []string           `json:"artifacts"`
	Evaluation *models.Evaluation `json:"evaluation"`
}

func (a *app) runsShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show RUN",
		Short:   "Show a run: what went in, its curves, and how it did on the holdout",
		Example: "ringlab runs show 1",
		Args:    arguments(1, 1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			return a.with(ctx, workspace.Open, func(r *rooms) error {
				run, err := r.experiments.Run(ctx, args[0])
				if err != nil {
					return err
				}
				artifacts, err := r.experiments.Artifacts(ctx, run.ID)
				if err != nil {
					return err
				}
				names := []string{}
				for _, artifact := range artifacts {
					names = append(names, artifact.Name)
				}
				if a.json {
					return a.printJSON(runDetail{
						runLine: newRunLine(run), Spec: run.Spec, Started: optionalTime(run.Started), Ended: optionalTime(run.Ended),
						Seconds: duration(run), Phase: run.Phase, Error: run.Error, Author: run.Author, Artifacts: names, Evaluation: run.Evaluation,
					})
				}
				a.printRun(run, names)
				if err := a.printCurves(ctx, r, run.ID, "curve"); err != nil {
					return err
				}
				if run.Evaluation != nil {
					a.print("")
					a.printEvaluation(*run.Evaluation)
					a.print("")
					a.printConfusion(*run.Evaluation)
				}
				return nil
			})
		},
	}
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (a *app) printRun(run experiments.Run, artifacts []string) {
	t := newTable("run", run.ID)
	optional := func(name, value string) {
		if value != "" {
			t.row(name, value)
		}
	}
	optional("name", run.Name)
	t.row("state", run.State)
	optional("error", run.Error)
	optional("doing", run.Phase)
	t.row("preset", run.Spec.Preset)
	if parameters, err := run.Spec.Parameters.MarshalJSON(); err == nil {
		t.row("parameters", string(parameters))
	}
	t.row("snapshot", run.Spec.Snapshot)
	t.row("split", run.Spec.Split)
	t.row("seed", run.Spec.Seed)
	t.row("epoch", fmt.Sprintf("%d of %d", run.Epoch, run.Epochs))
	optional("tags", strings.Join(run.Tags, ", "))
	optional("note", run.Note)
	if run.Sweep != "" {
		t.row("sweep", "that began with run "+run.Sweep)
	}
	optional("version", run.Version)
	t.row("author", run.Author)
	t.row("created", localTime(run.Created))
	if d := duration(run); d > 0 {
		t.row("took", seconds(d))
	}
	optional("artifacts", strings.Join(artifacts, ", "))
	a.printTable(t)
}

// printConfusion prints truth by row, answers by column.
func (a *app) printConfusion(e models.Evaluation) {
	headings := []string{">truth"}
	for _, label := range e.Labels {
		headings = append(headings, fmt.Sprintf(">said %d", label))
	}
	headings = append(headings, ">recall", "95 % interval", ">precision", ">F1")
	t := newTable(headings...)
	for i, label := range e.Labels {
		cells := []any{label}
		for _, n := range e.Confusion[i] {
			cells = append(cells, n)
		}
		for _, class := range e.PerClass {
			if class.Label == label {
				cells = append(cells, percent(class.Recall), interval(class.RecallLow, class.RecallHigh), percent(class.Precision), number(class.F1))
			}
		}
		t.row(cells...)
	}
	a.printTable(t)
}
