package models

import (
	"math"
	"slices"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %v, want %v within %v", what, got, want, within)
	}
}

// said makes predictions of full confidence.
func said(labels ...int) []Prediction {
	predictions := make([]Prediction, len(labels))
	for i, l := range labels {
		predictions[i] = Prediction{Label: l, Confidence: 1}
	}
	return predictions
}

// The figures for method 3 in R. G. Newcombe 1998, Statistics in Medicine 17,
// p. 861, table I.
func TestWilsonGivesThePublishedIntervals(t *testing.T) {
	for _, c := range []struct {
		hits, n   int
		low, high float64
	}{
		{81, 263, .2553, .3662},
		{15, 148, .0624, .1605},
		{0, 20, 0, .1611},
		{1, 29, .0061, .1718},
	} {
		low, high := Wilson(c.hits, c.n)
		near(t, "low", low, c.low, 5e-5)
		near(t, "high", high, c.high, 5e-5)
	}
}

func TestWilsonStaysWithinZeroAndOne(t *testing.T) {
	for n := range 60 {
		for hits := range n + 1 {
			low, high := Wilson(hits, n)
			share := float64(hits) / max(float64(n), 1)
			if !(0 <= low && low <= high && high <= 1) || n > 0 && (share < low || share > high) {
				t.Fatalf("Wilson(%d, %d) = %v, %v", hits, n, low, high)
			}
			mirrorLow, mirrorHigh := Wilson(n-hits, n)
			near(t, "mirrored low", 1-mirrorHigh, low, 1e-12)
			near(t, "mirrored high", 1-mirrorLow, high, 1e-12)
		}
	}
	if low, high := Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("of nothing: %v, %v, want 0, 1", low, high)
	}
}

// By hand: label 0 has precision 1/2 and recall 1, so F1 2/3; label 1 has no
// hit; label 2 has precision 1 and recall 2/3, so F1 4/5.
func TestEvaluateWorkedExampleOfThreeLabels(t *testing.T) {
	e := Evaluate([]int{0, 1, 2, 2, 2}, said(0, 0, 2, 2, 1))
	near(t, "accuracy", e.Accuracy, .6, 1e-12)
	near(t, "macro F1", e.MacroF1, (2./3+0+.8)/3, 1e-12)
	near(t, "weighted F1", e.WeightedF1, (2./3+0+3*.8)/5, 1e-12)
	near(t, "within one", e.WithinOne, 1, 0)
	near(t, "majority", e.Majority, .6, 1e-12)
	if e.MajorityLabel != 2 {
		t.Errorf("majority label %d, want 2", e.MajorityLabel)
	}
	for i, want := range []ClassMetrics{
		{Label: 0, Support: 1, Precision: .5, Recall: 1, F1: 2. / 3},
		{Label: 1, Support: 1},
		{Label: 2, Support: 3, Precision: 1, Recall: 2. / 3, F1: .8},
	} {
		got := e.PerClass[i]
		if got.Label != want.Label || got.Support != want.Support {
			t.Errorf("row %d: label %d support %d, want %d and %d", i, got.Label, got.Support, want.Label, want.Support)
		}
		near(t, "precision", got.Precision, want.Precision, 1e-12)
		near(t, "recall", got.Recall, want.Recall, 1e-12)
		near(t, "F1", got.F1, want.F1, 1e-12)
	}
	want := [][]int{{1, 0, 0}, {1, 0, 0}, {0, 1, 2}}
	if !slices.EqualFunc(e.Confusion, want, slices.Equal) {
		t.Errorf("confusion %v, want %v", e.Confusion, want)
	}
}

// The replaced demo's report on its 25 holdout pictures: accuracy .44, below
// the .60 of always saying 4, macro F1 .21, weighted F1 .46.
func TestEvaluateRepeatsTheReplacedDemosReport(t *testing.T) {
	confusion := [5][5]int{ // 1 to 5 rings
		{0, 0, 0, 0, 1},
		{0, 0, 0, 0, 1},
		{0, 1, 0, 0, 4},
		{0, 0, 3, 8, 4},
		{0, 0, 0, 0, 3},
	}
	var truth, predicted []int
	for row, counts := range confusion {
		for column, n := range counts {
			for range n {
				truth, predicted = append(truth, row+1), append(predicted, column+1)
			}
		}
	}
	e := Evaluate(truth, said(predicted...))
	near(t, "accuracy", e.Accuracy, .44, 1e-12)
	near(t, "macro F1", e.MacroF1, .21, .005)
	near(t, "weighted F1", e.WeightedF1, .46, .005)
	near(t, "majority", e.Majority, .60, 1e-12)
	near(t, "recall of 4", e.PerClass[3].Recall, 8./15, 1e-12)
	near(t, "recall of 5", e.PerClass[4].Recall, 1, 0)
	// One, two and three rings off: 1 as 5, 2 as 5, four 3 as 5.
	near(t, "within one", e.WithinOne, 19./25, 1e-12)
	for i := range confusion {
		if !slices.Equal(e.Confusion[i], confusion[i][:]) {
			t.Errorf("confusion row %d: %v, want %v", i, e.Confusion[i], confusion[i])
		}
	}
}

func TestEvaluateCountsLabelsThatOnlyPredictionsHave(t *testing.T) {
	e := Evaluate([]int{1, 1}, said(1, 7))
	if !slices.Equal(e.Labels, []int{1, 7}) {
		t.Fatalf("labels %v, want 1 and 7", e.Labels)
	}
	near(t, "macro F1", e.MacroF1, (2./3+0)/2, 1e-12)
	near(t, "weighted F1", e.WeightedF1, 2./3, 1e-12)
	if low, high := e.PerClass[1].RecallLow, e.PerClass[1].RecallHigh; low != 0 || high != 1 {
		t.Errorf("recall without support: %v to %v, want 0 to 1", low, high)
	}
}

// By hand: in the bin of .9 three answers of which two are right, |2.7-2|; in
// that of .5 one answer, wrong, .5; of four records.
func TestECEWorkedExample(t *testing.T) {
	predictions := []Prediction{
		{Label: 1, Confidence: .9}, {Label: 1, Confidence: .9}, {Label: 1, Confidence: .9},
		{Label: 1, Confidence: .5},
	}
	e := Evaluate([]int{1, 1, 2, 2}, predictions)
	near(t, "ECE", e.ECE, (.7+.5)/4, 1e-12)
}

func TestECEBinsAreClosedAbove(t *testing.T) {
	// 1/15 belongs to the first bin, so it meets 0.01 there: |(1/15+.01) - 1|.
	e := Evaluate([]int{1, 1}, []Prediction{{Label: 1, Confidence: 1. / 15}, {Label: 2, Confidence: .01}})
	near(t, "ECE", e.ECE, (1-1./15-.01)/2, 1e-12)
}

func TestEvaluateOfNothing(t *testing.T) {
	e := Evaluate(nil, nil)
	if e.Accuracy != 0 || e.AccuracyLow != 0 || e.AccuracyHigh != 1 || e.ECE != 0 || e.MacroF1 != 0 || e.Majority != 0 {
		t.Errorf("%+v, want shares of 0 and an interval of 0 to 1", e)
	}
}

func TestWithinOneSurvivesLabelsFarApart(t *testing.T) {
	e := Evaluate([]int{math.MinInt, 3}, said(math.MaxInt, 4))
	near(t, "within one", e.WithinOne, .5, 0)
}
