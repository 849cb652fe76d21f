package cli

import (
	"context"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

// wrongLine is what runs wrong --json prints for a picture. An answer that the
// training went too far astray to give is null.
type wrongLine struct {
	Run      string  `json:"run"`
	Epoch    int64   `json:"epoch"`
	Compound int64   `json:"compound_id"`
	Label    int     `json:"label"`
	Said     *int    `json:"predicted"`
	Share    float64 `json:"share"`
	Before   *int    `json:"before"` // predicted an epoch before, null if nothing is kept of that
	Change   string  `json:"change"`
}

func (a *app) runsWrongCommand() *cobra.Command {
	var epoch int64
	var text string
	c := &cobra.Command{
		Use:   "wrong RUN",
		Short: "List the validation pictures that a run got wrong after an epoch",
		Long: "Lists the validation pictures that were wrong after an epoch of the training, and those that were\n" +
			"right then and not an epoch before. At most 2,000 pictures of a run are watched. The answers are those\n" +
			"that val_accuracy counts: of the network alone, before it is calibrated.",
		Example: "ringlab runs wrong 1\nringlab runs wrong 1 --epoch 3 --json\nringlab runs wrong 1 --filter 'change:newly'",
		Args:    arguments(1, 1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("epoch") && epoch < 1 {
				return usage(c, "--epoch %d: epochs are counted from 1", epoch)
			}
			f, err := parseFilter(experiments.EpochAnswerFields(), text)
			if err != nil {
				return err
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				answers, err := answersOf(c.Context(), r.experiments, args[0], epoch)
				if err != nil {
					return err
				}
				answers.Differences = selected(f, answers.Differences)
				return a.printWrong(args[0], answers)
			})
		},
	}
	filterFlag(c, &text)
	c.Flags().Int64Var(&epoch, "epoch", 0, "after epoch `N` (default the last one)")
	return c
}

// answersOf reads what is kept of an epoch, or of the last one if it is 0.
func answersOf(ctx context.Context, store *experiments.Store, run string, epoch int64) (experiments.EpochAnswers, error) {
	answers, err := store.AnswersAt(ctx, run, epoch)
	if err == nil && epoch == 0 && !answers.Kept.All() {
		answers, err = store.AnswersAt(ctx, run, answers.Kept.Last)
	}
	switch {
	case err != nil:
		return answers, err
	case answers.Kept.All():
		return answers, fmt.Errorf("list what run %s got wrong: nothing is kept of its epochs; trees have none, and an earlier version of ringlab kept nothing", run)
	case !answers.Known:
		return answers, fmt.Errorf("list what run %s got wrong after epoch %d: answers are kept of epochs %d to %d", run, epoch, answers.Kept.First, answers.Kept.Last)
	}
	return answers, nil
}

func (a *app) printWrong(run string, answers experiments.EpochAnswers) error {
	if a.json {
		return printEachJSON(a, answers.Differences, func(d experiments.EpochAnswer) wrongLine {
			line := wrongLine{Run: run, Epoch: answers.Epoch, Compound: d.Record.CompoundID, Label: d.Record.Label,
				Said: labelOf(d.Said), Share: math.Round(1000*d.Said.Share) / 1000, Change: d.Change.String()}
			if answers.Compared {
				line.Before = labelOf(d.Before)
			}
			return line
		})
	}
	watched := fmt.Sprintf("%d", answers.Watched)
	if answers.Watched < answers.Pictures {
		watched += fmt.Sprintf(" watched of %d", answers.Pictures)
	}
	a.print("after epoch %d: %d of %s validation pictures wrong, %d newly; %d now right", answers.Epoch, answers.Wrong, watched, answers.NewlyWrong, answers.NewlyRight)
	if len(answers.Differences) == 0 {
		return nil
	}
	t := newTable("change", ">compound", ">truth", ">said", ">sure", ">before")
	for _, d := range answers.Differences {
		before := "–"
		if answers.Compared {
			before = labelText(d.Before)
		}
		t.row(d.Change, d.Record.CompoundID, d.Record.Label, labelText(d.Said), percent(d.Said.Share), before)
	}
	a.printTable(t)
	return nil
}

func labelOf(a models.Answer) *int {
	if a.Label < 0 {
		return nil
	}
	return &a.Label
}

func labelText(a models.Answer) string {
	if a.Label < 0 {
		return "–"
	}
	return fmt.Sprint(a.Label)
}
