package nn

import (
	"fmt"

	"ringlab/models/engine"
)

// Spec describes one layer of a Sequence.
type Spec interface {
	// build makes the layer that reads in, and the map that it writes, which
	// has the given border.
	build(b *Builder, name string, in *Map, border int) (Layer, *Map, error)
	// border is the padding that the layer needs around its input, where the
	// layer after it needs next.
	border(next int) int
}

// Builder makes the sequences of one network. Sizes are summed before anything
// is allocated, so a description from a file cannot ask for more than the
// limit.
type Builder struct {
	// Answers builds a network that cannot be trained and needs no gradients.
	Answers bool
	// Measure lays the network out without the memory of its maps, to learn
	// the shapes of its parameters. It cannot run.
	Measure bool

	kernel *engine.Kernel
	pool   *engine.Pool
	batch  int

	left       int // floats that may still be allocated
	parameters []*Parameter
	statistics []*Statistic
	starts     []start
	layerCount uint64
}

// start is how a parameter begins: uniform in ±Limit, or all Value.
type start struct {
	limit, value float64
}

// MaxFloats bounds the memory of one network: 2 GiB. One that only answers may
// have a quarter.
const MaxFloats = 1 << 29

// NewBuilder builds for batches of up to batch pictures.
func NewBuilder(kernel *engine.Kernel, pool *engine.Pool, batch int) *Builder {
	return &Builder{kernel: kernel, pool: pool, batch: batch, left: MaxFloats}
}

// Sequence chains layers behind an input of h x w pixels with c channels.
// wantGrad asks for the gradient of the input.
func (b *Builder) Sequence(name string, h, w, c int, wantGrad bool, specs ...Spec) (*Sequence, error) {
	stages := make([]Stage, len(specs))
	for i, spec := range specs {
		stages[i] = Stage{fmt.Sprintf("%s.%d", name, i), spec}
	}
	specs = fuse(specs)
	borders := make([]int, len(specs)+1)
	for i := len(specs) - 1; i >= 0; i-- {
		borders[i] = borders[i+1]
		if specs[i] != nil {
			borders[i] = specs[i].border(borders[i+1])
		}
	}
	in, err := b.newMap(h, w, c, borders[0], wantGrad)
	if err != nil {
		return nil, fmt.Errorf("build network %s: input: %w", name, err)
	}
	s := &Sequence{In: in, Out: in, Stages: stages}
	for i, spec := range specs {
		if spec == nil {
			continue
		}
		layer, out, err := spec.build(b, stages[i].Name, s.Out, borders[i+1])
		if err != nil {
			return nil, fmt.Errorf("build network layer %s: %w", stages[i].Name, err)
		}
		s.layers = append(s.layers, layer)
		s.Out = out
	}
	return s, nil
}

// fuse joins ReLU to a MaxPool behind it, since rectifying the maximum is the
// same, and both to a Conv before them, whose own output is then never kept as
// a whole. The place of a layer that was joined is nil, so that the others
// keep their names.
func fuse(specs []Spec) []Spec {
	fused := append([]Spec(nil), specs...)
	for i := len(fused) - 2; i >= 0; i-- {
		if _, ok := fused[i].(ReLU); !ok {
			continue
		}
		pool, ok := fused[i+1].(MaxPool)
		if !ok {
			continue
		}
		fused[i], pool.rectify = nil, true
		fused[i+1] = pool
		if i == 0 {
			continue
		}
		if conv, ok := fused[i-1].(Conv); ok {
			conv.then = &pool
			fused[i-1], fused[i+1] = conv, nil
		}
	}
	return fused
}

// take reserves floats of the limit. Factors come from a description and may
// be anything.
func (b *Builder) take(factors ...int) (int, error) {
	n := 1
	for _, f := range factors {
		if f < 0 || f > MaxFloats || (f > 0 && n > MaxFloats/f) {
			return 0, fmt.Errorf("size %v is over the limit of %d numbers", factors, MaxFloats)
		}
		n *= f
	}
	left := b.left
	if b.Answers {
		left -= MaxFloats / 4 * 3
	}
	if n > left {
		return 0, fmt.Errorf("the network needs more than %d numbers of memory; use a smaller one", left)
	}
	b.left -= n
	return n, nil
}

