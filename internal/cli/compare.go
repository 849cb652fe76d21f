package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
)

func (a *app) compareCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "compare A B...",
		Short: "Compare runs: what differs, and by how much on the same holdout",
		Long: `Shows the parameters that differ first, then each metric side by side with its
difference to the first run and a 95 % interval of that difference, from the
records that both were judged on. A version or an alias stands for its run.`,
		Example: "ringlab compare 1 2\nringlab compare production 7",
		Args:    arguments(2, -1, "RUN or VERSION"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				runs, err := runsOf(c.Context(), r, args)
				if err != nil {
					return fmt.Errorf("compare runs: %w", err)
				}
				comparison, err := r.experiments.Compare(c.Context(), runs)
				if err != nil {
					return err
				}
				ids := []string{}
				for _, run := range comparison.Runs {
					ids = append(ids, run.ID)
				}
				if a.json {
					return a.printJSON(struct {
						Runs []string `json:"runs"`
						experiments.Comparison
					}{ids, comparison})
				}
				a.printComparison(ids, comparison)
				return nil
			})
		},
	}
}

// runsOf puts the runs of versions and aliases in their places.
func runsOf(ctx context.Context, r *rooms, refs []string) ([]string, error) {
	runs := make([]string, len(refs))
	for i, ref := range refs {
		runs[i] = ref
		if _, err := strconv.ParseInt(ref, 10, 64); err == nil {
			continue
		}
		if experiments.IsBuiltin(ref) {
			return nil, fmt.Errorf("%s was made elsewhere and has no run here; judge it with ringlab evaluate FOLDER --model %s", clean(ref), clean(ref))
		}
		version, err := r.experiments.Version(ctx, ref)
		if err != nil {
			return nil, err
		}
		runs[i] = version.Run
	}
	return runs, nil
}

func (a *app) printComparison(ids []string, c experiments.Comparison) {
	headings := []string{"parameter"}
	for _, id := range ids {
		headings = append(headings, "run "+id)
	}
	if len(c.Differing) == 0 {
		a.print("no parameter differs")
	} else {
		t := newTable(headings...)
		for _, row := range c.Differing {
			cells := []any{row.Name}
			for _, v := range row.Values {
				cells = append(cells, v)
			}
			t.row(cells...)
		}
		a.printTable(t)
	}
	a.print("")
	headings = []string{"metric"}
	for i, id := range ids {
		headings = append(headings, ">run "+id)
		if i > 0 {
			headings = append(headings, "difference (95 % interval)")
		}
	}
	t := newTable(headings...)
	for _, row := range c.Metrics {
		cells := []any{row.Name}
		for i, v := range row.Values {
			cells = append(cells, number(v))
			if i > 0 {
				cells = append(cells, differenceText(row.Differences, i))
			}
		}
		t.row(cells...)
	}
	a.printTable(t)
	for _, run := range c.Runs {
		if run.Evaluation == nil {
			a.print("\nRun %s has no holdout result: it is %s.", run.ID, run.State)
			return
		}
	}
	if !c.SameHoldout {
		a.print("\nThe runs were not judged on the same records: differences are those on the records they share.")
	}
}

// differenceText is the difference of run i to the first, as far as known.
func differenceText(differences []*experiments.Difference, i int) string {
	if i >= len(differences) || differences[i] == nil {
		return ""
	}
	d := differences[i]
	return fmt.Sprintf("%+.3f (%+.3f to %+.3f), p %.2f, n %d", d.Value, d.Low, d.High, d.P, d.N)
}
