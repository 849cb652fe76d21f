package experiments

import (
	"math"
	"testing"
)

func TestPairedIntervalMatchesPublishedExamples(t *testing.T) {
	for _, c := range []struct {
		source           string
		table            paired
		value, low, high float64
	}{
		// Altman, Machin, Bryant, Gardner 2000, "Statistics with Confidence",
		// 2nd ed., chapter 6: thallium stress test, 14/5/0/22. There the first
		// share minus the second; here the second minus the first.
		{"Altman 2000", paired{both: 14, first: 0, second: 5, none: 22}, 5. / 41, 0.011, 0.226},
		// Fagerland, Lydersen, Laake 2014, Statistics in Medicine 33, 2850–2875:
		// airway hyper-responsiveness before and after transplantation.
		{"Fagerland 2014", paired{both: 1, first: 7, second: 1, none: 12}, -6. / 21, -0.507, -0.026},
	} {
		d := c.table.difference()
		if math.Abs(d.Value-c.value) > 1e-12 || math.Abs(d.Low-c.low) > 5e-4 || math.Abs(d.High-c.high) > 5e-4 {
			t.Errorf("%s: %.4f (%.4f to %.4f), want %.4f (%.3f to %.3f)", c.source, d.Value, d.Low, d.High, c.value, c.low, c.high)
		}
	}
}

func TestPairedIntervalTurnsAroundWithTheModels(t *testing.T) {
	for _, c := range []paired{{3, 1, 4, 2}, {0, 0, 5, 0}, {10, 2, 0, 0}, {0, 3, 3, 0}, {25, 0, 0, 0}, {0, 0, 0, 1}} {
		d := c.difference()
		back := paired{both: c.both, first: c.second, second: c.first, none: c.none}.difference()
		if math.Abs(d.Low+back.High) > 1e-12 || math.Abs(d.High+back.Low) > 1e-12 || d.P != back.P {
			t.Errorf("%+v: %+v, the other way round %+v", c, d, back)
		}
		if !(-1 <= d.Low && d.Low <= d.Value && d.Value <= d.High && d.High <= 1) {
			t.Errorf("%+v: %+v is no interval around its value", c, d)
		}
	}
}

func TestExactMcNemarMatchesBinomialTails(t *testing.T) {
	for _, c := range []struct {
		first, second int
		want          float64
	}{
		{0, 0, 1},
		{3, 3, 1},
		{1, 7, 2 * 9. / 256},         // Fagerland 2014: 0.070
		{0, 5, 2 * 1. / 32},          // all five discordant pairs one way
		{2, 8, 2 * 56. / 1024},       // 1 + 10 + 45
		{0, 2000, 0},                 // no underflow to NaN
		{1000, 1000, 1},              // nor overflow
		{4, 16, 2 * 6196. / 1048576}, // 1+20+190+1140+4845
	} {
		if got := mcnemar(c.first, c.second); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("mcnemar(%d, %d) = %v, want %v", c.first, c.second, got, c.want)
		}
	}
}
