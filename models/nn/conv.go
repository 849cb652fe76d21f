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
	out, err := b.newMap(h/c.Stride+1, w/c.Stride+1, c.Out, border, true)
	if err != nil {
		return nil, nil, err
	}
	l := &convLayer{Conv: c, in: in, out: out, kernel: b.kernel, pool: b.pool}
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
	l.scratch = make([]convScratch, b.pool.Workers())
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
	kernel  *engine.Kernel
	pool    *engine.Pool

	weight, bias *Parameter // bias may be nil
	scratch      []convScratch
	n            int // pictures of the pass

	// Gradients of weights, then of biases, summed over a share of the batch.
	partial               []float32
	partials, partialSize int
	// turned is the weight with in and out exchanged: [Kernel][Kernel][Out][in].
	turned []float32

	forwardPart, backwardPart, sumPart func(part, worker int)
}

type convScratch struct{ product, tile engine.Product }

func (l *convLayer) rowParts() int { return (l.out.H + rowsPerPart - 1) / rowsPerPart }

func (l *convLayer) Forward(p Pass) {
	l.n = p.N
	l.pool.Run(p.N*l.rowParts(), l.forwardPart)
}

func (l *convLayer) forward(part, worker int) {
	n, first := part/l.rowParts(), part%l.rowParts()*rowsPerPart
	in, out, s := l.in, l.out, &l.scratch[worker]
	p := &s.product
	for y := first; y < min(first+rowsPerPart, out.H); y++ {
		row := out.Value[out.At(n, y, 0):][:out.W*out.C]
		if l.bias != nil {
			for x := 0; x < len(row); x += out.C {
				copy(row[x:], l.bias.Value)
			}
		}
		*p = engine.Product{M: out.W, N: out.C, A: in.Value[in.At(n, y*l.Stride-l.Padding, -l.Padding):], ARow: l.Stride * in.C, AStep: 1,
			B: l.weight.Value, BStep: out.C, C: row, CRow: out.C, Accumulate: l.bias != nil}
		if l.Dilation == 1 {
			p.Segments, p.ASegment = l.Kernel, in.RowStride()
			p.K, p.BSegment = l.Kernel*in.C, l.Kernel*in.C*out.C
			l.kernel.Multiply(p, &s.tile)
			continue
		}
		a, b := p.A, p.B
		for ky := range l.Kernel {
			p.A, p.B = a[ky*l.Dilation*in.RowStride():], b[ky*l.Kernel*in.C*out.C:]
			p.Segments, p.ASegment = l.Kernel, l.Dilation*in.C
			p.K, p.BSegment = in.C, in.C*out.C
			l.kernel.Multiply(p, &s.tile)
			p.Accumulate = true
		}
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
	rows := max(1, chunkFloats/(l.out.RowStride()+l.Stride*l.in.RowStride()))
	for n := part * l.n / l.partials; n < (part+1)*l.n/l.partials; n++ {
		if l.in.Grad != nil {
			clear(l.in.Grad[n*l.in.Size():][:l.in.Size()])
		}
		for y := 0; y < l.out.H; y += rows {
			end := min(y+rows, l.out.H)
			l.weightGrad(partial, n, y, end, &l.scratch[worker])
			if l.in.Grad != nil {
				l.inputGrad(n, y, end, &l.scratch[worker])
			}
		}
	}
}

// weightGrad adds what rows y to end of picture n give. The sum runs over
// output pixels: a segment is a row, a step a pixel.
func (l *convLayer) weightGrad(partial []float32, n, y, end int, s *convScratch) {
	in, out := l.in, l.out
	grad := out.Grad[out.At(n, y, 0):]
	p := &s.product
	*p = engine.Product{N: out.C, K: out.W, Segments: end - y,
		ARow: 1, AStep: l.Stride * in.C, ASegment: l.Stride * in.RowStride(),
		B: grad, BStep: out.C, BSegment: out.RowStride(), CRow: out.C, Accumulate: true}
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
			p.C = p.C[p.M*out.C:]
		}
	}
	if l.bias == nil {
		return
	}
	bias := partial[l.partialSize:]
	for r := range end - y {
		row := grad[r*out.RowStride():][:out.W*out.C]
		for x := 0; x < len(row); x += out.C {
			for c, g := range row[x : x+out.C] {
				bias[c] += g
			}
		}
	}
}

// inputGrad adds what rows y to end of picture n give: each output pixel hands
// its gradient back through the weights to every input pixel that it saw.
func (l *convLayer) inputGrad(n, y, end int, s *convScratch) {
	in, out := l.in, l.out
	p := &s.product
	for ; y < end; y++ {
		*p = engine.Product{M: out.W, N: in.C, K: out.C, Segments: 1,
			A: out.Grad[out.At(n, y, 0):], ARow: out.C, AStep: 1,
			BStep: in.C, CRow: l.Stride * in.C, Accumulate: true}
		for ky := range l.Kernel {
			for kx := range l.Kernel {
				p.B = l.turned[(ky*l.Kernel+kx)*in.C*out.C:]
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
