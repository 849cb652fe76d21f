package cli

import (
	"context"
	"fmt"
)

// notebookHits is what the replaced demo's own network reached on these 25
// pictures, in the stored output of its notebook.
const notebookHits, notebookRecords = 11, 25

// compare registers the runs, and prints their metrics and curves.
func (d *demo) compare(ctx context.Context) error {
	for _, run := range d.runs {
		v, err := d.experiments.Register(ctx, run.ID, author())
		if err != nil {
			return err
		}
		d.versions = append(d.versions, v)
	}
	if d.json {
		return nil
	}
	t := newTable("  model", "version", ">right", ">accuracy", "95 % interval", ">within one", ">macro F1", ">ECE")
	for i, v := range d.versions {
		e := v.Evaluation
		t.row("  "+v.Preset, v.Name, fmt.Sprintf("%d of %d", hits(d.runs[i]), e.Records), percent(e.Accuracy),
			interval(e.AccuracyLow, e.AccuracyHigh), percent(e.WithinOne), number(e.MacroF1), number(e.ECE))
	}
	e := d.versions[0].Evaluation
	t.row(fmt.Sprintf("  always saying %d", e.MajorityLabel), "", "", percent(e.Majority))
	t.row("  the old notebook's network", "", fmt.Sprintf("%d of %d", notebookHits, notebookRecords), percent(float64(notebookHits)/notebookRecords))
	d.printTable(t)
	for _, run := range d.runs {
		if err := d.printCurves(ctx, d.rooms, run.ID, "curves of "+run.Spec.Preset); err != nil {
			return err
		}
	}
	return nil
}
