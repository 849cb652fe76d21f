package engine

import (
	"math"
	"math/rand/v2"
)

// normPassesUnderTest go over rows of m pixels of n channels.
func normPassesUnderTest() []pass {
	row := func(n, m int) int { return n * m }
	sizes := func(rows, perChannel int) func(n, m int) []int {
		return func(n, m int) (all []int) {
			for range rows {
				all = append(all, row(n, m))
			}
			for range perChannel {
				all = append(all, n)
			}
			return all
		}
	}
	return []pass{
		{"SumRow", sizes(1, 2), func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) {
			withSums(a[1:3], func(sums []float64) { k.SumRow(sums, a[0]) })
		}},
		{"SquareRow", sizes(1, 3), func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) {
			withSums(a[2:4], func(sums []float64) { k.SquareRow(sums, a[1], a[0]) })
		}},
		{"Normalize", sizes(2, 4), func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) {
			k.Normalize(&Norm{Mean: a[2], Inverse: a[3], Scale: a[4], Shift: a[5]}, a[0], a[1])
		}},
		{"NormGradSums", sizes(2, 6), func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) {
			withSums(a[4:6], func(grads []float64) {
				withSums(a[6:8], func(gradXs []float64) {
					k.NormGradSums(&Norm{Mean: a[2], Inverse: a[3]}, grads, gradXs, a[0], a[1])
				})
			})
		}},
		{"NormGrad", sizes(3, 5), func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) {
			k.NormGrad(&Norm{Mean: a[3], Inverse: a[4], Factor: a[5], MeanGrad: a[6], MeanGradX: a[7]}, a[0], a[1], a[2])
		}},
	}
}

// withSums lends run as many sums as the two arrays are long, between canaries,
// and leaves each in two numbers, that of float32 and the rest.
func withSums(halves [][]float32, run func([]float64)) {
	n := len(halves[0])
	all := make([]float64, n+16)
	for i := range all {
		all[i] = canary
	}
	sums := all[8 : 8+n : 8+n]
	for i, v := range halves[0] {
		sums[i] = float64(v)
	}
	run(sums)
	for i, v := range all {
		if (i < 8 || i >= 8+n) && v != canary {
			panic("a pass wrote outside its sums")
		}
	}
	for i, v := range sums {
		halves[0][i] = float32(v)
		halves[1][i] = float32(v - float64(halves[0][i]))
		if math.IsInf(v, 0) {
			halves[1][i] = 0
		}
	}
}
