package nn

import (
	"math"

	"ringlab/models/engine"
)

// Adam follows Kingma and Ba 2015; with WeightDecay it is AdamW (Loshchilov
// and Hutter 2019), whose decay shrinks weights beside the step and not
// through the gradient.
type Adam struct {
	Beta1, Beta2, Epsilon float64
	WeightDecay           float64
	ClipNorm              float64 // longest gradient, over all parameters; 0 is any

	// Steps, Mean and Square are the state: with the weights, all that is
	// needed to go on.
	Steps        int
	Mean, Square []float32

	weights *Weights
	kernel  *engine.Kernel
	pool    *engine.Pool
	squares []float64       // of the gradient, one a slice
	decayed engine.AdamStep // for parameters that decay
	bare    engine.AdamStep
	run     func(part, worker int)
	sum     func(part, worker int)
}

// optimizerSlices is fixed, so that a sum over slices has one order.
const optimizerSlices = 32

// NewAdam makes an optimizer for weights. Set its fields before the first step.
func NewAdam(weights *Weights, kernel *engine.Kernel, pool *engine.Pool) *Adam {
	a := &Adam{Beta1: .9, Beta2: .999, Epsilon: 1e-7, weights: weights, kernel: kernel, pool: pool,
		Mean: make([]float32, len(weights.Value)), Square: make([]float32, len(weights.Value)),
		squares: make([]float64, optimizerSlices)}
	a.run, a.sum = a.part, a.sumSquares
	return a
}

// Step moves the weights against their gradient.
func (a *Adam) Step(rate float64) {
	a.Steps++
	clip := 1.0
	if a.ClipNorm > 0 {
		a.pool.Run(optimizerSlices, a.sum)
		var sum float64
		for _, s := range a.squares {
			sum += s
		}
		if norm := math.Sqrt(sum); norm > a.ClipNorm {
			clip = a.ClipNorm / norm
		}
	}
	correction1 := 1 - math.Pow(a.Beta1, float64(a.Steps))
	correction2 := 1 - math.Pow(a.Beta2, float64(a.Steps))
	a.decayed = engine.AdamStep{Rate: float32(rate / correction1), Decay: float32(rate * a.WeightDecay),
		Beta1: float32(a.Beta1), Rest1: float32(1 - a.Beta1), Beta2: float32(a.Beta2), Rest2: float32(1 - a.Beta2), Correction: float32(1 / correction2),
		Epsilon: float32(a.Epsilon), Clip: float32(clip)}
	a.bare = a.decayed
	a.bare.Decay = 0
	a.pool.Run(optimizerSlices, a.run)
}

func slice(total, part int) (from, end int) {
	return part * total / optimizerSlices, (part + 1) * total / optimizerSlices
}

func (a *Adam) sumSquares(part, _ int) {
	from, end := slice(len(a.weights.Grad), part)
	var sum float64
	for _, g := range a.weights.Grad[from:end] {
		sum += float64(g) * float64(g)
	}
	a.squares[part] = sum
}

func (a *Adam) part(part, _ int) {
	from, end := slice(len(a.weights.Value), part)
	at := 0
	for _, p := range a.weights.Parameters {
		low, high := max(from, at), min(end, at+len(p.Value))
		at += len(p.Value)
		if low < high {
			a.update(low, high, p.Decay)
		}
	}
}

func (a *Adam) update(from, end int, decays bool) {
	step := &a.bare
	if decays {
		step = &a.decayed
	}
	a.kernel.Adam(step, a.weights.Value[from:end], a.weights.Grad[from:end], a.Mean[from:end], a.Square[from:end])
}

// Follow moves a running mean of the weights towards them: of the mean the
// share keep stays.
func (a *Adam) Follow(mean []float32, keep float32) {
	a.kernel.Blend(mean, a.weights.Value, keep)
}

// CosineRate is the learning rate of a step (0 is the first) of total: it rises
// in a straight line over the first warm steps, then falls along half a cosine
// to last times the peak (Loshchilov and Hutter 2017).
func CosineRate(peak, last float64, step, warm, total int) float64 {
	if step < warm {
		return peak * float64(step+1) / float64(warm)
	}
	done := min(1, float64(step-warm)/float64(max(1, total-warm)))
	return peak * (last + (1-last)*(1+math.Cos(math.Pi*done))/2)
}
