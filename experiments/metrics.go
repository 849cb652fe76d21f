package experiments

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Point is one value of a curve; Value may be NaN.
type Point struct {
	Step  int64
	Value float64
	Time  time.Time
}

// Steps is a range of steps, both ends included. The zero value is all of them.
type Steps struct{ First, Last int64 }

// All tells whether the range is the zero value.
func (r Steps) All() bool { return r == Steps{} }

// Curve reads a metric in order of step, downsampled to about points values:
// the minimum, the maximum and the last of each bucket of steps, so that no
// peak is lost on a screen. 0 reads all. A metric that the run does not have
// is empty.
func (s *Store) Curve(ctx context.Context, run, key string, points int) ([]Point, error) {
	return s.CurveWithin(ctx, run, key, Steps{}, points)
}

// CurveWithin is Curve for a part of the steps, with the point before and the
// point after it, so that the line reaches both edges of a chart.
func (s *Store) CurveWithin(ctx context.Context, run, key string, steps Steps, points int) ([]Point, error) {
	n, err := parseRunID(run)
	if err != nil {
		return nil, err
	}
	if steps.All() {
		steps = Steps{math.MinInt64, math.MaxInt64}
	}
	curve, err := s.samplePoints(ctx, n, key, steps, points)
	if err != nil {
		return nil, fmt.Errorf("read curve %s of run %s: %w", key, run, err)
	}
	return curve, nil
}

// MetricKeys lists what a run has curves of, by name.
func (s *Store) MetricKeys(ctx context.Context, run string) ([]string, error) {
	n, err := parseRunID(run)
	if err != nil {
		return nil, err
	}
	keys, err := s.readMetricKeys(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("list metrics of run %s: %w", run, err)
	}
	return keys, nil
}

// sampler reduces a stream of points, in order of step, to at most three a
// bucket. It holds one bucket in memory.
type sampler struct {
	first   int64   // step of the first point
	width   float64 // steps a bucket
	bucket  int64
	any     bool
	low     Point
	high    Point
	last    Point
	sampled []Point
}

// newSampler cuts the steps from first to last into buckets for about the
// given number of points.
func newSampler(first, last int64, points int) *sampler {
	buckets := max(points/3, 1)
	// In floats: the steps may span more than an int64 holds.
	return &sampler{first: first, width: (float64(last) - float64(first) + 1) / float64(buckets)}
}

func (s *sampler) add(p Point) {
	bucket := int64((float64(p.Step) - float64(s.first)) / s.width)
	if s.any && bucket != s.bucket {
		s.flush()
	}
	if !s.any {
		s.bucket, s.any, s.low, s.high = bucket, true, p, p
	}
	// Any number is lower and higher than NaN: a bucket shows its numbers.
	if p.Value < s.low.Value || math.IsNaN(s.low.Value) {
		s.low = p
	}
	if p.Value > s.high.Value || math.IsNaN(s.high.Value) {
		s.high = p
	}
	s.last = p
}

func (s *sampler) flush() {
	if !s.any {
		return
	}
	first, second := s.low, s.high
	if first.Step > second.Step {
		first, second = second, first
	}
	s.sampled = append(s.sampled, first)
	if second.Step != first.Step {
		s.sampled = append(s.sampled, second)
	}
	if s.last.Step != second.Step {
		s.sampled = append(s.sampled, s.last)
	}
	s.any = false
}
