package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/picture"
	"ringlab/data/workspace"
	"ringlab/models"
)

func (a *app) evaluateCommand() *cobra.Command {
	var ref, file, by string
	c := &cobra.Command{
		Use:   "evaluate FOLDER",
		Short: "Judge a model on a folder of labelled pictures, without ingesting it",
		Long: `Reads a folder of the form that ingest reads. Records that ingest would refuse
are counted as refused; accuracy is over all others.`,
		Example: "ringlab evaluate testdata/original\nringlab evaluate testdata/original --model 2 --by num_rings",
		Args:    arguments(1, 1, "FOLDER"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				return a.evaluate(c.Context(), r, ref, args[0], file, by)
			})
		},
	}
	c.Flags().StringVar(&ref, "model", "production", "`MODEL`: a run, a version, or an alias")
	c.Flags().StringVar(&file, "file", "", "`NAME` of the records' file in FOLDER (compounds.json)")
	c.Flags().StringVar(&by, "by", "", "also the accuracy for each value of this `FIELD` of the records")
	return c
}

// evaluated is what evaluate --json prints.
type evaluated struct {
	Model   string `json:"model"`
	Refused int    `json:"refused"`
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
	values      []string // of the field asked for, by record
	predictions []models.Prediction
	refused     int
}

func (a *app) evaluate(ctx context.Context, r *rooms, ref, folder, file, by string) error {
	model, name, err := loadModel(ctx, r, ref)
	if err != nil {
		return err
	}
	task, err := r.data.Task(ctx)
	if err != nil {
		return err
	}
	p := a.progress()
	defer p.clear()
	j := &judged{model: model}
	err = data.ReadFolder(ctx, folder, file, task, func(f data.FolderRecord) error {
		p.update("evaluate: %d judged, %d refused", len(j.predictions), j.refused)
		return j.add(ctx, f, by)
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
	p.clear()
	e := models.Evaluate(j.truth, j.predictions)
	if a.json {
		return a.printJSON(evaluated{Model: name, Refused: j.refused, Evaluation: e, By: j.by()})
	}
	a.print("model %s on %s: %s, %d refused", name, clean(folder), plural(e.Records, "record", "records"), j.refused)
	a.printEvaluation(e)
	a.print("")
	a.printConfusion(e)
	if by != "" {
		a.print("")
		t := newTable(by, ">records", ">accuracy")
		values := j.by()
		for _, value := range slices.Sorted(maps.Keys(values)) {
			t.row(value, values[value].Records, percent(values[value].Accuracy))
		}
		a.printTable(t)
	}
	return nil
}

func (j *judged) add(ctx context.Context, f data.FolderRecord, by string) error {
	if f.Picture == nil {
		j.refused++
		return nil
	}
	j.truth = append(j.truth, f.Record.Label)
	if by != "" {
		j.values = append(j.values, fieldText(f.Record.Fields, by))
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

func (j *judged) by() map[string]byValue {
	hits, all := map[string]int{}, map[string]int{}
	for i, value := range j.values {
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

// fieldText is a record's value of a field as text; "" where it has none.
func fieldText(record json.RawMessage, field string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(record, &fields) != nil {
		return ""
	}
	raw := fields[field]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return strings.TrimSpace(string(raw))
}
