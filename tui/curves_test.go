package tui

import (
	"math"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// TestSmoothingIsTheCorrectedRunningMean, worked out by hand for a weight of
// one half; gaps stay, and do not pull the mean.
func TestSmoothingIsTheCorrectedRunningMean(t *testing.T) {
	nan := math.NaN()
	points := []experiments.Point{{Step: 1, Value: 4}, {Step: 2, Value: 1}, {Step: 3, Value: nan}, {Step: 4, Value: 7}, {Step: 5, Value: math.Inf(1)}}
	// 4; (.25·4 + .5·1) / .75; gap; (.125·4 + .25·1 + .5·7) / .875; kept
	want := []float64{4, 2, nan, 34. / 7, math.Inf(1)}
	for i, p := range smoothed(points, .5) {
		if math.Abs(p.Value-want[i]) > 1e-12 || math.IsNaN(p.Value) != math.IsNaN(want[i]) {
			t.Errorf("point %d is %v, want %v", i, p.Value, want[i])
		}
	}
	if !math.IsNaN(points[2].Value) || points[1].Value != 1 {
		t.Error("smoothing changed the points themselves")
	}
}

// TestPanelsPairAMetricWithItsValidation, and show loss and accuracy first.
func TestPanelsPairAMetricWithItsValidation(t *testing.T) {
	got := panelsOf([]string{"accuracy", "f1", "loss", "memory_mb", "val_f1", "val_loss", "val_only"})
	want := []panel{{"loss", "val_loss"}, {"accuracy", "val_accuracy"}, {"f1", "val_f1"}, {"memory_mb", ""}, {"val_only", ""}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestTheViewOfTheCurvesStaysInsideTheRun: zooming and panning without end
// never leaves the steps that there are, and w shows all of them again.
func TestTheViewOfTheCurvesStaysInsideTheRun(t *testing.T) {
	c := newCurves(newBench(t, 120, 40).root.shell, "1", []string{"1", "2", "3"})
	var points []experiments.Point
	for step := int64(1); step <= 100; step++ {
		points = append(points, experiments.Point{Step: step, Value: 1 / float64(step)})
	}
	c.epochs = 100
	c.update(curvesLoadedMsg{request: c.request, metrics: []string{"loss"}, lines: map[curveKey][]experiments.Point{{"1", "loss"}: points}})
	press := func(a action, times int) {
		for range times {
			c.act(a)
			from, to := c.window()
			if from < 1 || to > 100 || from >= to || c.cursor != 0 && (c.cursor < from || c.cursor > to) && a != actZoomIn {
				t.Fatalf("after %s the view is %d to %d, the cursor %d", a, from, to, c.cursor)
			}
		}
	}
	press(actCursorRight, 30)
	press(actZoomIn, 3)
	if from, to := c.window(); to-from != 12 || from > c.cursor || to < c.cursor {
		t.Errorf("three times closer: %d to %d, cursor %d; want 12 epochs around it", from, to, c.cursor)
	}
	press(actPanRight, 50)
	if _, to := c.window(); to != 100 {
		t.Errorf("at the right end the view ends at %d", to)
	}
	press(actPanLeft, 80)
	press(actZoomIn, 20)
	press(actZoomOut, 20)
	press(actCursorLeft, 300)
	press(actWhole, 1)
	if !c.steps.All() || c.cursor != 0 {
		t.Errorf("not all epochs: %v, cursor %d", c.steps, c.cursor)
	}
	if why := c.why(actOverlay); why != "" || !slices.Equal(c.over, []string{"2", "3"}) {
		t.Errorf("the others are %v (%s); a run is not drawn over itself", c.over, why)
	}
}

// TestALogarithmicAxisLeavesGaps where a value has no logarithm, and its
// labels are powers of the same ratio.
func TestALogarithmicAxisLeavesGaps(t *testing.T) {
	th := newBench(t, 120, 40).root.shell.theme
	c := chart{title: "loss", log: true, lines: []series{{points: []experiments.Point{{Step: 1, Value: 100}, {Step: 2, Value: 0}, {Step: 3, Value: -1}, {Step: 4, Value: 1}}, pattern: linePattern(0)}}}
	text := ansi.Strip(strings.Join(c.view(th, 40, 12), "\n"))
	lines := strings.Split(text, "\n")
	if !strings.Contains(lines[1], "100┤") || !strings.Contains(text, " 10.0┤") || !strings.Contains(text, " 1.00┤") {
		t.Errorf("the labels are not 100, 10, 1:\n%s", text)
	}
	if strings.Count(text, "●") != 2 {
		t.Errorf("two points without neighbours should be two marks:\n%s", text)
	}
}

// TestTheCursorTellsTheValuesAtItsStep, of every panel.
func TestTheCursorTellsTheValuesAtItsStep(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	v := b.runsPage().run
	v.section, v.chosen = sectionCurves, true
	before := ansi.Strip(b.frame())
	b.press(",", ",", ",")
	if v.curves.cursor == 0 || !strings.Contains(ansi.Strip(b.frame()), "values at epoch") || ansi.Strip(b.frame()) == before {
		t.Errorf("no values at the cursor:\n%s", ansi.Strip(b.frame()))
	}
	b.press("y", "s")
	if !strings.Contains(ansi.Strip(b.frame()), "logarithmic axis · smoothed 0.5") {
		t.Errorf("the note does not say what is unusual:\n%s", ansi.Strip(b.frame()))
	}
	b.press("v")
	if !strings.Contains(ansi.Strip(b.frame()), "no other run is marked") {
		t.Errorf("nothing says why no run is drawn over it:\n%s", ansi.Strip(b.frame()))
	}
}

// TestASmallComparisonShowsOneChartThatCanBeRead, and both answers of a
// disagreement: a chart of two lines and a table without one of the runs say
// nothing.
func TestASmallComparisonShowsOneChartThatCanBeRead(t *testing.T) {
	b := newBench(t, 60, 18)
	b.giveComparison()
	b.press("right")
	b.giveOverlaidCurves()
	b.wants("loss", "metrics 1 of 2, m shows others")
	b.wantsNot("accuracy")
	if frame := ansi.Strip(b.frame()); strings.Count(frame, "│")+strings.Count(frame, "┤") < 6 {
		t.Errorf("the chart is too low to be read:\n%s", frame)
	}
	b.press("m")
	b.wants("accuracy", "metrics 2 of 2")
	b.give(tea.WindowSizeMsg{Width: 80, Height: 24})
	b.wants("loss", "accuracy")
	b.give(tea.WindowSizeMsg{Width: 60, Height: 18})
	b.press("right", "right")
	b.givePair()
	b.wants("truth", "run 1", "run 2", "✓", "✗")
}
