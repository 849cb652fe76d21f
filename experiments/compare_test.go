package experiments

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
)

func TestComparingPutsDifferencesFirst(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	c, err := s.Compare(ctx, []string{treesRun, untaughtRun})
	if err != nil {
		t.Fatal(err)
	}
	names := func(rows []Row) (names []string) {
		for _, r := range rows {
			names = append(names, r.Name)
		}
		return names
	}
	differing := names(c.Differing)
	if len(differing) == 0 || differing[0] != "preset" || !slices.Contains(differing, "epochs") || !slices.Contains(differing, "trees") {
		t.Errorf("differing %v", differing)
	}
	if same := names(c.Same); !slices.Contains(same, "snapshot") || !slices.Contains(same, "split") || !slices.Contains(same, "seed") {
		t.Errorf("same %v", same)
	}
	for _, r := range c.Differing {
		if r.Name == "trees" && !slices.Equal(r.Values, []string{"20", "1"}) {
			t.Errorf("trees %q, want 20 and 1", r.Values)
		}
		if r.Name == "epochs" && !slices.Equal(r.Values, []string{"", "1"}) {
			t.Errorf("epochs %q, want nothing and 1", r.Values)
		}
	}
	if !c.SameHoldout || len(c.Metrics) < 4 || c.Metrics[0].Name != "accuracy" {
		t.Fatalf("same holdout %v, metrics %+v", c.SameHoldout, c.Metrics)
	}
	accuracy := c.Metrics[0]
	d := accuracy.Differences[1]
	if accuracy.Differences[0] != nil || d == nil || d.N != 25 || math.Abs(d.Value-(accuracy.Values[1]-accuracy.Values[0])) > 1e-12 {
		t.Errorf("accuracy %+v, difference %+v", accuracy, d)
	}
	if !(d.Low < d.Value && d.Value < d.High && 0 < d.P && d.P < 0.05) {
		t.Errorf("difference %+v", d)
	}
	if m := c.Metrics[1]; m.Name != "macro_f1" || m.Differences[1] != nil {
		t.Errorf("macro_f1 %+v: it is no share of records and has no paired interval", m)
	}
	if _, err := json.Marshal(c); err != nil {
		t.Error(err)
	}
}

func TestComparingOverDifferentHoldoutsUsesTheSharedRecords(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	c, err := s.Compare(ctx, []string{treesRun, hashRun, submit(t, s, quickTrees(1)).ID})
	if err != nil {
		t.Fatal(err)
	}
	if c.SameHoldout {
		t.Error("the holdouts are not the same")
	}
	if len(c.Metrics) != 0 {
		t.Errorf("metrics %+v: the queued run has none", c.Metrics)
	}
	c, err = s.Compare(ctx, []string{treesRun, hashRun})
	if err != nil {
		t.Fatal(err)
	}
	if d := c.Metrics[0].Differences[1]; d == nil || d.N == 0 || d.N >= 25 {
		t.Errorf("difference %+v, want one over the shared records", d)
	}
}

func TestComparingNeedsTwoRuns(t *testing.T) {
	s := newStore(t)
	id := submit(t, s, quickTrees(1)).ID
	for _, runs := range [][]string{nil, {id}, {id, id}, {id, "99"}} {
		if _, err := s.Compare(t.Context(), runs); err == nil {
			t.Errorf("%v were compared", runs)
		}
	}
}
