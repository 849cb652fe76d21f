package nn

import (
	"fmt"
	"math"

	"ringlab/models/engine"
)

// BatchNorm brings each channel to mean 0 and variance 1 over the batch, then
// scales and shifts it (Ioffe and Szegedy 2015). Outside training it uses
// running statistics, which move by Momentum each step.
type BatchNorm struct{ Momentum float64 }

// BatchNormEpsilon is added to variances.
const BatchNormEpsilon = 1e-5

func (BatchNorm) border(int) int { return 0 }

func (s BatchNorm) build(b *Builder, name string, in *Map, border int) (Layer, *Map, error) {
	if !(s.Momentum > 0 && s.Momentum <= 1) {
		return nil, nil, fmt.Errorf("batch norm momentum %v is not in (0, 1]", s.Momentum)
	}
	out, err := b.newMap(in.H, in.W, in.C, border, true)
	if err != nil {
		return nil, nil, err
	}
	l := &batchNormLayer{momentum: float32(s.Momentum), in: in, out: out, kernel: b.kernel, pool: b.pool}
	if l.scale, err = b.parameter(name+".scale", start{value: 1}, in.C); err != nil {
		return nil, nil, err
	}
	if l.shift, err = b.parameter(name+".shift", start{}, in.C); err != nil {
		return nil, nil, err
	}
	if l.runningMean, err = b.statistic(name+".mean", in.C, 0); err != nil {
		return nil, nil, err
	}
	if l.runningVariance, err = b.statistic(name+".variance", in.C, 1); err != nil {
		return nil, nil, err
	}
	if _, err = b.take(4, b.batch+2, in.C); err != nil {
		return nil, nil, err
	}
	of := func() []float32 { return make([]float32, in.C) }
	l.norm = engine.Norm{Mean: of(), Inverse: of(), Factor: of(), MeanGrad: of(), MeanGradX: of()}
	l.sums = make([]float64, 2*b.batch*in.C)
	l.sumPart, l.squarePart, l.normPart = l.sum, l.square, l.normalize
	l.gradSumPart, l.gradPart = l.gradSum, l.grad
	return l, out, nil
}

type batchNormLayer struct {
	momentum                     float32
	in, out                      *Map
	kernel                       *engine.Kernel
	pool                         *engine.Pool
	scale, shift                 *Parameter
	runningMean, runningVariance *Statistic

	norm engine.Norm // of this pass
	sums []float64   // [picture][2][channel]: pictures are added in order

	sumPart, squarePart, normPart, gradSumPart, gradPart func(part, worker int)
}

func (l *batchNormLayer) Forward(p Pass) {
	mean, inverse := l.norm.Mean, l.norm.Inverse
	l.norm.Scale, l.norm.Shift = l.scale.Value, l.shift.Value
	if !p.Train {
		for c := range mean {
			mean[c] = l.runningMean.Value[c]
			inverse[c] = inverseDeviation(float64(l.runningVariance.Value[c]))
		}
		l.pool.Run(p.N, l.normPart)
		return
	}
	count := float64(p.N * l.in.H * l.in.W)
	l.pool.Run(p.N, l.sumPart)
	for c := range mean {
		mean[c] = float32(l.total(p.N, 0, c) / count)
	}
	l.pool.Run(p.N, l.squarePart)
	for c := range mean {
		variance := l.total(p.N, 0, c) / count
		inverse[c] = inverseDeviation(variance)
		unbiased := float32(variance * count / max(1, count-1))
		l.runningMean.Value[c] += l.momentum * (mean[c] - l.runningMean.Value[c])
		l.runningVariance.Value[c] += l.momentum * (unbiased - l.runningVariance.Value[c])
	}
	l.pool.Run(p.N, l.normPart)
}

func inverseDeviation(variance float64) float32 {
	return float32(1 / math.Sqrt(variance+BatchNormEpsilon))
}

// total adds the sums of n pictures.
func (l *batchNormLayer) total(n, which, c int) float64 {
	var total float64
	for i := range n {
		total += l.sums[(2*i+which)*l.in.C+c]
	}
	return total
}

func (l *batchNormLayer) sum(n, _ int) {
	c := l.in.C
	sums := l.sums[2*n*c:][:c]
	clear(sums)
	for y := range l.in.H {
		l.kernel.SumRow(sums, row(l.in, l.in.Value, n, y))
	}
}

func (l *batchNormLayer) square(n, _ int) {
	c := l.in.C
	sums := l.sums[2*n*c:][:c]
	clear(sums)
	for y := range l.in.H {
		l.kernel.SquareRow(sums, l.norm.Mean, row(l.in, l.in.Value, n, y))
	}
}

func (l *batchNormLayer) normalize(n, _ int) {
	for y := range l.in.H {
		l.kernel.Normalize(&l.norm, row(l.out, l.out.Value, n, y), row(l.in, l.in.Value, n, y))
	}
}

// row is row y of picture n, without the border.
func row(m *Map, of []float32, n, y int) []float32 { return of[m.At(n, y, 0):][:m.W*m.C] }

// Backward follows the paper's derivative through mean and variance.
func (l *batchNormLayer) Backward(p Pass) {
	count := float64(p.N * l.in.H * l.in.W)
	l.pool.Run(p.N, l.gradSumPart)
	for c := range l.norm.Mean {
		grad, gradX := l.total(p.N, 0, c), l.total(p.N, 1, c)
		l.shift.Grad[c], l.scale.Grad[c] = float32(grad), float32(gradX)
		l.norm.MeanGrad[c], l.norm.MeanGradX[c] = float32(grad/count), float32(gradX/count)
		l.norm.Factor[c] = l.scale.Value[c] * l.norm.Inverse[c]
	}
	if l.in.Grad != nil {
		l.pool.Run(p.N, l.gradPart)
	}
}

func (l *batchNormLayer) gradSum(n, _ int) {
	c := l.in.C
	clear(l.sums[2*n*c:][:2*c])
	for y := range l.in.H {
		l.kernel.NormGradSums(&l.norm, l.sums[2*n*c:][:c], l.sums[(2*n+1)*c:][:c],
			row(l.in, l.in.Value, n, y), row(l.out, l.out.Grad, n, y))
	}
}

func (l *batchNormLayer) grad(n, _ int) {
	for y := range l.in.H {
		l.kernel.NormGrad(&l.norm, row(l.in, l.in.Grad, n, y), row(l.in, l.in.Value, n, y), row(l.out, l.out.Grad, n, y))
	}
}
