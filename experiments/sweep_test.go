package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"ringlab/models"
)

// TestASweepIsEveryCombinationTimesEverySeed: seeds of one combination stand
// side by side, and what was set stays set.
func TestASweepIsEveryCombinationTimesEverySeed(t *testing.T) {
	sweep := Sweep{Axes: []Axis{axis(t, "trees=10, 20"), axis(t, "min_leaf=1,2")}, Repeat: 2}
	subs, err := sweep.Expand(Submission{Preset: "trees", Seed: 5, Set: map[string]string{"max_features": "0.5"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, sub := range subs {
		got = append(got, fmt.Sprint(sub.Set["trees"], "/", sub.Set["min_leaf"], "/", sub.Set["max_features"], "/", sub.Seed))
	}
	want := []string{
		"10/1/0.5/5", "10/1/0.5/6", "10/2/0.5/5", "10/2/0.5/6",
		"20/1/0.5/5", "20/1/0.5/6", "20/2/0.5/5", "20/2/0.5/6",
	}
	if !slices.Equal(got, want) || sweep.Runs() != len(want) {
		t.Errorf("%d runs: %v, want %v", sweep.Runs(), got, want)
	}
}

// TestDrawsStayInTheirRangeAndFollowTheSeed: the same seed draws the same, whole
// numbers where the preset wants them, and every power of ten is as likely as the next.
func TestDrawsStayInTheirRangeAndFollowTheSeed(t *testing.T) {
	sweep := Sweep{Axes: []Axis{axis(t, "trees=log:1..1000"), axis(t, "max_features=0.2..0.9")}, Samples: 300}
	sub := Submission{Preset: "trees", Seed: 7}
	subs, err := sweep.Expand(sub)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sweep.Expand(sub)
	if err != nil {
		t.Fatal(err)
	}
	decades := map[int]int{}
	for i, one := range subs {
		values, err := parameters(one)
		if err != nil {
			t.Fatal(err)
		}
		if share := values["max_features"].(float64); share < 0.2 || share > 0.9 {
			t.Errorf("drew max_features=%v out of 0.2..0.9", share)
		}
		decades[int(math.Log10(float64(values["trees"].(int))))]++
		if fmt.Sprint(one.Set) != fmt.Sprint(again[i].Set) {
			t.Errorf("draw %d: %v, then %v", i, one.Set, again[i].Set)
		}
	}
	for decade := range 3 {
		if decades[decade] < 70 {
			t.Errorf("%d of 300 draws from 10^%d to 10^%d, want about 100", decades[decade], decade, decade+1)
		}
	}
}

// TestSweepsThatCannotBeAreRefused, with a sentence that says what to do.
func TestSweepsThatCannotBeAreRefused(t *testing.T) {
	for _, text := range []string{"", "trees", "=1", "trees=", "trees=1,,2", "trees=1,1", "trees=5..1", "trees=a..b", "trees=log:0..1", "trees=1..1e999", "trees=NaN..1"} {
		if got, err := ParseAxis(text); err == nil {
			t.Errorf("ParseAxis(%q) = %v", text, got)
		}
	}
	for name, c := range map[string]struct {
		sweep Sweep
		set   map[string]string
		say   string
	}{
		"set and swept":         {sweep: Sweep{Axes: []Axis{axis(t, "trees=1,2")}}, set: map[string]string{"trees": "3"}, say: "given twice"},
		"swept twice":           {sweep: Sweep{Axes: []Axis{axis(t, "trees=1,2"), axis(t, "trees=3,4")}}, say: "given twice"},
		"a range has no end":    {sweep: Sweep{Axes: []Axis{axis(t, "trees=1..2")}}, say: "--samples"},
		"nothing to draw":       {sweep: Sweep{Samples: 3}, say: "name a parameter"},
		"no such parameter":     {sweep: Sweep{Axes: []Axis{axis(t, "tree=1,2")}}, say: `did you mean "trees"`},
		"a value not allowed":   {sweep: Sweep{Axes: []Axis{axis(t, "trees=1,-5")}}, say: "outside its range"},
		"more than a year":      {sweep: Sweep{Axes: []Axis{{Parameter: "trees", Values: make([]string, 1001)}}}, say: "more than 1000"},
		"a billion seeds":       {sweep: Sweep{Repeat: 1 << 30}, say: "more than 1000"},
		"seeds less than none":  {sweep: Sweep{Repeat: -1}, say: "negative"},
		"more than can be told": {sweep: Sweep{Repeat: 1 << 40, Samples: 1 << 40, Axes: []Axis{axis(t, "trees=1,2")}}, say: "more than 1000"},
	} {
		_, err := c.sweep.Expand(Submission{Preset: "trees", Set: c.set})
		if err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want a sentence with %q", name, err, c.say)
		}
	}
}

// TestSeedGroupsHaveMeanAndSpread, the better group first and each named by
// what differs.
func TestSeedGroupsHaveMeanAndSpread(t *testing.T) {
	run := func(id string, trees int, seed uint64, accuracy float64) Run {
		r := Run{ID: id, Spec: Spec{Preset: "trees", Split: "demo", Seed: seed, Parameters: models.Values{"trees": trees, "min_leaf": 1}}}
		if accuracy > 0 {
			r.Evaluation = &models.Evaluation{Accuracy: accuracy}
		}
		return r
	}
	groups := SeedGroups([]Run{run("1", 10, 2, .7), run("2", 20, 1, .9), run("3", 10, 1, .8), run("4", 20, 2, 0), run("5", 30, 1, 0), run("6", 10, 3, .9)})
	var got []string
	for _, g := range groups {
		text := fmt.Sprintf("%s %.3f %.3f:", g.Differs, g.Mean, g.Spread)
		for _, r := range g.Runs {
			text += " " + r.ID
		}
		got = append(got, text)
	}
	want := []string{"trees=20 0.900 NaN: 2 4", "trees=10 0.800 0.100: 3 1 6", "trees=30 NaN NaN: 5"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestASweepIsQueuedAsAWholeOrNotAtAll: one refused run leaves none behind.
func TestASweepIsQueuedAsAWholeOrNotAtAll(t *testing.T) {
	s := newStore(t)
	sub := Submission{Preset: "trees", Split: "demo", Seed: 3}
	runs, err := s.SubmitAll(t.Context(), sub, Sweep{Axes: []Axis{axis(t, "trees=5,6")}, Repeat: 2})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, run := range runs {
		got = append(got, fmt.Sprint(run.ID, ":", run.Spec.Parameters["trees"], ":", run.Spec.Seed))
	}
	if want := []string{"1:5:3", "2:5:4", "3:6:3", "4:6:4"}; !slices.Equal(got, want) {
		t.Errorf("queued %v, want %v", got, want)
	}
	if _, err := s.SubmitAll(t.Context(), sub, Sweep{Axes: []Axis{axis(t, "trees=5,0")}}); err == nil {
		t.Error("a sweep with a value that is not allowed was queued")
	}
	if all, err := s.Runs(t.Context(), RunQuery{}); err != nil || len(all) != 4 {
		t.Errorf("%d runs, %v; want the 4 from before", len(all), err)
	}
}

// FuzzParseAxis: whatever is typed, an axis has values or an ordered range.
func FuzzParseAxis(f *testing.F) {
	for _, text := range []string{"trees=1,2,3", "rate=0.1..1", "rate=log:1e-4..1", "a=..", "=,", "x=1...2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		axis, err := ParseAxis(text)
		if err != nil {
			return
		}
		if axis.Parameter == "" || len(axis.Values) == 0 && !(axis.Low < axis.High) {
			t.Errorf("%q is read as %+v", text, axis)
		}
	})
}

func axis(t *testing.T, text string) Axis {
	t.Helper()
	a, err := ParseAxis(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
