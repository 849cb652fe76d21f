package nn

import (
	"fmt"
	"math"

	"ringlab/models/engine"
)

// Conv is a 2D convolution of Kernel x Kernel pixels. Its weights are
// [Kernel][Kernel][in][Out].
type Conv struct {
	Out, Kernel int
	Stride      int // 0 is 1
	Dilation    int // 0 is 1
	Padding     int // zero pixels on each side
	NoBias      bool

	then *MaxPool // joined to the convolution, see fuse
}

func (c Conv) border(int) int { return c.Padding }

func (c Conv) build(b *Builder, name string, in *Map, border int) (Layer, *Map, error) {
	c.Stride, c.Dilation = max(1, c.Stride), max(1, c.Dilation)
	if c.Out < 1 || c.Kernel < 1 || max(c.Kernel, c.Stride, c.Dilation, c.Padding) > 1<<10 {
		return nil, nil, fmt.Errorf("convolution %+v cannot be", c)
	}
	reach := c.Dilation*(c.Kernel-1) + 1
	h, w := in.H+2*c.Padding-reach, in.W+2*c.Padding-reach
	if h < 0 || w < 0 {
		return nil, nil, fmt.Errorf("convolution reaches %d pixels, its input with padding has %d×%d", reach, in.H+2*c.Padding, in.W+2*c.Padding)
	}
	l := &convLayer{Conv: c, in: in, h: h/c.Stride + 1, w: w/c.Stride + 1, kernel: b.kernel, pool: b.pool,
		rows: rowsPerPart, scratch: make([]convScratch, b.pool.Workers())}
	var out *Map
	var err error
	if c.then == nil {
		out, err = b.newMap(l.h, l.w, c.Out, border, true)
	} else {
		l.squares, out, err = c.then.squares(b, l.h, l.w, c.Out, border)
	}
	if err != nil {
		return nil, nil, err
	}
	l.out = out
	if c.then != nil {
		size := c.then.Size
		l.h = out.H * size // what no square takes need not be computed
		l.rows = (rowsPerPart + size - 1) / size * size
		for i := range l.scratch {
			if l.scratch[i].rows, err = b.floats(size, l.w, c.Out); err != nil {
				return nil, nil, err
			}
		}
	}
	// He et al. 2015: keeps the variance through ReLU.
	limit := math.Sqrt(6 / float64(c.Kernel*c.Kernel*in.C))
	if l.weight, err = b.parameter(name+".weight", start{limit: limit}, c.Kernel, c.Kernel, in.C, c.Out); err != nil {
		return nil, nil, err
	}
	if !c.NoBias {
		if l.bias, err = b.parameter(name+".bias", start{}, c.Out); err != nil {
			return nil, nil, err
		}
	}
	l.forwardPart = l.forward
	if b.Answers {
		return l, out, nil
	}
	return l, out, l.buildBackward(b)
}

// rowsPerPart is how many rows of the output one part of the forward pass
// makes: enough to be worth a hand-over, few enough for even shares.
const rowsPerPart = 16

type convLayer struct {
	Conv
	in, out *Map
	h, w    int      // of the convolution itself, before squares
	squares *squares // nil without a joined pool: then out is the convolution's own
	kernel  *engine.Kernel
	pool    *engine.Pool

	weight, bias *Parameter // bias may be nil
	rows         int        // of the convolution that one part of the forward pass makes
	scratch      []convScratch
	n            int // pictures of the pass

	convBackward

	forwardPart func(part, worker int)
}

type convScratch struct {
	product, tile engine.Product
	rows          []float32 // of the convolution, where it has no map of its own
	grads         []float32 // of rows of the convolution, see convBackward
	bias          []float32 // gradient of a chunk's
	maxRow        engine.MaxRow
}

func (l *convLayer) rowParts() int { return (l.h + l.rows - 1) / l.rows }

func (l *convLayer) Forward(p Pass) {
	l.n = p.N
	l.pool.Run(p.N*l.rowParts(), l.forwardPart)
}

func (l *convLayer) forward(part, worker int) {
	n, first := part/l.rowParts(), part%l.rowParts()*l.rows
	end := min(first+l.rows, l.h)
	s := &l.scratch[worker]
	if l.squares == nil {
		for y := first; y < end; y++ {
			l.convolve(n, y, l.out.Value[l.out.At(n, y, 0):], s)
		}
		return
	}
	stride := l.w * l.Out
	for y := first; y < end; y += l.then.Size {
		for i := range l.then.Size {
			l.convolve(n, y+i, s.rows[i*stride:], s)
		}
		l.squares.take(&s.maxRow, n, y/l.then.Size, s.rows, stride)
	}
}

// convolve writes row y of the convolution.
func (l *convLayer) convolve(n, y int, row []float32, s *convScratch) {
	in, p := l.in, &s.product
	row = row[:l.w*l.Out]
	*p = engine.Product{M: l.w, N: l.Out, A: in.Value[in.At(n, y*l.Stride-l.Padding, -l.Padding):], ARow: l.Stride * in.C, AStep: 1,
		B: l.weight.Value, BStep: l.Out, C: row, CRow: l.Out}
	if l.bias != nil {
		p.Start = l.bias.Value
	}
	if l.Dilation == 1 {
		p.Segments, p.ASegment = l.Kernel, in.RowStride()
		p.K, p.BSegment = l.Kernel*in.C, l.Kernel*in.C*l.Out
		l.kernel.Multiply(p, &s.tile)
		return
	}
	a, b := p.A, p.B
	for ky := range l.Kernel {
		p.A, p.B = a[ky*l.Dilation*in.RowStride():], b[ky*l.Kernel*in.C*l.Out:]
		p.Segments, p.ASegment = l.Kernel, l.Dilation*in.C
		p.K, p.BSegment = in.C, in.C*l.Out
		l.kernel.Multiply(p, &s.tile)
		p.Start, p.StartRow = row, l.Out
	}
}
