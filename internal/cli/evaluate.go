package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/picture"
	"ringlab/models"
)

func (a *app) evaluateCommand() *cobra.Command {
	var ref, file, by string
	c := &cobra.Command{
		Use:   "evaluate FOLDER",
		Short: "Judge a model on a folder of labelled pictures, without ingesting it",
		Long: `Reads a folder of the form that ingest reads. Records that ingest would refuse
are counted as refused; accuracy is over all others. Where the workspace still
knows what the model learned from, the records among them that it learned from
are counted as seen: on those it does better than on new ones.`,
		Example: "ringlab evaluate testdata/original\nringlab evaluate testdata/original --model 2 --by num_rings",
		Args:    arguments(1, 1, "FOLDER"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withModel(c.Context(), ref, func(r *rooms) error {
				return a.evaluate(c, r, ref, args[0], file, by)
			})
		},
	}
	c.Flags().StringVar(&ref, "model", "production", "`MODEL`: a run, a version, or an alias")
	c.Flags().StringVar(&file, "file", "", "`NAME` of the records' file in FOLDER (compounds.json)")
	c.Flags().StringVar(&by, "by", "", "also the accuracy for each value of this `FIELD` of the records; points lead into objects")
	return c
}

// evaluated is what evaluate --json prints.
type evaluated struct {
	Model   string `json:"model"`
	Refused int    `json:"refused"`
	Seen    *int   `json:"seen"` // of the records, those that it learned from; null where that is not known
	models.Evaluation
	By map[string]byValue `json:"by"`
}

// byValue is how a model did on the records that share a value of a field.
type byValue struct {
	Records  int     `json:"records"`
	Accuracy float64 `json:"accuracy"`
}

// evaluateBatch pictures are decoded before the model is asked.
const evaluateBatch = 32

// judged collects a model's answers for a folder.
type judged struct {
	model       *models.Model
	pictures    []*picture.Picture // of the batch under way
	truth       []int
	by          *fieldValues // nil if no field was asked for
	predictions []models.Prediction
	refused     int
	lessons     map[lesson]bool // what the model learned from; nil if that is not known
	seen        int             // records that are among the lessons
}

// lesson is what makes a record one that a model has learned from.
type lesson struct {
	compound int64
	picture  string // SHA-256
}

// lessons are the records of the model's training side. The result is nil where
// the workspace does not hold them, as when the model came from elsewhere.
func lessons(ctx context.Context, r *rooms, l models.Lineage) (map[lesson]bool, error) {
	split, err := data.RestoreSplit(l.Split)
	if err != nil {
		return nil, nil //nolint:nilerr // a split that this version does not know: nothing can be said
	}
	parts, err := r.data.Parts(ctx, l.Snapshot, split)
	if errors.Is(err, data.ErrUnknownSnapshot) || errors.Is(err, data.ErrNoSnapshot) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("evaluate: read what the model learned from: %w", err)
	}
	all := make(map[lesson]bool, len(parts.Train))
	for _, record := range parts.Train {
		all[lesson{record.CompoundID, record.Picture}] = true
	}
	return all, nil
}

func (a *app) evaluate(c *cobra.Command, r *rooms, ref, folder, file, by string) error {
	ctx := c.Context()
	model, card, name, err := loadModel(ctx, r, ref)
	if err != nil {
		return err
	}
	task, j := data.DefaultTask(), &judged{model: model}
	if r != nil {
		if task, err = r.data.Task(ctx); err != nil {
			return err
		}
		if j.lessons, err = lessons(ctx, r, card.Lineage); err != nil {
			return err
		}
	}
	p := a.progress()
	defer p.clear()
	if by != "" {
		j.by = newFieldValues(by)
	}
	err = data.ReadFolder(ctx, folder, file, task, func(f data.FolderRecord) error {
		p.update("evaluate: %d judged, %d refused", len(j.predictions), j.refused)
		return j.add(ctx, f)
	})
	if err != nil {
		return err
	}
	if err := j.flush(ctx); err != nil {
		return err
	}
	if len(j.truth) == 0 {
		return fmt.Errorf("evaluate %s: no record can be judged, %d are refused; ringlab ingest %s --dry-run says more", folder, j.refused, folder)
	}
	if j.by != nil && !j.by.found {
		return usage(c, "%s", j.by.missing())
	}
	p.clear()
	e := models.Evaluate(j.truth, j.predictions)
	if a.json {
		line := evaluated{Model: name, Refused: j.refused, Evaluation: e, By: j.byValue()}
		if j.lessons != nil {
			line.Seen = &j.seen
		}
		return a.printJSON(line)
	}
	a.print("model %s on %s: %s, %d refused", name, clean(folder), plural(e.Records, "record", "records"), j.refused)
	switch {
	case j.lessons == nil:
		a.print("what it learned from is not in this workspace: some of these may be among it")
	case j.seen > 0:
		a.print("it learned from %d of them: on new records it does worse than this", j.seen)
	default:
		a.print("it learned from none of them")
	}
	a.printEvaluation(e)
	a.print("")
	a.printConfusion(e)
	if by != "" {
		a.print("")
		t := newTable(by, ">records", ">accuracy")
		values := j.byValue()
		for _, value := range slices.Sorted(maps.Keys(values)) {
			t.row(value, values[value].Records, percent(values[value].Accuracy))
		}
		a.printTable(t)
	}
	return nil
}

func (j *judged) add(ctx context.Context, f data.FolderRecord) error {
	if f.Picture == nil {
		j.refused++
		return nil
	}
	j.truth = append(j.truth, f.Record.Label)
	if j.by != nil {
		j.by.add(f.Record.Fields)
	}
	if j.lessons[lesson{f.Record.CompoundID, f.Record.Picture}] {
		j.seen++
	}
	j.pictures = append(j.pictures, f.Picture)
	if len(j.pictures) < evaluateBatch {
		return nil
	}
	return j.flush(ctx)
}

// flush asks the model for the batch under way.
func (j *judged) flush(ctx context.Context) error {
	if len(j.pictures) == 0 {
		return nil
	}
	answers, err := j.model.Predict(ctx, j.pictures)
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	j.predictions = append(j.predictions, answers...)
	j.pictures = j.pictures[:0]
	return nil
}

func (j *judged) byValue() map[string]byValue {
	if j.by == nil {
		return map[string]byValue{}
	}
	hits, all := map[string]int{}, map[string]int{}
	for i, value := range j.by.values {
		all[value]++
		if j.predictions[i].Label == j.truth[i] {
			hits[value]++
		}
	}
	out := make(map[string]byValue, len(all))
	for value, n := range all {
		out[value] = byValue{Records: n, Accuracy: float64(hits[value]) / float64(n)}
	}
	return out
}
