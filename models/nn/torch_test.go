package nn

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// torchStep is what testdata/torch_step.py wrote of one step. Samples are
// every Every-th element.
type torchStep struct {
	Loss       float64
	Parameters []struct {
		GradNorm  float64 `json:"grad_norm"`
		MovedNorm float64 `json:"moved_norm"`
		Every     int
		Grad      []float64
		Value     []float64
	}
}

// Two steps of the notebook's network, dropout and Adam included, give what
// PyTorch computes in float64: losses to 1e-5 and norms to 1e-4 of themselves, each
// gradient to 0.5 % of its array's root mean square, and each weight to 0.2 %
// of one step of Adam, which divides a gradient by its own size and so makes
// the error of a small one large.
func TestATrainingStepAgreesWithPyTorch(t *testing.T) {
	const batch, side, classes, rate, seed = 3, 300, 5, 1e-3, 7
	data, err := os.ReadFile("testdata/torch_step.json")
	if err != nil {
		t.Fatal(err)
	}
	var torch struct{ Steps []torchStep }
	if err := json.Unmarshal(data, &torch); err != nil {
		t.Fatal(err)
	}
	tr := newTrainer(t, 2, batch, side, side, 3, classes,
		Conv{Out: 32, Kernel: 3}, ReLU{}, MaxPool{Size: 2}, Conv{Out: 64, Kernel: 3}, ReLU{}, MaxPool{Size: 2},
		Flatten{}, Dropout{Rate: .5}, Dense{Out: classes})
	for i := range tr.in {
		tr.in[i] = float32(Uniform(Hash(seed, 100), uint64(i)))
	}
	for i := range tr.labels {
		tr.labels[i] = i % classes
	}
	for i, scale := range []float64{.4, .1, .14, .1, .005, .1} {
		for j := range tr.weights.Parameters[i].Value {
			tr.weights.Parameters[i].Value[j] = float32(scale * (2*Uniform(Hash(seed, uint64(i)), uint64(j)) - 1))
		}
	}
	var worst struct{ loss, norm, grad, value float64 }
	for step, want := range torch.Steps {
		before := append([]float32(nil), tr.weights.Value...)
		tr.noise = Hash(seed, 200+uint64(step))
		tr.run()
		worst.loss = max(worst.loss, math.Abs(tr.loss/want.Loss-1))
		for i, p := range tr.weights.Parameters {
			expect, was := want.Parameters[i], before[:len(p.Value)]
			before = before[len(p.Value):]
			var grad, moved float64
			for j, g := range p.Grad {
				grad += float64(g) * float64(g)
				moved += float64(p.Value[j]-was[j]) * float64(p.Value[j]-was[j])
			}
			worst.norm = max(worst.norm, math.Abs(math.Sqrt(grad)/expect.GradNorm-1), math.Abs(math.Sqrt(moved)/expect.MovedNorm-1))
			mean := expect.GradNorm / math.Sqrt(float64(len(p.Grad)))
			for j, g := range expect.Grad {
				worst.grad = max(worst.grad, math.Abs(float64(p.Grad[j*expect.Every])-g)/mean)
				worst.value = max(worst.value, math.Abs(float64(p.Value[j*expect.Every])-expect.Value[j])/rate)
			}
		}
	}
	t.Logf("worst: %+v", worst)
	if !(worst.loss <= 1e-5 && worst.norm <= 1e-4 && worst.grad <= .005 && worst.value <= .002) {
		t.Errorf("differs from PyTorch: %+v", worst)
	}
}
