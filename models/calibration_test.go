package models

import (
	"math"
	"math/rand/v2"
	"testing"
)

// draw makes n rows of probabilities and right answers drawn from them; the
// rows are then sharpened (or dulled) as if a model had logits that are scale
// times too large.
func draw(n int, scale float64) (rows [][]float64, truth []int) {
	r := rand.New(rand.NewPCG(7, 11))
	for range n {
		row := make([]float64, 5)
		sum := 0.0
		for j := range row {
			row[j] = math.Exp(2 * r.NormFloat64())
			sum += row[j]
		}
		at, u := 0, r.Float64()*sum
		for ; at < 4 && u >= row[at]; at++ {
			u -= row[at]
		}
		rows, truth = append(rows, temper(row, 1/scale)), append(truth, at)
	}
	return rows, truth
}

func TestTemperatureUndoesOverconfidence(t *testing.T) {
	rows, truth := draw(4000, 2)
	near(t, "temperature", fitTemperature(rows, truth), 2, .1)
}

func TestTemperatureUndoesUnderconfidence(t *testing.T) {
	rows, truth := draw(4000, .5)
	near(t, "temperature", fitTemperature(rows, truth), .5, .03)
}

func TestCalibratedProbabilitiesKeepTheirTemperature(t *testing.T) {
	for _, n := range []int{50, 300, 3000} {
		rows, truth := draw(n, 1)
		near(t, "temperature", fitTemperature(rows, truth), 1, .1)
	}
}

// What few rows say is believed less than the same of many.
func TestFewRowsMoveTheTemperatureLess(t *testing.T) {
	before := 1.0
	for _, n := range []int{5, 50, 500, 5000} {
		rows, truth := draw(n, 3)
		got := fitTemperature(rows, truth)
		if got <= before {
			t.Errorf("%d rows: temperature %v, fewer had %v", n, got, before)
		}
		before = got
	}
	near(t, "of many", before, 3, .15)
}

func TestTemperatureOfDegenerateRows(t *testing.T) {
	certain := [][]float64{{1, 0}, {1, 0}, {0, 1}}
	for name, truth := range map[string][]int{
		"always right":             {0, 0, 1},
		"always wrong":             {1, 1, 0},
		"labels it never answers":  {-1, -1, -1},
		"some labels not answered": {0, -1, 1},
	} {
		got := fitTemperature(certain, truth)
		if !(got >= temperatureLow && got <= temperatureHigh) {
			t.Errorf("%s: temperature %v", name, got)
		}
	}
	near(t, "temperature of no rows", fitTemperature(nil, nil), 1, 1e-3)
}

func TestTemperKeepsOrderAndSum(t *testing.T) {
	row := []float64{.1, 0, .6, .3}
	for _, temperature := range []float64{temperatureLow, .7, 1, 2, temperatureHigh} {
		got := temper(row, temperature)
		sum := 0.0
		for _, p := range got {
			sum += p
		}
		near(t, "sum", sum, 1, 1e-12)
		if !(got[2] > got[3] && got[3] > got[0] && got[0] > got[1] && got[1] == 0) {
			t.Errorf("temperature %v: %v lost its order", temperature, got)
		}
	}
	// By hand: square roots of .64 and .36 are .8 and .6.
	near(t, "tempered", temper([]float64{.64, .36}, 2)[0], .8/1.4, 1e-12)
}
