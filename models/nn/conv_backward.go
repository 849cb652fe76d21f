package nn

import "ringlab/models/engine"

// maxPartials bounds the sums of the weights' gradient that run beside each
// other, and so the threads that a backward pass can use.
const maxPartials = 16

// chunkFloats is how much of the feature maps the backward pass works on
// before it goes on: an L2 cache's share (256 KiB).
const chunkFloats = 1 << 16

// convBackward is what a convolution needs to be trained.
type convBackward struct {
	// Gradients of weights, then of biases, each summed over a share of the batch.
	partial               []float32
	partials, partialSize int
	used                  int // partials of this pass

	// gathers tells that each pixel of the input collects its gradient from the
	// output pixels that saw it, in one product a row; else each output pixel
	// adds to those that it saw, in one product for each weight of the kernel.
	gathers bool
	// turned is the weight with in and out exchanged: [Kernel][Kernel][Out][in],
	// the last weight of the kernel first where the input gathers.
	turned []float32

	// Where the gradient of the convolution is not a map of its own, or the
	// input gathers, rows of it lie in scratch: halo rows of zeros or of the
	// chunk before, those of the chunk, and as many zeros. Each has margin
	// pixels of zeros at both ends.
	halo, margin, stride int

	backwardPart, sumPart, turnPart func(part, worker int)
}

func (l *convLayer) buildBackward(b *Builder) (err error) {
	l.partials = min(b.batch, maxPartials)
	l.partialSize = l.Kernel * l.Kernel * l.in.C * l.Out
	if l.partial, err = b.floats(l.partials, l.partialSize+l.Out); err != nil {
		return err
	}
	if l.in.Grad != nil {
		l.gathers = l.Stride == 1 && l.Dilation == 1 && l.Padding < l.Kernel
		if l.turned, err = b.floats(l.partialSize); err != nil {
			return err
		}
	}
	if l.gathers {
		l.halo, l.margin = l.Kernel-1, l.Kernel-1-l.Padding
	}
	l.stride = (l.w + 2*l.margin) * l.Out
	for i := range l.scratch {
		l.scratch[i].bias = make([]float32, l.Out)
	}
	if l.gathers || l.squares != nil {
		for i := range l.scratch {
			if l.scratch[i].grads, err = b.floats(l.chunkRows()+2*l.halo, l.stride); err != nil {
				return err
			}
		}
	}
	l.backwardPart, l.sumPart, l.turnPart = l.backward, l.sum, l.turn
	return nil
}

// chunkRows is how many rows the backward pass takes at once: whole squares.
func (l *convLayer) chunkRows() int {
	rows := chunkFloats / (l.w*l.Out + l.Stride*l.in.RowStride())
	if l.then != nil {
		return max(1, rows/l.then.Size) * l.then.Size
	}
	return max(1, rows)
}

func (l *convLayer) Backward(p Pass) {
	l.n, l.used = p.N, min(p.N, l.partials)
	if l.in.Grad != nil {
		l.pool.Run(l.Kernel*l.Kernel, l.turnPart)
	}
	l.pool.Run(l.used, l.backwardPart)
	l.pool.Run(l.partials, l.sumPart)
}

func (l *convLayer) turn(k, _ int) {
	in, out, to := l.in.C, l.Out, k
	if l.gathers {
		to = l.Kernel*l.Kernel - 1 - k
	}
	w, t := l.weight.Value[k*in*out:][:in*out], l.turned[to*in*out:][:in*out]
	for i := range in {
		for o, v := range w[i*out:][:out] {
			t[o*in+i] = v
		}
	}
}

// backward takes a fixed share of the batch: its part of the weights' gradient
// and the whole of its pictures' input gradient.
func (l *convLayer) backward(part, worker int) {
	partial := l.partial[part*(l.partialSize+l.Out):][:l.partialSize+l.Out]
	clear(partial[l.partialSize:])
	s, rows, begun := &l.scratch[worker], l.chunkRows(), false
	for n := part * l.n / l.used; n < (part+1)*l.n/l.used; n++ {
		if l.in.Grad != nil && !l.gathers {
			clear(l.in.Grad[n*l.in.Size():][:l.in.Size()])
		}
		for y := 0; y < l.h; y += rows {
			end := min(y+rows, l.h)
			grad, stride := l.outputGrad(n, y, end, s)
			l.weightGrad(partial, begun, n, y, end, grad, stride, s)
			begun = true
			switch {
			case l.gathers:
				l.gather(n, y, end, s)
			case l.in.Grad != nil:
				l.scatter(n, y, end, grad, stride, s)
			}
		}
	}
}

