package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

func (a *app) presetsCommand() *cobra.Command {
	return group("presets", "List what can be trained, and keep recipes by name",
		"ringlab presets list\nringlab presets save careful --preset fast --set epochs=20\nringlab train --preset careful",
		a.presetsListCommand(), a.presetsSaveCommand(), a.presetsDeleteCommand())
}

// presetLine is what presets list --json prints for a preset.
type presetLine struct {
	Name       string            `json:"name"`
	Preset     string            `json:"preset"` // of a saved one: that it is made of
	Saved      bool              `json:"saved"`
	Parameters map[string]string `json:"parameters"` // of a saved one: what was changed
	Summary    string            `json:"summary,omitempty"`
	Author     string            `json:"author,omitempty"`
}

func (a *app) presetsListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the presets of ringlab and those that you saved",
		Example: "ringlab presets list",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				saved, err := r.experiments.SavedPresets(c.Context())
				if err != nil {
					return err
				}
				return a.printPresets(saved)
			})
		},
	}
}

func (a *app) printPresets(saved []experiments.SavedPreset) error {
	var lines []presetLine
	for _, p := range models.Presets() {
		values := map[string]string{}
		for _, v := range p.Parameters {
			values[v.Name] = fmt.Sprint(v.Default)
		}
		lines = append(lines, presetLine{Name: p.Name, Preset: p.Name, Parameters: values, Summary: p.Summary})
	}
	for _, p := range saved {
		lines = append(lines, presetLine{Name: p.Name, Preset: p.Preset, Saved: true, Parameters: p.Set, Author: p.Author})
	}
	if a.json {
		return printEachJSON(a, lines, asItIs)
	}
	t := newTable("name", "made of", "what it is")
	for _, line := range lines {
		if line.Saved {
			t.row(clean(line.Name), line.Preset, clean(settingsText(line.Parameters)))
			continue
		}
		t.row(line.Name, "", line.Summary)
	}
	a.printTable(t)
	return nil
}

// settingsText writes parameters as --set takes them.
func settingsText(set map[string]string) string {
	parts := make([]string, 0, len(set))
	for _, key := range slices.Sorted(maps.Keys(set)) {
		parts = append(parts, key+"="+set[key])
	}
	return cmp.Or(strings.Join(parts, " "), "its defaults")
}

func (a *app) presetsSaveCommand() *cobra.Command {
	var preset string
	var set []string
	c := &cobra.Command{
		Use:     "save NAME",
		Short:   "Keep a preset with parameters of your own under a name",
		Example: "ringlab presets save careful --preset fast --set epochs=20 --set learning_rate=0.001",
		Args:    arguments(1, 1, "NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			values, err := settings(c, set)
			if err != nil {
				return err
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				err := r.experiments.SavePreset(c.Context(), experiments.SavedPreset{Name: args[0], Preset: preset, Set: values, Author: author()})
				if err != nil {
					return err
				}
				a.progress().line("saved %s; train it with ringlab train --preset %s", clean(args[0]), clean(args[0]))
				return nil
			})
		},
	}
	c.Flags().StringVar(&preset, "preset", "fast", "what it is made of, `PRESET`: "+strings.Join(presetNames(), ", "))
	c.Flags().StringArrayVar(&set, "set", nil, "a parameter of the preset, `KEY=VALUE`; may be repeated")
	return c
}

func (a *app) presetsDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "delete NAME...",
		Short:   "Forget presets that were saved; their runs stay",
		Example: "ringlab presets delete careful",
		Args:    arguments(1, -1, "NAME"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				for _, name := range args {
					if err := r.experiments.DeletePreset(c.Context(), name); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
