package tui

import (
	"math"
	"testing"

	"ringlab/data"
	"ringlab/experiments"
)

// TestACellOfTheMatrixOpensItsPictures: from the keyboard alone, into the
// matrix, to a cell, to its pictures, and back to where one came from.
func TestACellOfTheMatrixOpensItsPictures(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.wants("enter matrix", "calibration")
	b.press("enter")
	v := b.runsPage().run
	e := *v.run.Evaluation
	if cell := v.matrix.cell(e); cell.truth == cell.said {
		t.Errorf("the cursor begins on %v, want the mistake that is made most", cell)
	}
	for range 9 {
		b.press("up", "left")
	}
	for range 3 {
		b.press("down")
	}
	cell := v.matrix.cell(e)
	if cell.truth != e.Labels[min(3, len(e.Labels)-1)] || cell.said != e.Labels[0] {
		t.Errorf("three down from the corner is %v", cell)
	}
	// The answers of the fixture: two wrong ones.
	wrong := v.mistakes.answers.all[0]
	cell = matrixCell{wrong.Record.Label, wrong.Predicted}
	for v.matrix.cell(e).said != cell.said {
		b.press("right")
	}
	for v.matrix.cell(e).truth != cell.truth {
		if v.matrix.cell(e).truth < cell.truth {
			b.press("down")
		} else {
			b.press("up")
		}
	}
	b.press("enter")
	b.wants(cell.title() + ": 1 record, esc goes back to the matrix")
	b.press("esc")
	b.wants("calibration", cell.title())
	b.press("esc", "right")
	if v.section != sectionMistakes || v.mistakes.cell != nil || len(v.mistakes.answers.shown) != v.mistakes.wrong() {
		t.Errorf("the list of mistakes shows %d of %d", len(v.mistakes.answers.shown), v.mistakes.wrong())
	}
}

// TestReliabilityIsWhatWasRightBesideHowSure, worked out by hand; a confidence
// of 1 belongs to the last bin.
func TestReliabilityIsWhatWasRightBesideHowSure(t *testing.T) {
	answer := func(confidence float64, right bool) experiments.HoldoutPrediction {
		p := experiments.HoldoutPrediction{Record: data.Record{Label: 3}, Predicted: 4, Confidence: confidence}
		if right {
			p.Predicted = 3
		}
		return p
	}
	got := reliabilityBins([]experiments.HoldoutPrediction{answer(1, true), answer(.92, false), answer(.55, true), answer(.59, true), answer(.51, false), answer(math.NaN(), false)})
	want := []reliability{{0, .1, 1, math.NaN(), 0}, {.5, .6, 3, .55, 2. / 3}, {.9, 1, 2, .96, .5}}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		g, w := got[i], want[i]
		if g.low != w.low || g.high != w.high || g.answers != w.answers || math.Abs(g.sure-w.sure) > 1e-12 || math.Abs(g.right-w.right) > 1e-12 {
			t.Errorf("bin %d is %+v, want %+v", i, g, w)
		}
	}
}
