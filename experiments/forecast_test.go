package experiments

import (
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"ringlab/models"
)

// TestAForecastGrowsWithRunsAndIsDrawnFromAnEarlierRun: the time of a finished
// run of the preset, times the runs; nothing where none has finished.
func TestAForecastGrowsWithRunsAndIsDrawnFromAnEarlierRun(t *testing.T) {
	s := newTrainedStore(t)
	runs, err := s.Runs(t.Context(), RunQuery{States: []State{Finished}})
	if err != nil || len(runs) == 0 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	like := runs[0]
	sub := Submission{Preset: like.Spec.Preset, Snapshot: like.Spec.Snapshot, Set: map[string]string{}}
	for name, value := range like.Spec.Parameters {
		sub.Set[name] = fmt.Sprint(value)
	}
	f, err := s.Forecast(t.Context(), sub, Sweep{Repeat: 4}, Speed{})
	if err != nil || f.Runs != 4 || f.Like != like.ID {
		t.Fatalf("%+v, %v; want 4 runs like run %s", f, err, like.ID)
	}
	if want := 4 * like.Ended.Sub(like.Started).Seconds(); math.Abs(f.Duration.Seconds()-want) > .01*want+1e-6 || f.Memory <= 0 {
		t.Errorf("%v and %v MiB, want %v s and some memory", f.Duration, f.Memory, want)
	}
	if f, err := s.Forecast(t.Context(), Submission{Preset: "demo", Snapshot: like.Spec.Snapshot}, Sweep{}, Speed{}); err != nil || f.Like != "" || f.Duration != 0 {
		t.Errorf("of a preset that never ran: %+v, %v", f, err)
	}
}

// TestAForecastTakesEpochsFromTheRecipe: twice the epochs are twice the
// training, and the preparing once.
func TestAForecastTakesEpochsFromTheRecipe(t *testing.T) {
	s := newNetStore(t)
	run := submit(t, s, smallNet(1, "2"))
	if _, err := s.WorkOne(t.Context(), run.ID, Observer{}); err != nil {
		t.Fatal(err)
	}
	// Ten seconds, of which two epochs took two each.
	if err := s.ws.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `UPDATE runs SET ended_at_ms = started_at_ms + 10000`); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `UPDATE metric_points SET value = 2 WHERE key_id = (SELECT id FROM metric_keys WHERE name = 'seconds')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for epochs, want := range map[string]float64{"2": 10, "4": 14, "10": 26} {
		f, err := s.Forecast(t.Context(), smallNet(1, epochs), Sweep{}, Speed{})
		if err != nil || math.Abs(f.Duration.Seconds()-want) > 1e-6 {
			t.Errorf("%s epochs: %v, %v; want %v s", epochs, f.Duration, err, want)
		}
	}
}

// Where the recipe chooses the epochs, more records are seen less often each.
func TestAForecastTakesTheEpochsThatTheRecipeWouldTake(t *testing.T) {
	fast, err := models.PresetByName("fast")
	if err != nil {
		t.Fatal(err)
	}
	values, err := fast.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	was := models.Epochs(values, 80)
	started := time.Unix(0, 0)
	run := Run{Epochs: was, Started: started, Ended: started.Add(time.Duration(10+was) * time.Second),
		Metrics: map[string]float64{"seconds": 1}} // ten seconds of preparing, and one an epoch
	if got, want := run.again(values, values, 100, 100), time.Duration(10+was)*time.Second; got != want {
		t.Errorf("the same again: %v, want %v", got, want)
	}
	now := models.Epochs(values, 2240)
	if got, want := run.again(values, values, 2800, 100), 28*time.Duration(10+now)*time.Second; got != want || now >= was {
		t.Errorf("on 28 times the records: %v, want %v of %d epochs in place of %d", got, want, now, was)
	}
}

// TestAForecastIsDrawnFromTheRunMostLikeIt, not from the newest, and says in what
// it is another.
func TestAForecastIsDrawnFromTheRunMostLikeIt(t *testing.T) {
	s := newNetStore(t)
	with := func(width string) Submission {
		sub := smallNet(1, "2")
		sub.Set = maps.Clone(sub.Set)
		sub.Set["width"] = width
		return sub
	}
	var ids []string
	for _, width := range []string{"4", "6"} {
		run := submit(t, s, with(width))
		if _, err := s.WorkOne(t.Context(), run.ID, Observer{}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
	}
	for width, want := range map[string]struct {
		like    string
		differs []string
	}{"4": {ids[0], nil}, "6": {ids[1], nil}, "8": {ids[1], []string{"width"}}} {
		sub := with(width)
		sub.Set["dropout"] = "0.3" // costs nothing
		f, err := s.Forecast(t.Context(), sub, Sweep{}, Speed{})
		if err != nil || f.Like != want.like || !slices.Equal(f.Differs, want.differs) {
			t.Errorf("width %s: like run %s with other %v, %v; want run %s with other %v", width, f.Like, f.Differs, err, want.like, want.differs)
		}
	}
}

// TestWithoutARunTheMachinesSpeedTells, measured on the records, and a run that
// has finished tells more than it.
func TestWithoutARunTheMachinesSpeedTells(t *testing.T) {
	s := newStore(t)
	sub := Submission{Preset: "trees"}
	speed, err := s.Measure(t.Context(), sub)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Forecast(t.Context(), sub, Sweep{}, speed)
	if err != nil || !f.Measured || f.Like != "" || f.Duration <= 0 || f.Memory != 0 {
		t.Fatalf("%+v, %v; want a measured duration, and no memory", f, err)
	}
	three, err := s.Forecast(t.Context(), sub, Sweep{Repeat: 3}, speed)
	if err != nil || three.Duration != 3*f.Duration {
		t.Errorf("three runs: %v, %v; one: %v", three.Duration, err, f.Duration)
	}
	if f, err := newTrainedStore(t).Forecast(t.Context(), sub, Sweep{}, speed); err != nil || f.Measured || f.Like == "" {
		t.Errorf("where a run has finished: %+v, %v", f, err)
	}
}
