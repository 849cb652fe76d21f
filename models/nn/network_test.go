package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ringlab/models/engine"
)

// trainer is a small network with one of every layer, and its training step.
type trainer struct {
	sequence *Sequence
	weights  *Weights
	adam     *Adam
	labels   []int
	shares   []float32
	in       []float32
	loss     float64
	noise    uint64
}

func newTrainer(t testing.TB, threads, batch int, h, w, c, classes int, specs ...Spec) *trainer {
	t.Helper()
	return trainerOf(t, testBuilder(t, threads, batch), batch, h, w, c, classes, specs...)
}

func trainerOf(t testing.TB, b *Builder, batch int, h, w, c, classes int, specs ...Spec) *trainer {
	t.Helper()
	s, err := b.Sequence("net", h, w, c, false, specs...)
	if err != nil {
		t.Fatal(err)
	}
	tr := &trainer{sequence: s, weights: b.Build(11), labels: make([]int, batch), shares: make([]float32, batch*classes)}
	tr.adam = NewAdam(tr.weights, b.kernel, b.pool)
	rng := rand.New(rand.NewPCG(12, 13))
	write(rng, s.In, s.In.Value)
	tr.in = append(tr.in, s.In.Value...)
	for i := range tr.labels {
		tr.labels[i] = rng.IntN(classes)
	}
	return tr
}

func (tr *trainer) run() {
	copy(tr.sequence.In.Value, tr.in)
	pass := Pass{N: len(tr.labels), Train: true, Noise: tr.noise}
	tr.sequence.Forward(pass)
	tr.loss = SoftmaxCrossEntropy(tr.sequence.Out.Value, tr.labels, tr.sequence.Out.Grad, tr.shares)
	tr.sequence.Backward(pass)
	tr.adam.Step(1e-3)
	tr.noise++
}

var everyLayer = []Spec{
	Conv{Out: 6, Kernel: 3, Padding: 1, NoBias: true}, BatchNorm{Momentum: .1}, ReLU{}, MaxPool{Size: 2},
	Conv{Out: 9, Kernel: 3, Dilation: 2, Padding: 2}, ReLU{}, Conv{Out: 5, Kernel: 3, Stride: 2, Padding: 1},
	MeanPool{Max: true}, Dense{Out: 12}, ReLU{}, Dropout{Rate: .3}, Dense{Out: 4},
}

func TestTrainingGivesTheSameBitsForAnyNumberOfThreads(t *testing.T) {
	for _, kernel := range engine.Kernels() {
		var first *trainer
		for _, threads := range []int{1, 2, 16} {
			tr := trainerOf(t, testBuilderOn(t, kernel, threads, 7), 7, 20, 19, 3, 4, everyLayer...)
			tr.adam.ClipNorm, tr.adam.WeightDecay = .5, .01
			for range 4 {
				tr.run()
			}
			if first == nil {
				first = tr
			}
			tr.sameBits(t, first, fmt.Sprintf("%s with %d threads, and with 1", kernel.Name, threads))
		}
	}
}

// What a checkpoint holds is all that the next step needs, on every kernel.
func TestTrainingGoesOnFromItsStateBitForBit(t *testing.T) {
	for _, kernel := range engine.Kernels() {
		fresh := func() *trainer {
			tr := trainerOf(t, testBuilderOn(t, kernel, 2, 7), 7, 20, 19, 3, 4, everyLayer...)
			tr.adam.ClipNorm, tr.adam.WeightDecay = .5, .01
			return tr
		}
		whole, before, after := fresh(), fresh(), fresh()
		for range 4 {
			whole.run()
		}
		for range 2 {
			before.run()
		}
		copy(after.weights.Value, before.weights.Value)
		for i, s := range before.weights.Statistics {
			copy(after.weights.Statistics[i].Value, s.Value)
		}
		copy(after.adam.Mean, before.adam.Mean)
		copy(after.adam.Square, before.adam.Square)
		after.adam.Steps, after.noise = before.adam.Steps, before.noise
		for range 2 {
			after.run()
		}
		after.sameBits(t, whole, kernel.Name+" interrupted, and at once")
	}
}

// sameBits compares weights and statistics.
func (tr *trainer) sameBits(t *testing.T, other *trainer, what string) {
	t.Helper()
	for i, v := range tr.weights.Value {
		if math.Float32bits(v) != math.Float32bits(other.weights.Value[i]) {
			t.Fatalf("%s: weight %d is %v and %v", what, i, v, other.weights.Value[i])
		}
	}
	for i, s := range tr.weights.Statistics {
		for j, v := range s.Value {
			if math.Float32bits(v) != math.Float32bits(other.weights.Statistics[i].Value[j]) {
				t.Fatalf("%s: %s differs", what, s.Name)
			}
		}
	}
}

