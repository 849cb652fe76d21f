package experiments

import (
	"strings"
	"testing"

	"ringlab/models"
)

// TestATrainingGoesOnFromAModel: it has that model's form without being told,
// begins with its weights, and says so in spec and lineage.
func TestATrainingGoesOnFromAModel(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	again := smallNet(1, "1")
	again.From = netRun
	for _, shape := range []string{"side", "width", "stages"} {
		delete(again.Set, shape)
	}
	again.Set["learning_rate"] = "0.000001"
	before, err := s.Run(ctx, netRun)
	if err != nil {
		t.Fatal(err)
	}
	run := submit(t, s, again)
	if run.Spec.From != netRun || run.Spec.Parameters["width"] != before.Spec.Parameters["width"] {
		t.Errorf("spec %+v", run.Spec)
	}
	run, err = s.WorkOne(ctx, run.ID, Observer{})
	if err != nil || run.State != Finished {
		t.Fatalf("%+v, %v", run, err)
	}
	found, err := s.Resolve(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, card, err := found.Load()
	if err != nil || card.Lineage.From != netRun {
		t.Errorf("lineage %+v, %v", card.Lineage, err)
	}
	// It has had one epoch of almost nothing: what it knows is the other's.
	if got, want := run.Metrics["val_loss"], before.Metrics["val_loss"]; got > 1.2*want+.1 {
		t.Errorf("validation loss %v; the run that it went on from ended with %v", got, want)
	}

	for name, sub := range map[string]Submission{
		"there is none": {Preset: "fast", From: "99"},
		"no network":    {Preset: "fast", From: treesRun},
	} {
		if _, err := s.Submit(ctx, sub); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	other := smallNet(1, "1")
	other.From, other.Set["width"] = netRun, "6"
	run, err = s.WorkOne(ctx, submit(t, s, other).ID, Observer{})
	if err != nil || run.State != Failed || !strings.Contains(run.Error, "another form") {
		t.Errorf("another form: %+v, %v", run.State, run.Error)
	}
	if _, err := models.FormOf(models.Card{Family: "cnn"}); err == nil {
		t.Error("the demo's network has a form to go on from")
	}
}
