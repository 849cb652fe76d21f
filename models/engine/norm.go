package engine

import "fmt"

// Norm is what batch normalisation (Ioffe and Szegedy 2015) knows of each
// channel. Its methods of Kernel go over a row of pixels, channels last, whose
// length is a multiple of the channels. Like all passes they give the same bits
// in every kernel.
type Norm struct {
	Mean, Inverse []float32 // Inverse: 1 over the deviation
	Scale, Shift  []float32
	// Of the backward pass: Scale·Inverse, the mean gradient, and that of the
	// gradient times the normalised value.
	Factor, MeanGrad, MeanGradX []float32
}

type normPasses struct {
	sumRow       func(sums []float64, row []float32)
	squareRow    func(sums []float64, mean, row []float32)
	norm         func(n *Norm, to, from []float32)
	normGradSums func(n *Norm, grads, gradXs []float64, from, grad []float32)
	normGrad     func(n *Norm, to, from, grad []float32)
}

var plainNormPasses = normPasses{plainSumRow, plainSquareRow, plainNorm, plainNormGradSums, plainNormGrad}

// checkRow panics where rows do not have one length of whole pixels: a defect
// of the caller.
func checkRow(channels int, rows ...[]float32) bool {
	for _, row := range rows {
		if channels < 1 || len(row) != len(rows[0]) || len(row)%channels != 0 {
			panic(fmt.Sprintf("engine: rows of %d and %d numbers do not go with %d channels", len(rows[0]), len(row), channels))
		}
	}
	return len(rows[0]) > 0
}

// SumRow adds the pixels of a row to sums.
func (k *Kernel) SumRow(sums []float64, row []float32) {
	if checkRow(len(sums), row) {
		k.sumRow(sums, row)
	}
}

// SquareRow adds their squared distances from mean.
func (k *Kernel) SquareRow(sums []float64, mean, row []float32) {
	if checkRow(len(sums), row) && checkRow(len(sums), mean[:len(sums)]) {
		k.squareRow(sums, mean, row)
	}
}

// Normalize writes (from - Mean)·Inverse·Scale + Shift.
func (k *Kernel) Normalize(n *Norm, to, from []float32) {
	if c := len(n.Mean); checkRow(c, to, from) && checkRow(c, n.Mean, n.Inverse[:c], n.Scale[:c], n.Shift[:c]) {
		k.norm(n, to, from)
	}
}

// NormGradSums adds the gradients of a row to grads, and to gradXs their
// products with the normalised values.
func (k *Kernel) NormGradSums(n *Norm, grads, gradXs []float64, from, grad []float32) {
	c := len(n.Mean)
	if checkRow(c, from, grad) && checkRow(c, n.Mean, n.Inverse[:c]) {
		k.normGradSums(n, grads[:c], gradXs[:c], from, grad)
	}
}

// NormGrad writes the gradient of the row from, of that of its normalised row:
// Factor·(grad - MeanGrad - normalised·MeanGradX).
func (k *Kernel) NormGrad(n *Norm, to, from, grad []float32) {
	c := len(n.Mean)
	if checkRow(c, to, from, grad) && checkRow(c, n.Mean, n.Inverse[:c], n.Factor[:c], n.MeanGrad[:c], n.MeanGradX[:c]) {
		k.normGrad(n, to, from, grad)
	}
}

func plainSumRow(sums []float64, row []float32) {
	for x := 0; x < len(row); x += len(sums) {
		for j, v := range row[x:][:len(sums)] {
			sums[j] += float64(v)
		}
	}
}

func plainSquareRow(sums []float64, mean, row []float32) {
	for x := 0; x < len(row); x += len(sums) {
		for j, v := range row[x:][:len(sums)] {
			d := float64(v - mean[j])
			sums[j] += d * d // exact: 48 bits of 53
		}
	}
}

func plainNorm(n *Norm, to, from []float32) {
	c := len(n.Mean)
	for x := 0; x < len(from); x += c {
		row := to[x:][:c]
		for j, v := range from[x:][:c] {
			row[j] = float32((v-n.Mean[j])*n.Inverse[j]*n.Scale[j]) + n.Shift[j]
		}
	}
}

func plainNormGradSums(n *Norm, grads, gradXs []float64, from, grad []float32) {
	c := len(n.Mean)
	for x := 0; x < len(from); x += c {
		g := grad[x:][:c]
		for j, v := range from[x:][:c] {
			grads[j] += float64(g[j])
			gradXs[j] += float64((v - n.Mean[j]) * g[j] * n.Inverse[j])
		}
	}
}

func plainNormGrad(n *Norm, to, from, grad []float32) {
	c := len(n.Mean)
	for x := 0; x < len(from); x += c {
		g, row := grad[x:][:c], to[x:][:c]
		for j, v := range from[x:][:c] {
			row[j] = n.Factor[j] * (g[j] - n.MeanGrad[j] - float32((v-n.Mean[j])*n.Inverse[j]*n.MeanGradX[j]))
		}
	}
}
