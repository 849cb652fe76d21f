package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"ringlab/models/engine"
)

// tolerance bounds |got - want| by tolerance·(1 + |want|): float32 against
// float64 on sums of up to a few hundred terms of about 1.
const tolerance = 1e-4

func near(got, want float64) bool { return math.Abs(got-want) <= tolerance*(1+math.Abs(want)) }

// read copies a map without its border.
func read(m *Map, from []float32, n int) volume {
	v := newVolume(n, m.H, m.W, m.C)
	for i := range n {
		for y := range m.H {
			for x := range m.W {
				for c := range m.C {
					*v.at(i, y, x, c) = float64(from[m.At(i, y, x)+c])
				}
			}
		}
	}
	return v
}

// write fills a map, border excluded, with normal noise.
func write(rng *rand.Rand, m *Map, to []float32) {
	for i := range m.N {
		for y := range m.H {
			for x := range m.W {
				for c := range m.C {
					to[m.At(i, y, x)+c] = float32(rng.NormFloat64())
				}
			}
		}
	}
}

func widen(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

func testBuilder(t testing.TB, threads, batch int) *Builder {
	t.Helper()
	kernel, err := engine.Best()
	if err != nil {
		t.Fatal(err)
	}
	return testBuilderOn(t, kernel, threads, batch)
}

func testBuilderOn(t testing.TB, kernel *engine.Kernel, threads, batch int) *Builder {
	t.Helper()
	pool := engine.NewPool(threads)
	t.Cleanup(pool.Close)
	return NewBuilder(kernel, pool, batch)
}

const testNoise = 77

func TestEachLayerAndItsGradientsAgreeWithFloat64(t *testing.T) {
	for _, test := range []struct {
		name    string
		h, w, c int
		spec    Spec
		same    reference
	}{
		{"convolution, valid", 7, 6, 3, Conv{Out: 5, Kernel: 3}, Conv{Out: 5, Kernel: 3}.reference},
		{"convolution, one channel", 9, 8, 1, Conv{Out: 4, Kernel: 3, Padding: 1}, Conv{Out: 4, Kernel: 3, Padding: 1}.reference},
		{"convolution, same size, no bias", 6, 5, 2, Conv{Out: 33, Kernel: 3, Padding: 1, NoBias: true}, Conv{Out: 33, Kernel: 3, Padding: 1, NoBias: true}.reference},
		{"convolution, stride 2", 8, 7, 3, Conv{Out: 4, Kernel: 3, Stride: 2, Padding: 1}, Conv{Out: 4, Kernel: 3, Stride: 2, Padding: 1}.reference},
		{"convolution, stride 3, nothing left over is read", 8, 7, 2, Conv{Out: 2, Kernel: 2, Stride: 3}, Conv{Out: 2, Kernel: 2, Stride: 3}.reference},
		{"convolution, dilation 2", 8, 9, 3, Conv{Out: 4, Kernel: 3, Dilation: 2, Padding: 2}, Conv{Out: 4, Kernel: 3, Dilation: 2, Padding: 2}.reference},
		{"convolution, dilation and stride 2", 9, 8, 2, Conv{Out: 3, Kernel: 3, Dilation: 2, Stride: 2, Padding: 3}, Conv{Out: 3, Kernel: 3, Dilation: 2, Stride: 2, Padding: 3}.reference},
		{"convolution of 1 pixel", 4, 5, 6, Conv{Out: 7, Kernel: 1}, Conv{Out: 7, Kernel: 1}.reference},
		{"convolution with more padding than kernel", 3, 3, 2, Conv{Out: 3, Kernel: 2, Padding: 3}, Conv{Out: 3, Kernel: 2, Padding: 3}.reference},
		{"max pool", 6, 4, 3, MaxPool{Size: 2}, MaxPool{Size: 2}.reference},
		{"max pool that leaves an edge out", 7, 8, 2, MaxPool{Size: 3}, MaxPool{Size: 3}.reference},
		{"mean pool", 5, 4, 3, MeanPool{}, MeanPool{}.reference},
		{"mean and maximum", 5, 4, 3, MeanPool{Max: true}, MeanPool{Max: true}.reference},
		{"count, mean and maximum", 5, 4, 3, CountPool{Offset: -1}, CountPool{Offset: -1}.reference},
		{"several counts", 5, 4, 5, CountPool{Offset: -1, Densities: 3}, CountPool{Offset: -1, Densities: 3}.reference},
		{"flatten", 3, 4, 2, Flatten{}, Flatten{}.reference},
		{"dense", 1, 1, 13, Dense{Out: 5}, Dense{Out: 5}.reference},
		{"dense over many inputs", 1, 1, 2100, Dense{Out: 2}, Dense{Out: 2}.reference},
		{"relu", 4, 3, 2, ReLU{}, ReLU{}.reference},
		{"dropout", 4, 5, 3, Dropout{Rate: .4}, dropoutReference(.4, testNoise)},
		{"batch norm", 4, 3, 3, BatchNorm{Momentum: .1}, BatchNorm{Momentum: .1}.reference},
	} {
		t.Run(test.name, func(t *testing.T) { agrees(t, test.h, test.w, test.c, test.same, test.spec) })
	}
}

func TestJoinedLayersAgreeWithFloat64(t *testing.T) {
	chain := func(links ...reference) reference {
		return func(v volume, parameters [][]float64) volume {
			for _, link := range links {
				v = link(v, parameters)
			}
			return v
		}
	}
	for _, test := range []struct {
		name    string
		h, w, c int
		conv    Conv
		pool    MaxPool
	}{
		{"nothing left over", 6, 8, 3, Conv{Out: 8, Kernel: 3, Padding: 1}, MaxPool{Size: 2}},
		{"edges left out", 9, 7, 2, Conv{Out: 5, Kernel: 3}, MaxPool{Size: 2}},
		{"squares of 3, several parts", 60, 9, 2, Conv{Out: 16, Kernel: 2, NoBias: true}, MaxPool{Size: 3}},
		{"dilation", 12, 11, 2, Conv{Out: 3, Kernel: 3, Dilation: 2, Padding: 2}, MaxPool{Size: 2}},
		{"stride 2", 13, 11, 2, Conv{Out: 3, Kernel: 3, Stride: 2, Padding: 1}, MaxPool{Size: 2}},
	} {
		t.Run("convolution, relu, max pool, "+test.name, func(t *testing.T) {
			agrees(t, test.h, test.w, test.c, chain(test.conv.reference, ReLU{}.reference, test.pool.reference),
				test.conv, ReLU{}, test.pool)
		})
	}
	t.Run("convolution, relu, max pool, padded convolution", func(t *testing.T) {
		first, second := Conv{Out: 8, Kernel: 3, Padding: 1}, Conv{Out: 3, Kernel: 3, Padding: 1}
		agrees(t, 7, 6, 2, chain(first.reference, ReLU{}.reference, MaxPool{Size: 2}.reference,
			func(v volume, parameters [][]float64) volume { return second.reference(v, parameters[2:]) }),
			first, ReLU{}, MaxPool{Size: 2}, second)
	})
	t.Run("relu, max pool", func(t *testing.T) {
		agrees(t, 7, 6, 3, chain(ReLU{}.reference, MaxPool{Size: 2}.reference), ReLU{}, MaxPool{Size: 2})
	})
}

// agrees checks a chain of layers, forward and backward, with noise as input
// and as gradient of its output.
func agrees(t *testing.T, h, w, c int, same reference, specs ...Spec) {
	t.Helper()
	const batch = 3
	rng := rand.New(rand.NewPCG(1, 2))
	b := testBuilder(t, 2, batch)
	s, err := b.Sequence("s", h, w, c, true, specs...)
	if err != nil {
		t.Fatal(err)
	}
	built := b.Build(1)
	write(rng, s.In, s.In.Value)
	var parameters [][]float64
	for _, p := range built.Parameters {
		for i := range p.Value {
			p.Value[i] = float32(rng.NormFloat64())
		}
		parameters = append(parameters, widen(p.Value))
	}
	in := read(s.In, s.In.Value, batch)
	pass := Pass{N: batch, Train: true, Noise: testNoise}
	s.Forward(pass)
	out, want := read(s.Out, s.Out.Value, batch), same(in, parameters)
	if out.h != want.h || out.w != want.w || out.c != want.c {
		t.Fatalf("output is %v, want %d×%d×%d", s.Out, want.h, want.w, want.c)
	}
	for i := range want.data {
		if !near(out.data[i], want.data[i]) {
			t.Fatalf("output %d is %v, want %v", i, out.data[i], want.data[i])
		}
	}

	write(rng, s.Out, s.Out.Grad)
	weights := read(s.Out, s.Out.Grad, batch)
	s.Backward(pass)
	loss := func() float64 {
		sum := 0.0
		for i, v := range same(in, parameters).data {
			sum += v * weights.data[i]
		}
		return sum
	}
	check := func(what string, at []float64, got []float64) {
		t.Helper()
		const step = 1e-5
		for i := 0; i < len(at); i += 1 + len(at)/300 { // of large arrays a sample
			before := at[i]
			at[i] = before + step
			up := loss()
			at[i] = before - step
			down := loss()
			at[i] = before
			if want := (up - down) / (2 * step); !near(got[i], want) {
				t.Fatalf("gradient of %s %d is %v, by differences %v", what, i, got[i], want)
			}
		}
	}
	check("input", in.data, read(s.In, s.In.Grad, batch).data)
	for i, p := range built.Parameters {
		check(p.Name, parameters[i], widen(p.Grad))
	}
}

func TestALossHasTheGradientOfItsDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const n, classes, h = 5, 4, 1e-3
	values := make([]float32, n*classes)
	for i := range values {
		values[i] = float32(rng.NormFloat64() * 2)
	}
	labels := []int{0, 3, 1, 2, 2}
	truth := make([]float32, len(values))
	for i := range truth {
		truth[i] = values[i] + float32(rng.NormFloat64())
	}
	for name, loss := range map[string]func(grad []float32) float64{
		"softmax cross-entropy": func(grad []float32) float64 {
			return SoftmaxCrossEntropy(values, labels, grad, make([]float32, len(values)))
		},
		"smooth L1": func(grad []float32) float64 {
			if grad == nil {
				grad = make([]float32, len(values))
			}
			return SmoothL1(values, truth, .5, 1, grad)
		},
	} {
		grad := make([]float32, len(values))
		loss(grad)
		for i := range values {
			before := values[i]
			values[i] = before + h
			up, high := loss(nil), values[i]
			values[i] = before - h
			down, low := loss(nil), values[i]
			values[i] = before
			if want := (up - down) / float64(high-low); math.Abs(float64(grad[i])-want) > 1e-4 {
				t.Errorf("%s: gradient %d is %v, by differences %v", name, i, grad[i], want)
			}
		}
	}
}

func TestCrossEntropyOfAHopelessRowIsFinite(t *testing.T) {
	logits, grad := []float32{200, -200}, make([]float32, 2)
	if loss := SoftmaxCrossEntropy(logits, []int{1}, grad, make([]float32, 2)); loss != 400 {
		t.Errorf("loss %v, want 400 nats", loss)
	}
	if grad[0] != 1 || grad[1] != -1 {
		t.Errorf("gradient %v, want [1 -1]", grad)
	}
}
