package trees

import (
	"encoding/binary"
	"math"
	"testing"
)

// FuzzNew holds that a forest from any arrays is either refused or answers
// with shares, and ends.
func FuzzNew(f *testing.F) {
	a := small()
	f.Add(a.Features, a.Classes, ints(a.Roots), ints(a.Feature), floats(a.Threshold), ints(a.Child), floats(a.Shares), floats(a.Importance))
	f.Fuzz(func(t *testing.T, features, classes int, roots, feature, threshold, child, shares, importance []byte) {
		forest, err := New(Arrays{Features: features, Classes: classes,
			Roots: words(roots), Feature: words(feature), Threshold: numbers(threshold),
			Child: words(child), Shares: numbers(shares), Importance: numbers(importance)})
		if err != nil {
			return
		}
		sample, answer := make([]float32, features), make([]float64, classes)
		for _, v := range []float32{0, -1e30, 1e30, float32(math.NaN())} {
			for i := range sample {
				sample[i] = v
			}
			forest.Predict(sample, answer)
			sum := 0.
			for _, share := range answer {
				sum += share
			}
			if !(math.Abs(sum-1) < 1e-6) {
				t.Fatalf("shares %v sum to %v", answer, sum)
			}
		}
	})
}

func ints(from []int32) (to []byte) {
	for _, v := range from {
		to = binary.LittleEndian.AppendUint32(to, uint32(v))
	}
	return to
}

func floats(from []float32) (to []byte) {
	for _, v := range from {
		to = binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
	}
	return to
}

func words(from []byte) (to []int32) {
	for ; len(from) >= 4; from = from[4:] {
		to = append(to, int32(binary.LittleEndian.Uint32(from)))
	}
	return to
}

func numbers(from []byte) (to []float32) {
	for ; len(from) >= 4; from = from[4:] {
		to = append(to, math.Float32frombits(binary.LittleEndian.Uint32(from)))
	}
	return to
}
