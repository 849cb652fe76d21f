package experiments

import (
	"database/sql"
	"math"
	"slices"
	"testing"
	"time"
)

// withCurve gives a queued run a curve.
func withCurve(t *testing.T, s *Store, key string, values map[int64]float64) string {
	t.Helper()
	run := submit(t, s, quickTrees(1))
	n, _ := parseRunID(run.ID)
	var points []metricPoint
	for step, value := range values {
		points = append(points, metricPoint{key: key, Point: Point{Step: step, Value: value, Time: time.UnixMilli(1000 + step)}})
	}
	if err := s.ws.Write(t.Context(), func(tx *sql.Tx) error { return writePoints(t.Context(), tx, n, points) }); err != nil {
		t.Fatal(err)
	}
	return run.ID
}

func TestACurveIsReadAsItWasWritten(t *testing.T) {
	s := newStore(t)
	want := map[int64]float64{-3: 1.5, 0: math.NaN(), 7: math.Inf(1), 8: math.Inf(-1), math.MaxInt64: 5e-324, math.MinInt64: 0.1}
	id := withCurve(t, s, "loss", want)
	points, err := s.Curve(t.Context(), id, "loss", 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(points) != len(want) || !slices.IsSortedFunc(points, func(a, b Point) int { return map[bool]int{true: -1, false: 1}[a.Step < b.Step] }) {
		t.Fatalf("points %v", points)
	}
	for _, p := range points {
		if w := want[p.Step]; p.Value != w && !(math.IsNaN(p.Value) && math.IsNaN(w)) {
			t.Errorf("step %d is %v, want %v", p.Step, p.Value, w)
		}
	}
	if run, err := s.Run(t.Context(), id); err != nil || run.Metrics["loss"] != 5e-324 {
		t.Errorf("last value %v, %v", run.Metrics, err)
	}
	if keys, err := s.MetricKeys(t.Context(), id); err != nil || !slices.Equal(keys, []string{"loss"}) {
		t.Errorf("keys %v, %v", keys, err)
	}
	if points, err := s.Curve(t.Context(), id, "other", 10); err != nil || len(points) != 0 {
		t.Errorf("a curve that is not there: %v, %v", points, err)
	}
	// The same steps again, as a resumed run writes them.
	n, _ := parseRunID(id)
	again := []metricPoint{{key: "loss", Point: Point{Step: 7, Value: 2}}}
	if err := s.ws.Write(t.Context(), func(tx *sql.Tx) error { return writePoints(t.Context(), tx, n, again) }); err != nil {
		t.Fatal(err)
	}
	if points, _ := s.Curve(t.Context(), id, "loss", 0); len(points) != len(want) || points[3].Value != 2 {
		t.Errorf("after writing step 7 again: %v", points)
	}
}

func TestADownsampledCurveKeepsPeaksAndTheEnd(t *testing.T) {
	s := newStore(t)
	const n = 10_000
	values := make(map[int64]float64, n)
	for i := range int64(n) {
		values[i] = math.Sin(float64(i) / 500)
	}
	values[4321], values[8765] = 99, -99
	for i := int64(2000); i < 2400; i++ {
		values[i] = math.NaN()
	}
	id := withCurve(t, s, "loss", values)
	for _, want := range []int{1, 3, 80, 600} {
		points, err := s.Curve(t.Context(), id, "loss", want)
		if err != nil {
			t.Fatal(err)
		}
		if len(points) > max(want, 3) {
			t.Errorf("%d points where about %d were asked for", len(points), want)
		}
		has := func(step int64) bool {
			return slices.ContainsFunc(points, func(p Point) bool { return p.Step == step })
		}
		if !has(4321) || !has(8765) || points[len(points)-1].Step != n-1 {
			t.Errorf("asked for %d points: a peak or the last one is lost", want)
		}
		for i, p := range points {
			if i > 0 && p.Step <= points[i-1].Step {
				t.Fatalf("steps do not rise: %v", points)
			}
			if w := values[p.Step]; p.Value != w && !math.IsNaN(w) {
				t.Errorf("step %d is %v, want %v", p.Step, p.Value, w)
			}
		}
	}
	points, err := s.Curve(t.Context(), id, "loss", n)
	if err != nil || len(points) != n {
		t.Errorf("%d points, %v; a short curve is whole", len(points), err)
	}
}

func TestABucketShowsItsNumbersRatherThanNaN(t *testing.T) {
	sampler := newSampler(0, 5, 3)
	for i, v := range []float64{math.NaN(), 2, 1, math.NaN(), 3, math.NaN()} {
		sampler.add(Point{Step: int64(i), Value: v})
	}
	sampler.flush()
	var steps []int64
	for _, p := range sampler.sampled {
		steps = append(steps, p.Step)
	}
	if !slices.Equal(steps, []int64{2, 4, 5}) {
		t.Errorf("steps %v, want the lowest 2, the highest 4 and the last 5", steps)
	}
}

func TestStepsThatSpanAllIntegersAreSampled(t *testing.T) {
	sampler := newSampler(math.MinInt64, math.MaxInt64, 6)
	for _, step := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
		sampler.add(Point{Step: step, Value: float64(step)})
	}
	sampler.flush()
	if n := len(sampler.sampled); n < 2 || sampler.sampled[0].Step != math.MinInt64 || sampler.sampled[n-1].Step != math.MaxInt64 {
		t.Errorf("sampled %v", sampler.sampled)
	}
}

// TestAPartOfACurveReachesBothEdges: the steps asked for and one neighbour on
// each side, where there is one.
func TestAPartOfACurveReachesBothEdges(t *testing.T) {
	s := newStore(t)
	id := withCurve(t, s, "loss", map[int64]float64{1: 1, 4: 4, 5: 5, 6: 6, 20: 20, 30: 30})
	for steps, want := range map[Steps][]int64{
		{4, 6}:    {1, 4, 5, 6, 20},
		{7, 9}:    {6, 20},
		{-5, 1}:   {1, 4},
		{25, 90}:  {20, 30},
		{40, 50}:  {30},
		{-9, -1}:  {1},
		{0, 0}:    {1, 4, 5, 6, 20, 30},
		{1, 1000}: {1, 4, 5, 6, 20, 30},
	} {
		points, err := s.CurveWithin(t.Context(), id, "loss", steps, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, p := range points {
			got = append(got, p.Step)
		}
		if !slices.Equal(got, want) {
			t.Errorf("steps %v: %v, want %v", steps, got, want)
		}
	}
}
