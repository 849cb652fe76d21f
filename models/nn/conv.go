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
			if l.scratch[i].rows, err = b.floats(max(l.rows, l.chunkRows()), l.w, c.Out); err != nil {
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
	l.forwardPart, l.backwardPart, l.sumPart = l.forward, l.backward, l.sum
	if b.Answers {
		return l, out, nil
	}
	l.partials = min(b.batch, maxPartials)
	l.partialSize = c.Kernel * c.Kernel * in.C * c.Out
	if l.partial, err = b.floats(l.partials, l.partialSize+c.Out); err != nil {
		return nil, nil, err
	}
	if in.Grad != nil {
		if l.turned, err = b.floats(l.partialSize); err != nil {
			return nil, nil, err
		}
	}
	return l, out, nil
}

// maxPartials bounds the sums of the weights' gradient that run beside each
// other, and so the threads that a backward pass can use.
const maxPartials = 16

// rowsPerPart is how many rows of the output one part of the forward pass
// makes: enough to be worth a hand-over, few enough for even shares.
const rowsPerPart = 16

// chunkFloats is how much of the feature maps the backward pass works on
// before it goes on: an L2 cache's share (256 KiB).
const chunkFloats = 1 << 16

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

	// Gradients of weights, then of biases, summed over a share of the batch.
	partial               []float32
	partials, partialSize int
	// turned is the weight with in and out exchanged: [Kernel][Kernel][Out][in].
	turned []float32

	forwardPart, backwardPart, sumPart func(part, worker int)
}

type convScratch struct {
	product, tile engine.Product
	rows          []float32 // of the convolution, where it has no map of its own
	maxRow        engine.MaxRow
}

func (l *convLayer) rowParts() int { return (l.h + l.rows - 1) / l.rows }

// chunkRows is how many rows the backward pass takes at once: whole squares.
func (l *convLayer) chunkRows() int {
	rows := chunkFloats / (l.w*l.Out + l.Stride*l.in.RowStride())
	if l.then != nil {
		return max(1, rows/l.then.Size) * l.then.Size
	}
	return max(1, rows)
}

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
	if l.bias != nil {
		for x := 0; x < len(row); x += l.Out {
			copy(row[x:], l.bias.Value)
		}
	}
	*p = engine.Product{M: l.w, N: l.Out, A: in.Value[in.At(n, y*l.Stride-l.Padding, -l.Padding):], ARow: l.Stride * in.C, AStep: 1,
		B: l.weight.Value, BStep: l.Out, C: row, CRow: l.Out, Accumulate: l.bias != nil}
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
		p.Accumulate = true
	}
}

func (l *convLayer) Backward(p Pass) {
	l.n = p.N
	if l.in.Grad != nil {
		l.turn()
	}
	l.pool.Run(l.partials, l.backwardPart)
	l.pool.Run(l.partials, l.sumPart)
}

func (l *convLayer) turn() {
	in, out := l.in.C, l.out.C
	for k := range l.Kernel * l.Kernel {
		w, t := l.weight.Value[k*in*out:][:in*out], l.turned[k*in*out:][:in*out]
		for i := range in {
			for o := range out {
				t[o*in+i] = w[i*out+o]
			}
		}
	}
}

// backward takes a fixed share of the batch: its part of the weights' gradient
// and the whole of its pictures' input gradient.
func (l *convLayer) backward(part, worker int) {
	partial := l.partial[part*(l.partialSize+l.out.C):][:l.partialSize+l.out.C]
	clear(partial)
	s, rows := &l.scratch[worker], l.chunkRows()
	for n := part * l.n / l.partials; n < (part+1)*l.n/l.partials; n++ {
		if l.in.Grad != nil {
			clear(l.in.Grad[n*l.in.Size():][:l.in.Size()])
		}
		for y := 0; y < l.h; y += rows {
			end := min(y+rows, l.h)
			grad, stride := l.outputGrad(n, y, end, s)
			l.weightGrad(partial, n, y, end, grad, stride, s)
			if l.in.Grad != nil {
				l.inputGrad(n, y, end, grad, stride, s)
			}
		}
	}
}