func TestASteadyStepAllocatesNothing(t *testing.T) {
	for _, threads := range []int{1, 2} {
		tr := newTrainer(t, threads, 7, 20, 19, 3, 4, everyLayer...)
		tr.adam.ClipNorm = 1
		// The scheduler may allocate to park a thread; what we would allocate, we
		// would each time.
		allocs := testing.AllocsPerRun(5, tr.run)
		for try := 0; try < 5 && allocs != 0; try++ {
			allocs = testing.AllocsPerRun(5, tr.run)
		}
		if allocs != 0 {
			t.Errorf("%v allocations a step with %d threads", allocs, threads)
		}
	}
}

func TestTrainingLearnsItsBatch(t *testing.T) {
	tr := newTrainer(t, 2, 7, 20, 19, 3, 4, everyLayer...)
	tr.run()
	first := tr.loss
	// Dropout makes the loss of one step a matter of chance.
	last, among := 0.0, 20
	for step := range 200 {
		tr.noise = Hash(5, uint64(step))
		tr.run()
		if step >= 200-among {
			last += tr.loss / float64(among)
		}
	}
	if last > first/4 {
		t.Errorf("loss went from %.3f to %.3f in 200 steps", first, last)
	}
}

// A row's answer depends on that row alone, so a partial batch gives what a
// full one gives.
func TestAPartialBatchAnswersAsAFullOne(t *testing.T) {
	tr := newTrainer(t, 2, 7, 20, 19, 3, 4, everyLayer...)
	tr.run()
	answer := func(n int) []float32 {
		copy(tr.sequence.In.Value, tr.in)
		tr.sequence.Forward(Pass{N: n})
		return append([]float32(nil), tr.sequence.Out.Value[:n*4]...)
	}
	full, part := answer(7), answer(3)
	for i, v := range part {
		if v != full[i] {
			t.Fatalf("value %d: %v in a batch of 3, %v in one of 7", i, v, full[i])
		}
	}
}

func TestADescriptionThatCannotBeIsRefused(t *testing.T) {
	for _, test := range []struct {
		says  string
		specs []Spec
	}{
		{"cannot be", []Spec{Conv{Out: 0, Kernel: 3}}},
		{"cannot be", []Spec{Conv{Out: 1, Kernel: 1 << 11, Padding: 100}}},
		{"reaches 9 pixels", []Spec{Conv{Out: 4, Kernel: 9}}},
		{"does not fit", []Spec{MaxPool{Size: 9}}},
		{"needs a vector", []Spec{Dense{Out: 3}}},
		{"over the limit", []Spec{Conv{Out: 1 << 40, Kernel: 3}}},
		{"more than", []Spec{Conv{Out: 1 << 20, Kernel: 1}, Conv{Out: 1 << 20, Kernel: 1}}},
		{"dropout rate", []Spec{Dropout{Rate: 1}}},
		{"momentum", []Spec{BatchNorm{Momentum: math.NaN()}}},
		{"a vector has no border", []Spec{Flatten{}, Conv{Out: 1, Kernel: 1, Padding: 1}}},
	} {
		b := testBuilder(t, 1, 2)
		_, err := b.Sequence("net", 8, 8, 1, false, test.specs...)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%+v: error is %v, want one that says %q", test.specs, err, test.says)
		}
	}
}

func TestCosineRateRisesAndFalls(t *testing.T) {
	for _, test := range []struct {
		step int
		want float64
	}{{0, .1}, {9, 1}, {10, 1}, {60, .55}, {110, .1}, {200, .1}} {
		if got := CosineRate(1, .1, test.step, 10, 110); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("rate of step %d is %v, want %v", test.step, got, test.want)
		}
	}
}

// Worked by hand: the first step of Adam moves by the rate, whatever the size
// of the gradient; decay moves by rate·decay·weight beside it.
func TestTheFirstStepOfAdam(t *testing.T) {
	tr := newTrainer(t, 1, 1, 1, 1, 2, 3, Dense{Out: 3})
	a := tr.adam
	a.WeightDecay = .5
	copy(tr.weights.Value, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9})
	copy(tr.weights.Grad, []float32{1, -1, 100, 1e-3, 0, 0, 1, 0, -5})
	a.Step(.1)
	want := []float64{1 - .05 - .1, 2 - .1 + .1, 3 - .15 - .1, 4 - .2 - .1, 5 - .25, 6 - .3, 7 - .1, 8, 9 + .1}
	for i, v := range tr.weights.Value {
		if math.Abs(float64(v)-want[i]) > 2e-5 {
			t.Errorf("weight %d is %v, want %v", i, v, want[i])
		}
	}
}