// outputGrad is the gradient of rows y to end of the convolution, stride apart.
func (l *convLayer) outputGrad(n, y, end int, s *convScratch) (grad []float32, stride int) {
	if s.grads == nil {
		return l.out.Grad[l.out.At(n, y, 0):], l.out.RowStride()
	}
	if y == 0 {
		clear(s.grads[:l.halo*l.stride])
	} else { // rows of the chunk before
		copy(s.grads[:l.halo*l.stride], s.grads[l.chunkRows()*l.stride:])
	}
	grad = s.grads[l.halo*l.stride+l.margin*l.Out:]
	if l.squares == nil {
		for i := range end - y {
			copy(grad[i*l.stride:][:l.w*l.Out], l.out.Grad[l.out.At(n, y+i, 0):])
		}
		return grad, l.stride
	}
	for i := 0; i < end-y; i += l.then.Size {
		l.squares.give(&s.maxRow, n, (y+i)/l.then.Size, grad[i*l.stride:], l.stride, l.w)
	}
	return grad, l.stride
}

// weightGrad adds what rows y to end of picture n give, to nothing where it is
// not begun. The sum runs over output pixels: a segment is a row, a step a
// pixel.
func (l *convLayer) weightGrad(partial []float32, begun bool, n, y, end int, grad []float32, stride int, s *convScratch) {
	in, p := l.in, &s.product
	*p = engine.Product{N: l.Out, K: l.w, Segments: end - y,
		ARow: 1, AStep: l.Stride * in.C, ASegment: l.Stride * in.RowStride(),
		B: grad, BStep: l.Out, BSegment: stride, CRow: l.Out, StartRow: l.Out}
	// Without dilation, the inputs under a row of the kernel lie side by side.
	p.M, p.C = l.Kernel*in.C, partial[:l.partialSize]
	across := 1
	if l.Dilation > 1 {
		p.M, across = in.C, l.Kernel
	}
	for ky := range l.Kernel {
		for kx := range across {
			p.A = in.Value[in.At(n, y*l.Stride-l.Padding+ky*l.Dilation, -l.Padding+kx*l.Dilation):]
			if begun {
				p.Start = p.C
			}
			l.kernel.Multiply(p, &s.tile)
			p.C = p.C[p.M*l.Out:]
		}
	}
	if l.bias == nil {
		return
	}
	// Summed apart: millions of pixels in one float32 lose too much.
	clear(s.bias)
	for r := range end - y {
		l.kernel.AddRows(s.bias, grad[r*stride:], l.Out, l.w)
	}
	l.kernel.AddRows(partial[l.partialSize:], s.bias, 0, 1)
}

// gather writes the gradient of the input rows that no row of the output below
// end sees, and that those above y did not complete.
func (l *convLayer) gather(n, y, end int, s *convScratch) {
	in, p := l.in, &s.product
	from, to := y, end // rows of the input with its padding
	if end == l.h {
		to += l.halo
		clear(s.grads[(l.halo+end-y)*l.stride:][:l.halo*l.stride])
		for row := to - l.Padding; row < in.H; row++ { // seen by no whole square
			clear(in.Grad[in.At(n, row, 0):][:in.W*in.C])
		}
	}
	*p = engine.Product{M: in.W, N: in.C, Segments: l.Kernel, K: l.Kernel * l.Out,
		ARow: l.Out, AStep: 1, ASegment: l.stride,
		B: l.turned, BStep: in.C, BSegment: l.Kernel * l.Out * in.C, CRow: in.C}
	for row := max(from, l.Padding); row < min(to, l.Padding+in.H); row++ {
		p.A, p.C = s.grads[(row-y)*l.stride:], in.Grad[in.At(n, row-l.Padding, 0):]
		l.kernel.Multiply(p, &s.tile)
	}
}

// scatter adds what rows y to end of picture n give: each output pixel hands
// its gradient back through the weights to every input pixel that it saw.
func (l *convLayer) scatter(n, y, end int, grad []float32, stride int, s *convScratch) {
	in, p := l.in, &s.product
	for ; y < end; y, grad = y+1, grad[stride:] {
		*p = engine.Product{M: l.w, N: in.C, K: l.Out, Segments: 1,
			A: grad, ARow: l.Out, AStep: 1,
			BStep: in.C, CRow: l.Stride * in.C, StartRow: l.Stride * in.C}
		for ky := range l.Kernel {
			for kx := range l.Kernel {
				p.B = l.turned[(ky*l.Kernel+kx)*in.C*l.Out:]
				p.C = in.Grad[in.At(n, y*l.Stride-l.Padding+ky*l.Dilation, -l.Padding+kx*l.Dilation):]
				p.Start = p.C
				l.kernel.Multiply(p, &s.tile)
			}
		}
	}
}

// sum adds the partial gradients of a fixed range of weights, in order.
func (l *convLayer) sum(part, _ int) {
	stride := l.partialSize + l.Out
	add := func(to, partial []float32) {
		from, end := part*len(to)/l.partials, (part+1)*len(to)/l.partials
		copy(to[from:end], partial[from:])
		l.kernel.AddRows(to[from:end], partial[min(stride+from, len(partial)):], stride, l.used-1)
	}
	add(l.weight.Grad, l.partial)
	if l.bias != nil {
		add(l.bias.Grad, l.partial[l.partialSize:])
	}
}
