package nn

import (
	"fmt"

	"ringlab/models/engine"
)

// ReLU replaces negative values by zero, in place.
type ReLU struct{}

func (ReLU) border(next int) int { return next }

func (ReLU) build(b *Builder, _ string, in *Map, _ int) (Layer, *Map, error) {
	l := &reluLayer{m: in, kernel: b.kernel, pool: b.pool}
	l.forwardPart, l.backwardPart = l.forward, l.backward
	return l, in, nil
}

type reluLayer struct {
	m                         *Map
	kernel                    *engine.Kernel
	pool                      *engine.Pool
	forwardPart, backwardPart func(part, worker int)
}

func (l *reluLayer) Forward(p Pass)  { l.pool.Run(p.N, l.forwardPart) }
func (l *reluLayer) Backward(p Pass) { l.pool.Run(p.N, l.backwardPart) }

func (l *reluLayer) forward(n, _ int) {
	l.kernel.Rectify(l.m.Value[n*l.m.Size():][:l.m.Size()])
}

func (l *reluLayer) backward(n, _ int) {
	size := l.m.Size()
	l.kernel.RectifyGrad(l.m.Grad[n*size:][:size], l.m.Value[n*size:][:size])
}

// Dropout sets a share Rate of the values to zero in training and scales the
// others up, so that the mean stays (Srivastava et al. 2014). In place.
type Dropout struct{ Rate float64 }

func (Dropout) border(next int) int { return next }

func (d Dropout) build(b *Builder, _ string, in *Map, _ int) (Layer, *Map, error) {
	if !(d.Rate >= 0 && d.Rate < 1) {
		return nil, nil, fmt.Errorf("dropout rate %v is not in [0, 1)", d.Rate)
	}
	l := &dropoutLayer{limit: uint16(d.Rate * dropSteps), m: in, id: b.layerID(), kernel: b.kernel, pool: b.pool}
	l.forwardPart, l.backwardPart = l.forward, l.backward
	return l, in, nil
}

type dropoutLayer struct {
	limit                     uint16 // of dropSteps
	m                         *Map
	id, key                   uint64
	kernel                    *engine.Kernel
	pool                      *engine.Pool
	forwardPart, backwardPart func(part, worker int)
}

func (l *dropoutLayer) Forward(p Pass) {
	if p.Train && l.limit > 0 {
		l.key = Hash(p.Noise, l.id)
		l.pool.Run(p.N, l.forwardPart)
	}
}

func (l *dropoutLayer) Backward(p Pass) {
	if p.Train && l.limit > 0 {
		l.pool.Run(p.N, l.backwardPart)
	}
}

func (l *dropoutLayer) forward(n, _ int)  { l.drop(n, l.m.Value) }
func (l *dropoutLayer) backward(n, _ int) { l.drop(n, l.m.Grad) }

// dropSteps is how finely a rate is told: the engine draws 16 bits a value.
const dropSteps = 1 << 16

// drop makes the same choices each time it is called with one key.
func (l *dropoutLayer) drop(n int, of []float32) {
	size := l.m.Size()
	scale := dropSteps / float32(dropSteps-int(l.limit))
	l.kernel.Drop(of[n*size:][:size], Hash(l.key, uint64(n)), l.limit, scale)
}
