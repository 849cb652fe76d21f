//go:build !purego

package engine

// avx2NormPasses take channels in eights; other numbers go through plain Go.
var avx2NormPasses = normPasses{
	sumRow: func(sums []float64, row []float32) {
		c := len(sums)
		if c%8 != 0 {
			plainSumRow(sums, row)
			return
		}
		avx2SumRow(&sums[0], &row[0], uintptr(c*floatBytes), uintptr(len(row)/c), uintptr(c/8))
	},
	squareRow: func(sums []float64, mean, row []float32) {
		c := len(sums)
		if c%8 != 0 {
			plainSquareRow(sums, mean, row)
			return
		}
		avx2SquareRow(&sums[0], &mean[0], &row[0], uintptr(c*floatBytes), uintptr(len(row)/c), uintptr(c/8))
	},
	norm: func(n *Norm, to, from []float32) {
		c := len(n.Mean)
		if c%8 != 0 {
			plainNorm(n, to, from)
			return
		}
		avx2Norm(&to[0], &from[0], &n.Mean[0], &n.Inverse[0], &n.Scale[0], &n.Shift[0],
			uintptr(c*floatBytes), uintptr(len(from)/c), uintptr(c/8))
	},
	normGradSums: func(n *Norm, grads, gradXs []float64, from, grad []float32) {
		c := len(n.Mean)
		if c%8 != 0 {
			plainNormGradSums(n, grads, gradXs, from, grad)
			return
		}
		avx2NormGradSums(&grads[0], &gradXs[0], &from[0], &grad[0], &n.Mean[0], &n.Inverse[0],
			uintptr(c*floatBytes), uintptr(len(from)/c), uintptr(c/8))
	},
	normGrad: func(n *Norm, to, from, grad []float32) {
		c := len(n.Mean)
		if c%8 != 0 {
			plainNormGrad(n, to, from, grad)
			return
		}
		avx2NormGrad(&to[0], &from[0], &grad[0], &n.Mean[0], &n.Inverse[0], &n.Factor[0], &n.MeanGrad[0], &n.MeanGradX[0],
			uintptr(c*floatBytes), uintptr(len(from)/c), uintptr(c/8))
	},
}
