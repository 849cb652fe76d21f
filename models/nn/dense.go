package nn

import (
	"fmt"
	"math"

	"ringlab/models/engine"
)

// Dense is a full connection between vectors. Its weights are [Out][in].
type Dense struct{ Out int }

func (Dense) border(int) int { return 0 }

func (d Dense) build(b *Builder, name string, in *Map, border int) (Layer, *Map, error) {
	if in.H != 1 || in.W != 1 || in.Border != 0 || d.Out < 1 {
		return nil, nil, fmt.Errorf("dense layer of %d needs a vector, not a map of %v", d.Out, in)
	}
	out, err := b.newMap(1, 1, d.Out, border, true)
	if err != nil {
		return nil, nil, err
	}
	l := &denseLayer{in: in, out: out, kernel: b.kernel, pool: b.pool, scratch: make([]convScratch, b.pool.Workers())}
	limit := math.Sqrt(6 / float64(in.C+d.Out)) // Glorot and Bengio 2010
	if l.weight, err = b.parameter(name+".weight", start{limit: limit}, d.Out, in.C); err != nil {
		return nil, nil, err
	}
	if l.bias, err = b.parameter(name+".bias", start{}, d.Out); err != nil {
		return nil, nil, err
	}
	l.slices = max(1, min(maxPartials, in.C/1024))
	if l.partial, err = b.floats(l.slices, b.batch, d.Out); err != nil {
		return nil, nil, err
	}
	l.forwardPart, l.backwardPart = l.forward, l.backward
	return l, out, nil
}

type denseLayer struct {
	in, out      *Map
	kernel       *engine.Kernel
	pool         *engine.Pool
	weight, bias *Parameter
	scratch      []convScratch
	n            int
	// The inputs are cut into slices; partial is [slice][batch][Out].
	slices                    int
	partial                   []float32
	forwardPart, backwardPart func(part, worker int)
}

func (l *denseLayer) slice(part int) (from, end int) {
	return part * l.in.C / l.slices, (part + 1) * l.in.C / l.slices
}

func (l *denseLayer) Forward(p Pass) {
	l.n = p.N
	l.pool.Run(l.slices, l.forwardPart)
	out := l.out
	for n := range p.N {
		row := out.Value[n*out.C:][:out.C]
		copy(row, l.bias.Value)
		for s := range l.slices {
			for o, v := range l.partial[(s*out.N+n)*out.C:][:out.C] {
				row[o] += v
			}
		}
	}
}

func (l *denseLayer) forward(part, _ int) {
	from, end := l.slice(part)
	in, out := l.in, l.out
	for n := range l.n {
		x := in.Value[n*in.C+from : n*in.C+end]
		for o := range out.C {
			l.partial[(part*out.N+n)*out.C+o] = l.kernel.Dot(x, l.weight.Value[o*in.C+from:o*in.C+end])
		}
	}
}

func (l *denseLayer) Backward(p Pass) {
	l.n = p.N
	out := l.out
	clear(l.bias.Grad)
	for n := range p.N {
		for o, g := range out.Grad[n*out.C:][:out.C] {
			l.bias.Grad[o] += g
		}
	}
	l.pool.Run(l.slices, l.backwardPart)
}

func (l *denseLayer) backward(part, worker int) {
	from, end := l.slice(part)
	in, out, s := l.in, l.out, &l.scratch[worker]
	// Weights: [Out][in] = gradᵀ [Out][n] · input [n][in].
	s.product = engine.Product{M: out.C, N: end - from, K: l.n, Segments: 1,
		A: out.Grad, ARow: 1, AStep: out.C, B: in.Value[from:], BStep: in.C,
		C: l.weight.Grad[from:], CRow: in.C}
	l.kernel.Multiply(&s.product, &s.tile)
	if in.Grad == nil {
		return
	}
	// Input: [n][in] = grad [n][Out] · weights [Out][in].
	s.product = engine.Product{M: l.n, N: end - from, K: out.C, Segments: 1,
		A: out.Grad, ARow: out.C, AStep: 1, B: l.weight.Value[from:], BStep: in.C,
		C: in.Grad[from:], CRow: in.C}
	l.kernel.Multiply(&s.product, &s.tile)
}
