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
	l := &batchNormLayer{momentum: float32(s.Momentum), in: in, out: out, pool: b.pool}
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
	if _, err = b.take(4, b.batch+1, in.C); err != nil {
		return nil, nil, err
	}
	l.mean, l.inverse = make([]float32, in.C), make([]float32, in.C)
	l.meanGrad, l.meanGradX = make([]float32, in.C), make([]float32, in.C)
	l.sums = make([]float64, 2*b.batch*in.C)
	l.sumPart, l.squarePart, l.normPart = l.sum, l.square, l.norm
	l.gradSumPart, l.gradPart = l.gradSum, l.grad
	return l, out, nil
}

type batchNormLayer struct {
	momentum                     float32
	in, out                      *Map
	pool                         *engine.Pool
	scale, shift                 *Parameter
	runningMean, runningVariance *Statistic

	mean, inverse       []float32 // of this pass; inverse is 1/standard deviation
	meanGrad, meanGradX []float32 // of grad, and of grad times normalised input
	sums                []float64 // [picture][2][channel]: pictures are added in order

	sumPart, squarePart, normPart, gradSumPart, gradPart func(part, worker int)
}

func (l *batchNormLayer) Forward(p Pass) {
	if !p.Train {
		for c := range l.mean {
			l.mean[c] = l.runningMean.Value[c]
			l.inverse[c] = inverseDeviation(float64(l.runningVariance.Value[c]))
		}
		l.pool.Run(p.N, l.normPart)
		return
	}
	count := float64(p.N * l.in.H * l.in.W)
	l.pool.Run(p.N, l.sumPart)
	for c := range l.mean {
		l.mean[c] = float32(l.total(p.N, 0, c) / count)
	}
	l.pool.Run(p.N, l.squarePart)
	for c := range l.mean {
		variance := l.total(p.N, 0, c) / count
		l.inverse[c] = inverseDeviation(variance)
		unbiased := float32(variance * count / max(1, count-1))
		l.runningMean.Value[c] += l.momentum * (l.mean[c] - l.runningMean.Value[c])
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
		row := l.in.Value[l.in.At(n, y, 0):][:l.in.W*c]
		for x := 0; x < len(row); x += c {
			for j, v := range row[x : x+c] {
				sums[j] += float64(v)
			}
		}
	}
}

func (l *batchNormLayer) square(n, _ int) {
	c := l.in.C
	sums := l.sums[2*n*c:][:c]
	clear(sums)
	for y := range l.in.H {
		row := l.in.Value[l.in.At(n, y, 0):][:l.in.W*c]
		for x := 0; x < len(row); x += c {
			for j, v := range row[x : x+c] {
				d := float64(v - l.mean[j])
				sums[j] += d * d
			}
		}
	}
}

func (l *batchNormLayer) norm(n, _ int) {
	in, out, c := l.in, l.out, l.in.C
	scale, shift := l.scale.Value, l.shift.Value
	for y := range in.H {
		from, to := in.Value[in.At(n, y, 0):][:in.W*c], out.Value[out.At(n, y, 0):][:in.W*c]
		for x := 0; x < len(from); x += c {
			row := to[x : x+c]
			for j, v := range from[x : x+c] {
				row[j] = (v-l.mean[j])*l.inverse[j]*scale[j] + shift[j]
			}
		}
	}
}

// Backward follows the paper's derivative through mean and variance.
func (l *batchNormLayer) Backward(p Pass) {
	count := float64(p.N * l.in.H * l.in.W)
	l.pool.Run(p.N, l.gradSumPart)
	for c := range l.mean {
		grad, gradX := l.total(p.N, 0, c), l.total(p.N, 1, c)
		l.shift.Grad[c], l.scale.Grad[c] = float32(grad), float32(gradX)
		l.meanGrad[c], l.meanGradX[c] = float32(grad/count), float32(gradX/count)
	}
	if l.in.Grad != nil {
		l.pool.Run(p.N, l.gradPart)
	}
}

func (l *batchNormLayer) gradSum(n, _ int) {
	in, out, c := l.in, l.out, l.in.C
	grads, gradXs := l.sums[2*n*c:][:c], l.sums[(2*n+1)*c:][:c]
	clear(l.sums[2*n*c:][:2*c])
	for y := range in.H {
		from, grad := in.Value[in.At(n, y, 0):][:in.W*c], out.Grad[out.At(n, y, 0):][:in.W*c]
		for x := 0; x < len(from); x += c {
			g := grad[x : x+c]
			for j, v := range from[x : x+c] {
				grads[j] += float64(g[j])
				gradXs[j] += float64(g[j] * (v - l.mean[j]) * l.inverse[j])
			}
		}
	}
}

func (l *batchNormLayer) grad(n, _ int) {
	in, out, c := l.in, l.out, l.in.C
	scale := l.scale.Value
	for y := range in.H {
		from, grad := in.Value[in.At(n, y, 0):][:in.W*c], out.Grad[out.At(n, y, 0):][:in.W*c]
		to := in.Grad[in.At(n, y, 0):][:in.W*c]
		for x := 0; x < len(from); x += c {
			g, row := grad[x:x+c], to[x:x+c]
			for j, v := range from[x : x+c] {
				normal := (v - l.mean[j]) * l.inverse[j]
				row[j] = scale[j] * l.inverse[j] * (g[j] - l.meanGrad[j] - normal*l.meanGradX[j])
			}
		}
	}
}
