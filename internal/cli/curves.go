package cli

import (
	"context"
	"fmt"
	"math"
	"strings"

	"ringlab/experiments"
)

// curveWidth is the number of cells that a curve is drawn in.
const curveWidth = 48

var learningCurves = []string{"loss", "val_loss", "accuracy", "val_accuracy"}

// printCurves draws the run's learning curves under a title, one line each. A
// run of one epoch has no curve.
func (a *app) printCurves(ctx context.Context, r *rooms, run, title string) error {
	t := newTable(title, ">first", "", ">last", ">best")
	for _, key := range learningCurves {
		points, err := r.experiments.Curve(ctx, run, key, 0)
		if err != nil {
			return err
		}
		if len(points) < 2 {
			continue
		}
		values := make([]float64, len(points))
		for i, p := range points {
			values[i] = p.Value
		}
		t.row(key, number(values[0]), sparkline(values, curveWidth), number(values[len(values)-1]), best(key, points))
	}
	if len(t.rows) > 0 {
		a.print("")
		a.printTable(t)
	}
	return nil
}

// best names the best value of a curve and its epoch: the lowest loss or the
// highest share.
func best(key string, points []experiments.Point) string {
	lower := strings.HasSuffix(key, "loss")
	found := experiments.Point{Value: math.NaN()}
	for _, p := range points {
		better := p.Value > found.Value
		if lower {
			better = p.Value < found.Value
		}
		if better || math.IsNaN(found.Value) {
			found = p
		}
	}
	return fmt.Sprintf("%s at epoch %d", number(found.Value), found.Step)
}

var levels = []rune("▁▂▃▄▅▆▇█")

// sparkline draws values from left to right in at most width cells, from
// their least (▁) to their greatest (█). A cell that stands for several values
// shows their mean; one without any finite value is blank.
func sparkline(values []float64, width int) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	cells := min(width, len(values))
	line := make([]rune, cells)
	for i := range line {
		from, to := i*len(values)/cells, (i+1)*len(values)/cells
		sum, n := 0.0, 0
		for _, v := range values[from:to] {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				sum += v
				n++
			}
		}
		switch {
		case n == 0:
			line[i] = ' '
		case high == low:
			line[i] = levels[0]
		default:
			level := int((sum/float64(n) - low) / (high - low) * float64(len(levels)))
			line[i] = levels[min(max(level, 0), len(levels)-1)]
		}
	}
	return string(line)
}