func (b *Builder) floats(factors ...int) ([]float32, error) {
	n, err := b.take(factors...)
	if err != nil || b.Measure {
		return nil, err
	}
	return make([]float32, n), nil
}

func (b *Builder) newMap(h, w, c, border int, grad bool) (*Map, error) {
	if h < 1 || w < 1 || c < 1 || border < 0 || max(h, w, border) > 1<<14 {
		return nil, fmt.Errorf("a map of %d×%d×%d with border %d cannot be", h, w, c, border)
	}
	m := &Map{N: b.batch, H: h, W: w, C: c, Border: border}
	var err error
	if m.Value, err = b.floats(b.batch, h+2*border, w+2*border, c); err != nil {
		return nil, err
	}
	if grad && !b.Answers {
		m.Grad, err = b.floats(b.batch, h+2*border, w+2*border, c)
	}
	return m, err
}

// parameter adds an array; its memory follows in Build, so layers keep the
// pointer and not the slices.
func (b *Builder) parameter(name string, s start, shape ...int) (*Parameter, error) {
	copies := 4 // value, gradient, two moments
	if b.Answers {
		copies = 1
	}
	factors := append([]int{copies}, shape...)
	if _, err := b.take(factors...); err != nil {
		return nil, err
	}
	p := &Parameter{Name: name, Shape: shape, Decay: len(shape) > 1}
	b.parameters = append(b.parameters, p)
	b.starts = append(b.starts, s)
	return p, nil
}

func (b *Builder) statistic(name string, n int, value float32) (*Statistic, error) {
	if _, err := b.take(n); err != nil {
		return nil, err
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = value
	}
	s := &Statistic{Name: name, Value: values}
	b.statistics = append(b.statistics, s)
	return s, nil
}

// Scalar adds a parameter of one number that begins with value, for use outside
// of sequences.
func (b *Builder) Scalar(name string, value float64) (*Parameter, error) {
	return b.parameter(name, start{value: value}, 1)
}

// layerID numbers the layers that need noise of their own.
func (b *Builder) layerID() uint64 {
	b.layerCount++
	return b.layerCount
}

// Weights are all arrays of a network. The values of all parameters lie behind
// each other in Value, their gradients in Grad, in the order of Parameters.
type Weights struct {
	Parameters  []*Parameter
	Statistics  []*Statistic
	Value, Grad []float32
}

// Build allocates the parameters of all sequences and fills them by seed.
func (b *Builder) Build(seed uint64) *Weights {
	total := 0
	for _, p := range b.parameters {
		total += product(p.Shape)
	}
	w := &Weights{Parameters: b.parameters, Statistics: b.statistics, Value: make([]float32, total)}
	if !b.Answers {
		w.Grad = make([]float32, total)
	}
	at := 0
	for i, p := range b.parameters {
		n := product(p.Shape)
		p.Value = w.Value[at : at+n : at+n]
		if !b.Answers {
			p.Grad = w.Grad[at : at+n : at+n]
		}
		key := Hash(seed, uint64(i))
		for j := range p.Value {
			p.Value[j] = float32(b.starts[i].value + b.starts[i].limit*(2*Uniform(key, uint64(j))-1))
		}
		at += n
	}
	return w
}

// Adopt makes the network of an Answers builder use arrays that another one
// trained, without a copy: values in the order of Weights.Value, statistics in
// that of Weights.Statistics. They must not change while the network is in use.
func (b *Builder) Adopt(values []float32, statistics [][]float32) error {
	total := 0
	for _, p := range b.parameters {
		total += product(p.Shape)
	}
	if total != len(values) || len(statistics) != len(b.statistics) {
		return fmt.Errorf("adopt weights: the network has %d numbers and %d statistics, given were %d and %d",
			total, len(b.statistics), len(values), len(statistics))
	}
	for i, s := range b.statistics {
		if len(statistics[i]) != len(s.Value) {
			return fmt.Errorf("adopt weights: statistic %s has %d numbers, given were %d", s.Name, len(s.Value), len(statistics[i]))
		}
		s.Value = statistics[i]
	}
	for _, p := range b.parameters {
		n := product(p.Shape)
		p.Value, values = values[:n:n], values[n:]
	}
	return nil
}

// Parameters and Statistics list what the network has, by name and shape.
func (b *Builder) Parameters() []*Parameter { return b.parameters }
func (b *Builder) Statistics() []*Statistic { return b.statistics }

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
