//go:build !purego

package engine

// avx2Passes take whole vectors; what is left over goes through plain Go.
var avx2Passes = passes{
	addRows: func(sum, rows []float32, stride, n int) {
		whole := len(sum) &^ 7
		if whole > 0 {
			avx2AddRows(&sum[0], &rows[0], uintptr(stride*floatBytes), uintptr(n), uintptr(whole/8))
		}
		if whole < len(sum) {
			plainAddRows(sum[whole:], rows[whole:], stride, n)
		}
	},
	adam: func(s *AdamStep, value, grad, mean, square []float32) {
		whole := len(value) &^ 7
		if whole > 0 {
			avx2Adam(&value[0], &grad[0], &mean[0], &square[0], uintptr(whole/8),
				s.Rate, s.Decay, s.Beta1, s.Rest1, s.Beta2, s.Rest2, s.Correction, s.Epsilon, s.Clip)
		}
		plainAdam(s, value[whole:], grad[whole:], mean[whole:], square[whole:])
	},
	drop: func(values []float32, key uint64, limit uint16, scale float32) {
		whole := len(values) &^ 15
		if whole > 0 {
			words := dropWords(key)
			avx2Drop(&values[0], &words[0], uintptr(whole/16), uint32(limit), scale)
		}
		plainDrop(values[whole:], key+uint64(whole/4)*golden, limit, scale)
	},
	rectify: func(values []float32) {
		whole := len(values) &^ 7
		if whole > 0 {
			avx2Rectify(&values[0], uintptr(whole/8))
		}
		plainRectify(values[whole:])
	},
	rectifyGrad: func(grads, values []float32) {
		whole := len(values) &^ 7
		if whole > 0 {
			avx2RectifyGrad(&grads[0], &values[0], uintptr(whole/8))
		}
		plainRectifyGrad(grads[whole:], values[whole:])
	},
	dot: func(x, y []float32) float32 {
		var sums [dotLanes]float32
		whole := len(x) &^ (dotLanes - 1)
		if whole > 0 {
			avx2Dots(&x[0], &y[0], &sums[0], uintptr(whole/dotLanes))
		}
		return endDot(&sums, x[whole:], y[whole:])
	},
	blend: func(average, values []float32, keep float32) {
		whole := len(values) &^ 7
		if whole > 0 {
			avx2Blend(&average[0], &values[0], uintptr(whole/8), keep)
		}
		plainBlend(average[whole:], values[whole:], keep)
	},
}

// dropWords is what avx2Drop begins with.
func dropWords(key uint64) (words [16]uint64) {
	step := uint64(golden)
	for i := range uint64(4) {
		words[i], words[4+i] = key+i*step, 4*step
		words[8+i], words[12+i] = mixFactor1, mixFactor2
	}
	return words
}