// outputGrad is the gradient of rows y to end of the convolution, stride apart.
func (l *convLayer) outputGrad(n, y, end int, s *convScratch) (grad []float32, stride int) {
	if l.squares == nil {
		return l.out.Grad[l.out.At(n, y, 0):], l.out.RowStride()
	}
	stride = l.w * l.Out
	for i := 0; i < end-y; i += l.then.Size {
		l.squares.give(&s.maxRow, n, (y+i)/l.then.Size, s.rows[i*stride:], stride, l.w)
	}
	return s.rows, stride
}

// weightGrad adds what rows y to end of picture n give. The sum runs over
// output pixels: a segment is a row, a step a pixel.
func (l *convLayer) weightGrad(partial []float32, n, y, end int, grad []float32, stride int, s *convScratch) {
	in, p := l.in, &s.product
	*p = engine.Product{N: l.Out, K: l.w, Segments: end - y,
		ARow: 1, AStep: l.Stride * in.C, ASegment: l.Stride * in.RowStride(),
		B: grad, BStep: l.Out, BSegment: stride, CRow: l.Out, Accumulate: true}
	// Without dilation, the inputs under a row of the kernel lie side by side.
	p.M, p.C = l.Kernel*in.C, partial[:l.partialSize]
	across := 1
	if l.Dilation > 1 {
		p.M, across = in.C, l.Kernel
	}
	for ky := range l.Kernel {
		for kx := range across {
			p.A = in.Value[in.At(n, y*l.Stride-l.Padding+ky*l.Dilation, -l.Padding+kx*l.Dilation):]
			l.kernel.Multiply(p, &s.tile)
			p.C = p.C[p.M*l.Out:]
		}
	}
	if l.bias == nil {
		return
	}
	bias := partial[l.partialSize:]
	for r := range end - y {
		row := grad[r*stride:][:l.w*l.Out]
		for x := 0; x < len(row); x += l.Out {
			for c, g := range row[x : x+l.Out] {
				bias[c] += g
			}
		}
	}
}

// inputGrad adds what rows y to end of picture n give: each output pixel hands
// its gradient back through the weights to every input pixel that it saw.
func (l *convLayer) inputGrad(n, y, end int, grad []float32, stride int, s *convScratch) {
	in, p := l.in, &s.product
	for ; y < end; y, grad = y+1, grad[stride:] {
		*p = engine.Product{M: l.w, N: in.C, K: l.Out, Segments: 1,
			A: grad, ARow: l.Out, AStep: 1,
			BStep: in.C, CRow: l.Stride * in.C, Accumulate: true}
		for ky := range l.Kernel {
			for kx := range l.Kernel {
				p.B = l.turned[(ky*l.Kernel+kx)*in.C*l.Out:]
				p.C = in.Grad[in.At(n, y*l.Stride-l.Padding+ky*l.Dilation, -l.Padding+kx*l.Dilation):]
				l.kernel.Multiply(p, &s.tile)
			}
		}
	}
}

// sum adds the partial gradients of a fixed range of weights, in order.
func (l *convLayer) sum(part, _ int) {
	stride := l.partialSize + l.out.C
	sumPartials(l.weight.Grad, l.partial, stride, l.partials, part)
	if l.bias != nil {
		sumPartials(l.bias.Grad, l.partial[l.partialSize:], stride, l.partials, part)
	}
}

// sumPartials writes range part of parts of the sum of as many partials.
func sumPartials(to, partial []float32, stride, parts, part int) {
	from, end := part*len(to)/parts, (part+1)*len(to)/parts
	to = to[from:end]
	copy(to, partial[from:])
	for i := 1; i < parts; i++ {
		for j, v := range partial[i*stride+from:][:len(to)] {
			to[j] += v
		}
	}
}
