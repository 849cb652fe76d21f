package models

import (
	"context"
	"fmt"
	"math"

	"ringlab/data/picture"
)

const (
	// calibrationLeast is the fewest validation pictures from which a
	// temperature is fitted: below, its own error is larger than what it mends.
	calibrationLeast = 50
	// Temperatures outside mean that validation is degenerate, not that the
	// model is that wrong.
	temperatureLow, temperatureHigh = .25, 4
	// temperatureSpread is the prior's standard deviation of log T: most models
	// need no more than from .4 to 2.7.
	temperatureSpread = .5
	// probabilityFloor stands in for a probability of 0 in the logarithm.
	probabilityFloor = 1e-6
)

// calibrate fits the temperature on validation, or answers 1. answers are those
// of a rehearsal; nil asks the predictor.
func calibrate(ctx context.Context, p predictor, validation []Sample, answers [][]float64, h Hooks) (float64, error) {
	if len(validation) < calibrationLeast {
		return 1, nil
	}
	labels := p.labels()
	truth := make([]int, len(validation))
	for i, s := range validation {
		truth[i] = indexOf(labels, s.Label)
	}
	if answers != nil {
		return fitTemperature(answers, truth), nil
	}
	for start := 0; start < len(validation); start += predictBatch {
		h.phase("calibrating", start, len(validation))
		batch := validation[start:min(start+predictBatch, len(validation))]
		pictures := make([]*picture.Picture, len(batch))
		for i, s := range batch {
			var err error
			if pictures[i], err = s.Load(ctx); err != nil {
				return 1, fmt.Errorf("load the picture of record %d: %w", s.Record, err)
			}
		}
		answered, err := askPredictor(ctx, p, pictures)
		if err != nil {
			return 1, fmt.Errorf("calibrate: %w", err)
		}
		answers = append(answers, answered...)
	}
	h.phase("calibrating", len(validation), len(validation))
	return fitTemperature(answers, truth), nil
}

// indexOf is the position of label in the ascending labels, -1 for none: a
// label that occurs in validation only can never be answered.
func indexOf(labels []int, label int) int {
	for i, l := range labels {
		if l == label {
			return i
		}
	}
	return -1
}

// fitTemperature finds the T of p^(1/T) that is likeliest on rows, whose right
// answers stand at truth (-1: not among them): least is the log loss (Guo et al.
// 2017, "On Calibration of Modern Neural Networks", section 4.2) plus what a
// normal prior of log T around 0 adds. The prior keeps few rows from moving T
// far by chance; of many it is not felt.
func fitTemperature(rows [][]float64, truth []int) float64 {
	loss := func(logT float64) float64 {
		sum := .5 * logT * logT / (temperatureSpread * temperatureSpread)
		for i := range rows {
			if truth[i] >= 0 { // else it is the same at any temperature
				sum -= math.Log(max(temper(rows[i], math.Exp(logT))[truth[i]], probabilityFloor))
			}
		}
		return sum
	}
	return math.Exp(goldenSection(loss, math.Log(temperatureLow), math.Log(temperatureHigh)))
}

// goldenSection finds the minimum of a function with one valley in [low, high],
// to 1e-4.
func goldenSection(f func(float64) float64, low, high float64) float64 {
	shrink := (math.Sqrt(5) - 1) / 2
	a, b := high-shrink*(high-low), low+shrink*(high-low)
	fa, fb := f(a), f(b)
	for high-low > 1e-4 {
		if fa <= fb {
			high, b, fb = b, a, fa
			a = high - shrink*(high-low)
			fa = f(a)
		} else {
			low, a, fa = a, b, fb
			b = low + shrink*(high-low)
			fb = f(b)
		}
	}
	return (low + high) / 2
}

// temper raises each probability to the power 1/t and scales them to sum to 1.
// For probabilities of a softmax that is dividing its logits by t. The greatest
// stays the greatest. The row must have one that is above 0.
func temper(row []float64, t float64) []float64 {
	top := 0.0
	for _, p := range row {
		top = max(top, p)
	}
	out := make([]float64, len(row))
	sum := 0.0
	for i, p := range row {
		out[i] = math.Pow(p/top, 1/t)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
