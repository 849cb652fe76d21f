package nn

import (
	"fmt"
	"math"

	"ringlab/models/engine"
)

// MeanPool makes a vector of a map: the mean of each channel over all pixels
// and, with Max, behind them the maximum of each channel.
type MeanPool struct{ Max bool }

func (MeanPool) border(int) int { return 0 }

func (m MeanPool) build(b *Builder, _ string, in *Map, border int) (Layer, *Map, error) {
	c := in.C
	if m.Max {
		c *= 2
	}
	out, err := b.newMap(1, 1, c, border, true)
	if err != nil {
		return nil, nil, err
	}
	l := &meanPoolLayer{max: m.Max, in: in, out: out, pool: b.pool, from: make([]int32, b.batch*in.C)}
	l.forwardPart, l.backwardPart = l.forward, l.backward
	return l, out, nil
}

type meanPoolLayer struct {
	max                       bool
	in, out                   *Map
	pool                      *engine.Pool
	from                      []int32 // pixel of the maximum, y*W+x
	forwardPart, backwardPart func(part, worker int)
}

func (l *meanPoolLayer) Forward(p Pass)  { l.pool.Run(p.N, l.forwardPart) }
func (l *meanPoolLayer) Backward(p Pass) { l.pool.Run(p.N, l.backwardPart) }

func (l *meanPoolLayer) forward(n, _ int) {
	in, c := l.in, l.in.C
	out := l.out.Value[l.out.At(n, 0, 0):][:l.out.C]
	mean, most, from := out[:c], out[c:], l.from[n*c:][:c]
	clear(mean)
	clear(from)
	for j := range most {
		most[j] = float32(math.Inf(-1))
	}
	for y := range in.H {
		for x := range in.W {
			pixel := in.Value[in.At(n, y, x):][:c]
			for j, v := range pixel {
				mean[j] += v
			}
			for j := range most {
				if pixel[j] > most[j] {
					most[j], from[j] = pixel[j], int32(y*in.W+x)
				}
			}
		}
	}
	for j := range mean {
		mean[j] /= float32(in.H * in.W)
	}
}

func (l *meanPoolLayer) backward(n, _ int) {
	in, c := l.in, l.in.C
	grad := l.out.Grad[l.out.At(n, 0, 0):][:l.out.C]
	scale := 1 / float32(in.H*in.W)
	for y := range in.H {
		for x := range in.W {
			for j, g := range grad[:c] {
				in.Grad[in.At(n, y, x)+j] = g * scale
			}
		}
	}
	for j, g := range grad[c:] {
		from := int(l.from[n*c+j])
		in.Grad[in.At(n, from/in.W, from%in.W)+j] += g
	}
}

// Flatten makes a vector of a map, in the order row, column, channel. Nothing
// is copied.
type Flatten struct{}

func (Flatten) border(int) int { return 0 }

func (Flatten) build(_ *Builder, _ string, in *Map, border int) (Layer, *Map, error) {
	if border != 0 || in.Border != 0 {
		return nil, nil, fmt.Errorf("a vector has no border")
	}
	return nothing{}, &Map{N: in.N, H: 1, W: 1, C: in.H * in.W * in.C, Value: in.Value, Grad: in.Grad}, nil
}

type nothing struct{}

func (nothing) Forward(Pass)  {}
func (nothing) Backward(Pass) {}
