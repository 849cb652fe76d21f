package models

import (
	"ringlab/models/engine"
	"ringlab/models/nn"
)

// timedNetwork is a network that training engines are compared with, on noise.
type timedNetwork struct {
	name                           string
	side, channels, batch, classes int
	convolutions, rest             []nn.Spec
	// Multiplies and adds for one picture, of convolutions and dense layers, in
	// a forward pass and in one step of training. The first layer's input needs
	// no gradient, so training costs it twice an answer and the others thrice.
	answer, step float64
	// What the convolutions alone have of step.
	convolutionStep float64
}

// timedNetworks are the replaced demo's network at its pictures' size, and a
// small one whose layers leave less to multiply for each hand-over.
func timedNetworks() []timedNetwork {
	convolution := func(side, in, out int) float64 { return 2 * float64(side*side*out) * float64(9*in) }
	reference := timedNetwork{name: "reference", side: 300, channels: 3, batch: 12, classes: 5,
		convolutions: []nn.Spec{nn.Conv{Out: 32, Kernel: 3}, nn.ReLU{}, nn.MaxPool{Size: 2},
			nn.Conv{Out: 64, Kernel: 3}, nn.ReLU{}, nn.MaxPool{Size: 2}},
		rest: []nn.Spec{nn.Flatten{}, nn.Dropout{Rate: .5}, nn.Dense{Out: 5}}}
	reference.count(convolution(298, 3, 32), []float64{convolution(147, 32, 64)}, 2*73*73*64*5)

	same := func(out int) nn.Conv { return nn.Conv{Out: out, Kernel: 3, Padding: 1} }
	compact := timedNetwork{name: "compact", side: 96, channels: 1, batch: 16, classes: 9,
		convolutions: []nn.Spec{same(16), nn.ReLU{}, nn.MaxPool{Size: 2}, same(32), nn.ReLU{}, nn.MaxPool{Size: 2},
			same(64), nn.ReLU{}, nn.MaxPool{Size: 2}, same(64), nn.ReLU{}, nn.MaxPool{Size: 2}},
		rest: []nn.Spec{nn.MeanPool{}, nn.Dense{Out: 9}}}
	compact.count(convolution(96, 1, 16), []float64{convolution(48, 16, 32), convolution(24, 32, 64), convolution(12, 64, 64)}, 2*64*9)
	return []timedNetwork{reference, compact}
}

func (n *timedNetwork) count(first float64, others []float64, dense float64) {
	n.answer, n.convolutionStep = first+dense, 2*first
	for _, c := range others {
		n.answer += c
		n.convolutionStep += 3 * c
	}
	n.step = n.convolutionStep + 3*dense
}

// timedStep is such a network with all that a step of its training needs.
type timedStep struct {
	network  timedNetwork
	sequence *nn.Sequence
	adam     *nn.Adam // nil in one that only answers
	labels   []int
	shares   []float32
	noise    uint64
}

// build lays the network out for batches of n pictures, filled with noise.
func (n timedNetwork) build(kernel *engine.Kernel, pool *engine.Pool, batch int, answers, convolutionsOnly bool) (*timedStep, error) {
	b := nn.NewBuilder(kernel, pool, batch)
	b.Answers = answers
	specs := n.convolutions
	if !convolutionsOnly {
		specs = append(specs[:len(specs):len(specs)], n.rest...)
	}
	sequence, err := b.Sequence(n.name, n.side, n.side, n.channels, false, specs...)
	if err != nil {
		return nil, err
	}
	s := &timedStep{network: n, sequence: sequence, labels: make([]int, batch), shares: make([]float32, batch*n.classes)}
	weights := b.Build(1)
	if !answers {
		s.adam = nn.NewAdam(weights, kernel, pool)
	}
	in := sequence.In
	for i := range batch {
		s.labels[i] = i % n.classes
		for y := range in.H {
			for x := range in.W * in.C {
				in.Value[in.At(i, y, 0)+x] = float32(nn.Uniform(uint64(i), uint64(y*in.W*in.C+x)))
			}
		}
	}
	return s, nil
}

// train is one whole step: forward, loss, backward, weights.
func (s *timedStep) train() {
	pass := nn.Pass{N: len(s.labels), Train: true, Noise: s.noise}
	s.noise++
	s.sequence.Forward(pass)
	nn.SoftmaxCrossEntropy(s.sequence.Out.Value, s.labels, s.sequence.Out.Grad, s.shares)
	s.sequence.Backward(pass)
	s.adam.Step(1e-3)
}

// convolve is forward and backward of the layers, with whatever gradient.
func (s *timedStep) convolve() {
	pass := nn.Pass{N: len(s.labels), Train: true}
	s.sequence.Forward(pass)
	copy(s.sequence.Out.Grad, s.sequence.Out.Value)
	s.sequence.Backward(pass)
}

func (s *timedStep) answer() { s.sequence.Forward(nn.Pass{N: len(s.labels)}) }
