// Package nn has the layers, losses and optimizers of small convolutional
// networks, on models/engine. Everything that a step needs is allocated when
// the network is built. The same seed gives the same bits for any number of
// threads: work is cut by picture or by fixed slices, and sums over slices are
// taken in their order.
package nn

import "fmt"

// Map is a batch of feature maps, channels last, each with a border of Border
// zero pixels around it (the padding of the convolution that reads it):
// element (n, y, x, c) is at At(n, y, x) + c. A vector is a map of 1 x 1.
type Map struct {
	N, H, W, C, Border int
	// Value is what the forward pass writes. Grad is the derivative of the
	// loss by Value, nil in a network that only answers. The border of Grad
	// holds nothing of use.
	Value, Grad []float32
}

// At is the index of channel 0 of a pixel. y and x may reach into the border.
func (m *Map) At(n, y, x int) int { return n*m.Size() + (y+m.Border)*m.RowStride() + (x+m.Border)*m.C }

// RowStride is the distance between pixels below each other.
func (m *Map) RowStride() int { return (m.W + 2*m.Border) * m.C }

// Size is the number of elements of one picture, border included.
func (m *Map) Size() int { return (m.H + 2*m.Border) * m.RowStride() }

func (m *Map) String() string { return fmt.Sprintf("%d×%d×%d", m.H, m.W, m.C) }

// Parameter is one array that training changes.
type Parameter struct {
	Name  string
	Shape []int
	// Value and Grad are row-major. Grad is nil in a network that only answers.
	Value, Grad []float32
	// Decay is set where weight decay applies: on arrays of two or more
	// dimensions, not on biases and scales.
	Decay bool
}

// Statistic is an array that training updates without a gradient, such as a
// running mean.
type Statistic struct {
	Name  string
	Value []float32
}

// Pass says what a forward pass is for.
type Pass struct {
	N int // pictures, at most the batch that the network was built for
	// Train uses the batch's own statistics and drops out; otherwise running
	// statistics, and nothing is dropped.
	Train bool
	// Noise decides what is dropped; a new number each step.
	Noise uint64
}

// Layer is one step of a Sequence. Forward reads the map before it and writes
// its own; Backward does the reverse with gradients and overwrites the
// gradients of its parameters.
type Layer interface {
	Forward(p Pass)
	Backward(p Pass)
}

// Sequence is a chain of layers.
type Sequence struct {
	In, Out *Map
	// Stages describe the chain to other programs, as it was asked for.
	Stages []Stage
	layers []Layer
}

// Stage is a layer as it was asked for. Its parameters and statistics are
// named after it: the weight of stage "trunk.0" is "trunk.0.weight".
type Stage struct {
	Name string
	Spec Spec
}

// Forward computes Out from In.
func (s *Sequence) Forward(p Pass) {
	for _, layer := range s.layers {
		layer.Forward(p)
	}
}

// Backward computes the gradients of all parameters, and of In where it has
// one, from Out.Grad of the last forward pass.
func (s *Sequence) Backward(p Pass) {
	for i := len(s.layers) - 1; i >= 0; i-- {
		s.layers[i].Backward(p)
	}
}
