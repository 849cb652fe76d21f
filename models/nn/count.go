package nn

import (
	"fmt"
	"math"
)

// CountPool makes a vector of a map whose first Densities channels (0 is 1) are
// densities: first the counts, Σ softplus(channel + Offset) over all pixels, then
// the mean of every other channel, then their maxima. A sum grows with every
// object where a mean only knows how common they are.
type CountPool struct {
	Offset    float64
	Densities int
	// Targets, if not nil, is filled in by the builder.
	Targets *CountTargets
}

// CountTargets are densities that are known pixel by pixel, for training.
type CountTargets struct {
	H, W, Densities int
	Value           []float32 // [batch][H][W][Densities]
	// Weight of each picture's squared error, halved, in the loss; 0 where its
	// densities are not known.
	Weight []float32
	layer  *countPoolLayer
}

// Loss of the last forward pass over n pictures, which Backward adds to.
func (t *CountTargets) Loss(n int) float64 {
	loss, size := 0.0, t.H*t.W*t.Densities
	for i := range n {
		if t.Weight[i] == 0 {
			continue
		}
		sum := 0.0
		for at, want := range t.Value[i*size:][:size] {
			d := t.layer.density(i, at) - float64(want)
			sum += d * d
		}
		loss += float64(t.Weight[i]) * sum / 2
	}
	return loss
}

// density at the at-th of the targets of picture n.
func (l *countPoolLayer) density(n, at int) float64 {
	pixel, d := at/l.densities, at%l.densities
	return Softplus(float64(l.in.Value[l.in.At(n, pixel/l.in.W, pixel%l.in.W)+d]) + l.offset)
}

func (CountPool) border(int) int { return 0 }

func (s CountPool) build(b *Builder, name string, in *Map, border int) (Layer, *Map, error) {
	d := max(1, s.Densities)
	if d > in.C {
		return nil, nil, fmt.Errorf("%d densities of %d channels", d, in.C)
	}
	// The means and maxima of the densities are computed too, and not used: the
	// places of their means become the counts.
	pool, vector, err := MeanPool{Max: true}.build(b, name, in, 0)
	if err != nil {
		return nil, nil, err
	}
	out, err := b.newMap(1, 1, 2*in.C-d, border, true)
	if err != nil {
		return nil, nil, err
	}
	l := &countPoolLayer{offset: s.Offset, densities: d, pool: pool, in: in, vector: vector, out: out, targets: s.Targets}
	if t := s.Targets; t != nil {
		t.H, t.W, t.Densities, t.layer = in.H, in.W, d, l
		t.Value, t.Weight = make([]float32, b.batch*in.H*in.W*d), make([]float32, b.batch)
	}
	return l, out, nil
}

type countPoolLayer struct {
	offset          float64
	densities       int
	pool            Layer
	in, vector, out *Map
	targets         *CountTargets
}

func (l *countPoolLayer) Forward(p Pass) {
	l.pool.Forward(p)
	c := l.in.C
	for n := range p.N {
		out, vector := l.out.Value[n*l.out.C:][:l.out.C], l.vector.Value[n*2*c:][:2*c]
		copy(out, vector[:c])
		copy(out[c:], vector[c+l.densities:])
		for d := range l.densities {
			sum := 0.0
			for y := range l.in.H {
				for x := range l.in.W {
					sum += Softplus(float64(l.in.Value[l.in.At(n, y, x)+d]) + l.offset)
				}
			}
			out[d] = float32(sum)
		}
	}
}

func (l *countPoolLayer) Backward(p Pass) {
	c := l.in.C
	for n := range p.N {
		grad, vector := l.out.Grad[n*l.out.C:][:l.out.C], l.vector.Grad[n*2*c:][:2*c]
		copy(vector, grad[:c])
		copy(vector[c+l.densities:], grad[c:])
		clear(vector[:l.densities])
		clear(vector[c:][:l.densities])
	}
	l.pool.Backward(p)
	for n := range p.N {
		for d, g := range l.out.Grad[n*l.out.C:][:l.densities] {
			for y := range l.in.H {
				for x := range l.in.W {
					at := l.in.At(n, y, x) + d
					v, slope := float64(l.in.Value[at])+l.offset, float64(g)
					if t := l.targets; t != nil && t.Weight[n] != 0 {
						slope += float64(t.Weight[n]) * (Softplus(v) - float64(t.Value[((n*t.H+y)*t.W+x)*t.Densities+d]))
					}
					l.in.Grad[at] = float32(slope * Sigmoid(v))
				}
			}
		}
	}
}

// Softplus is log(1 + exp(x)).
func Softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// Sigmoid is the derivative of Softplus.
func Sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
