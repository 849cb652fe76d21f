package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

func (a *app) modelsCommand() *cobra.Command {
	return group("models", "List and export model versions, and the history of what was promoted",
		"ringlab models list\nringlab models show production\nringlab models history",
		a.modelsListCommand(), a.modelsShowCommand(), a.modelsExportCommand(), a.modelsHistoryCommand())
}

// versionLine is what models list --json prints for a version.
type versionLine struct {
	Version      string    `json:"version"`
	Run          string    `json:"run"`
	Preset       string    `json:"preset"`
	Aliases      []string  `json:"aliases"`
	Accuracy     float64   `json:"accuracy"`
	AccuracyLow  float64   `json:"accuracy_low"`
	AccuracyHigh float64   `json:"accuracy_high"`
	Created      time.Time `json:"created"`
	Author       string    `json:"author"`
}

func newVersionLine(v experiments.Version) versionLine {
	e := v.Evaluation
	return versionLine{
		Version: v.Name, Run: v.Run, Preset: v.Preset, Aliases: append([]string{}, v.Aliases...),
		Accuracy: e.Accuracy, AccuracyLow: e.AccuracyLow, AccuracyHigh: e.AccuracyHigh,
		Created: v.Created.UTC(), Author: v.Author,
	}
}

func (a *app) modelsListCommand() *cobra.Command {
	var text string
	c := &cobra.Command{
		Use:     "list",
		Short:   "List model versions, newest first",
		Example: "ringlab models list\nringlab models list --filter 'accuracy>=95% and preset=best'",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			f, err := parseFilter(experiments.VersionFields(), text)
			if err != nil {
				return err
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				versions, err := r.experiments.Versions(c.Context())
				if err != nil {
					return err
				}
				builtins, err := experiments.Builtins()
				if err != nil {
					return err
				}
				versions = selected(f, append(versions, builtins...))
				if a.json {
					return printEachJSON(a, versions, newVersionLine)
				}
				if len(versions) == 0 && !f.All() {
					a.print("no model version is selected")
					return nil
				}
				if len(versions) == 0 {
					a.print("no model versions: ringlab promote RUN makes one of a finished run")
					return nil
				}
				t := newTable("version", ">run", "preset", ">accuracy", "95 % interval", "aliases", "created")
				for _, v := range versions {
					e := v.Evaluation
					t.row(v.Name, v.Run, v.Preset, percent(e.Accuracy), interval(e.AccuracyLow, e.AccuracyHigh), strings.Join(v.Aliases, ", "), localTime(v.Created))
				}
				a.printTable(t)
				return nil
			})
		},
	}
	filterFlag(c, &text)
	return c
}

func (a *app) modelsShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show VERSION",
		Short:   "Show a version: v1, an alias such as production, or builtin-best",
		Example: "ringlab models show production",
		Args:    arguments(1, 1, "VERSION"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, name := c.Context(), args[0]
			if experiments.IsBuiltin(name) { // needs no workspace
				v, spec, err := experiments.BuiltinVersion(name)
				if err != nil {
					return err
				}
				return a.printVersion(v, spec)
			}
			return a.with(ctx, workspace.Open, func(r *rooms) error {
				v, err := r.experiments.Version(ctx, name)
				if err != nil {
					return err
				}
				run, err := r.experiments.Run(ctx, v.Run)
				if err != nil {
					return err
				}
				return a.printVersion(v, run.Spec)
			})
		},
	}
}

// printVersion prints a version, and what it was trained as.
func (a *app) printVersion(v experiments.Version, spec experiments.Spec) error {
	if a.json {
		return a.printJSON(struct {
			versionLine
			Spec       experiments.Spec  `json:"spec"`
			Evaluation models.Evaluation `json:"evaluation"`
		}{newVersionLine(v), spec, v.Evaluation})
	}
	t := newTable("version", v.Name)
	t.row("aliases", strings.Join(v.Aliases, ", "))
	t.row("run", orDash(v.Run))
	t.row("preset", v.Preset)
	t.row("snapshot", spec.Snapshot)
	t.row("split", spec.Split)
	t.row("seed", spec.Seed)
	if v.Author == "" {
		t.row("made", localTime(v.Created))
	} else {
		t.row("registered", localTime(v.Created)+" by "+v.Author)
	}
	a.printTable(t)
	a.print("")
	a.printEvaluation(v.Evaluation)
	a.print("")
	a.printConfusion(v.Evaluation)
	return nil
}

func (a *app) modelsHistoryCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "history",
		Short:   "List promotions and rollbacks, newest first",
		Example: "ringlab models history",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				history, err := r.experiments.History(c.Context())
				if err != nil {
					return err
				}
				if a.json {
					return printEachJSON(a, history, asItIs)
				}
				if len(history) == 0 {
					a.print("nothing was promoted yet: ringlab promote RUN")
					return nil
				}
				t := newTable("time", "alias", "from", "to", "kind", "by", "reason")
				for _, p := range history {
					kind := p.Kind
					if p.Forced {
						kind += ", forced"
					}
					t.row(localTime(p.Time), p.Alias, orDash(p.Previous), p.Version, kind, p.Author, p.Reason)
				}
				a.printTable(t)
				return nil
			})
		},
	}
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
