package nn

import (
	"fmt"

	"ringlab/models/engine"
)

// MaxPool takes the maximum of Size x Size pixels, side by side; what does not
// fill a square at the right and lower edge is left out. Of equal pixels the
// first one gets the gradient.
type MaxPool struct {
	Size    int
	rectify bool // ReLU before it, see fuse
}

func (MaxPool) border(int) int { return 0 }

func (m MaxPool) build(b *Builder, _ string, in *Map, border int) (Layer, *Map, error) {
	s, out, err := m.squares(b, in.H, in.W, in.C, border)
	if err != nil {
		return nil, nil, err
	}
	l := &maxPoolLayer{squares: s, in: in, pool: b.pool, rows: make([]engine.MaxRow, b.pool.Workers())}
	l.forwardPart, l.backwardPart = l.forward, l.backward
	return l, out, nil
}

// squares lays out the pooling of a map of h x w pixels.
func (m MaxPool) squares(b *Builder, h, w, c, border int) (*squares, *Map, error) {
	if m.Size < 1 || m.Size > engine.MaxSize || h < m.Size || w < m.Size {
		return nil, nil, fmt.Errorf("max pool of %d pixels does not fit a map of %d×%d×%d", m.Size, h, w, c)
	}
	out, err := b.newMap(h/m.Size, w/m.Size, c, border, true)
	if err != nil {
		return nil, nil, err
	}
	s := &squares{MaxPool: m, kernel: b.kernel, out: out}
	n, err := b.take(b.batch, out.H, out.W, out.C)
	if err == nil && !b.Measure {
		s.from = make([]uint8, n)
	}
	return s, out, err
}

// squares is what max pooling does to one row of its output.
type squares struct {
	MaxPool
	kernel *engine.Kernel
	out    *Map
	from   []uint8 // which pixel of the square was the maximum
}

func (s *squares) row(r *engine.MaxRow, n, y int, of, large []float32, stride int) {
	out := s.out
	*r = engine.MaxRow{Size: s.Size, Width: out.W, Channels: out.C, Large: large, Stride: stride,
		Small: of[out.At(n, y, 0):], From: s.from[(n*out.H+y)*out.W*out.C:], Rectify: s.rectify}
}

// take writes row y of the output from the rows of large under it.
func (s *squares) take(r *engine.MaxRow, n, y int, large []float32, stride int) {
	s.row(r, n, y, s.out.Value, large, stride)
	s.kernel.Maxima(r)
}

// give writes the gradient of the rows of large under row y, of w pixels each.
func (s *squares) give(r *engine.MaxRow, n, y int, large []float32, stride, w int) {
	s.row(r, n, y, s.out.Grad, large, stride)
	s.kernel.Spread(r)
	for i := range s.Size {
		clear(large[i*stride+s.Size*s.out.W*s.out.C : i*stride+w*s.out.C])
	}
}

type maxPoolLayer struct {
	*squares
	in                        *Map
	pool                      *engine.Pool
	rows                      []engine.MaxRow // scratch, one a worker
	forwardPart, backwardPart func(part, worker int)
}

func (l *maxPoolLayer) Forward(p Pass)  { l.pool.Run(p.N, l.forwardPart) }
func (l *maxPoolLayer) Backward(p Pass) { l.pool.Run(p.N, l.backwardPart) }

func (l *maxPoolLayer) forward(n, worker int) {
	for y := range l.out.H {
		l.take(&l.rows[worker], n, y, l.in.Value[l.in.At(n, y*l.Size, 0):], l.in.RowStride())
	}
}

func (l *maxPoolLayer) backward(n, worker int) {
	in := l.in
	for y := range l.out.H {
		l.give(&l.rows[worker], n, y, in.Grad[in.At(n, y*l.Size, 0):], in.RowStride(), in.W)
	}
	for y := l.out.H * l.Size; y < in.H; y++ {
		clear(in.Grad[in.At(n, y, 0):][:in.W*in.C])
	}
}
