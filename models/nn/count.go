package nn

import (
	"math"
)

// CountPool makes a vector of a map whose channel 0 is a density: first the
// count, Σ softplus(channel 0 + Offset) over all pixels, then the mean of every
// other channel, then their maxima. A sum grows with every object where a mean
// only knows how common they are.
type CountPool struct{ Offset float64 }

func (CountPool) border(int) int { return 0 }

func (s CountPool) build(b *Builder, name string, in *Map, border int) (Layer, *Map, error) {
	// The mean and maximum of channel 0 are computed too, and not used: its
	// place among the means becomes the count.
	pool, vector, err := MeanPool{Max: true}.build(b, name, in, 0)
	if err != nil {
		return nil, nil, err
	}
	out, err := b.newMap(1, 1, 2*in.C-1, border, true)
	if err != nil {
		return nil, nil, err
	}
	return &countPoolLayer{offset: s.Offset, pool: pool, in: in, vector: vector, out: out}, out, nil
}

type countPoolLayer struct {
	offset          float64
	pool            Layer
	in, vector, out *Map
}

func (l *countPoolLayer) Forward(p Pass) {
	l.pool.Forward(p)
	c := l.in.C
	for n := range p.N {
		out, vector := l.out.Value[n*l.out.C:][:l.out.C], l.vector.Value[n*2*c:][:2*c]
		copy(out, vector[:c])
		copy(out[c:], vector[c+1:])
		sum := 0.0
		for y := range l.in.H {
			for x := range l.in.W {
				sum += Softplus(float64(l.in.Value[l.in.At(n, y, x)]) + l.offset)
			}
		}
		out[0] = float32(sum)
	}
}

func (l *countPoolLayer) Backward(p Pass) {
	c := l.in.C
	for n := range p.N {
		grad, vector := l.out.Grad[n*l.out.C:][:l.out.C], l.vector.Grad[n*2*c:][:2*c]
		copy(vector, grad[:c])
		copy(vector[c+1:], grad[c:])
		vector[0], vector[c] = 0, 0
	}
	l.pool.Backward(p)
	for n := range p.N {
		g := float64(l.out.Grad[n*l.out.C])
		for y := range l.in.H {
			for x := range l.in.W {
				at := l.in.At(n, y, x)
				l.in.Grad[at] = float32(g * Sigmoid(float64(l.in.Value[at])+l.offset))
			}
		}
	}
}

// Softplus is log(1 + exp(x)).
func Softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// Sigmoid is the derivative of Softplus.
func Sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
