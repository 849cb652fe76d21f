package nn

import (
	"fmt"
	"math"

	"ringlab/models/engine"
)

// ReLU replaces negative values by zero, in place.
type ReLU struct{}

func (ReLU) border(next int) int { return next }

func (ReLU) build(b *Builder, _ string, in *Map, _ int) (Layer, *Map, error) {
	l := &reluLayer{m: in, pool: b.pool}
	l.forwardPart, l.backwardPart = l.forward, l.backward
	return l, in, nil
}

type reluLayer struct {
	m                         *Map
	pool                      *engine.Pool
	forwardPart, backwardPart func(part, worker int)
}

func (l *reluLayer) Forward(p Pass)  { l.pool.Run(p.N, l.forwardPart) }
func (l *reluLayer) Backward(p Pass) { l.pool.Run(p.N, l.backwardPart) }

func (l *reluLayer) forward(n, _ int) {
	values := l.m.Value[n*l.m.Size():][:l.m.Size()]
	for i, v := range values {
		values[i] = max(v, 0)
	}
}

func (l *reluLayer) backward(n, _ int) {
	size := l.m.Size()
	grads := l.m.Grad[n*size:][:size]
	// Without a branch: half of them would be predicted wrong. A value is
	// positive where its bits less one, as a signed number, are not negative.
	for i, v := range l.m.Value[n*size:][:size] {
		off := uint32(int32(math.Float32bits(v)-1) >> 31)
		grads[i] = math.Float32frombits(math.Float32bits(grads[i]) &^ off)
	}
}

// Dropout sets a share Rate of the values to zero in training and scales the
// others up, so that the mean stays (Srivastava et al. 2014). In place.
type Dropout struct{ Rate float64 }

func (Dropout) border(next int) int { return next }

func (d Dropout) build(b *Builder, _ string, in *Map, _ int) (Layer, *Map, error) {
	if !(d.Rate >= 0 && d.Rate < 1) {
		return nil, nil, fmt.Errorf("dropout rate %v is not in [0, 1)", d.Rate)
	}
	l := &dropoutLayer{rate: d.Rate, m: in, id: b.layerID(), pool: b.pool}
	l.forwardPart, l.backwardPart = l.forward, l.backward
	return l, in, nil
}

type dropoutLayer struct {
	rate                      float64
	m                         *Map
	id, key                   uint64
	pool                      *engine.Pool
	forwardPart, backwardPart func(part, worker int)
}

func (l *dropoutLayer) Forward(p Pass) {
	if p.Train && l.rate > 0 {
		l.key = Hash(p.Noise, l.id)
		l.pool.Run(p.N, l.forwardPart)
	}
}

func (l *dropoutLayer) Backward(p Pass) {
	if p.Train && l.rate > 0 {
		l.pool.Run(p.N, l.backwardPart)
	}
}

func (l *dropoutLayer) forward(n, _ int)  { l.drop(n, l.m.Value) }
func (l *dropoutLayer) backward(n, _ int) { l.drop(n, l.m.Grad) }

// drop makes the same choices each time it is called with one key.
func (l *dropoutLayer) drop(n int, of []float32) {
	size, scale := l.m.Size(), float32(1/(1-l.rate))
	limit := int64(l.rate * (1 << 53))
	values := of[n*size:][:size]
	for i, v := range values {
		// Without a branch, since none could be predicted.
		off := uint32((bits53(l.key, uint64(n*size+i)) - limit) >> 63)
		values[i] = math.Float32frombits(math.Float32bits(v*scale) &^ off)
	}
}
