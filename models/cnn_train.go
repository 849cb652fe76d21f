package models

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"ringlab/models/engine"
	"ringlab/models/nn"
)

// Keys of the random numbers of a training: each is hashed with the seed and
// with what it decides, so nothing of them needs to be saved.
const (
	weightsKey = iota + 1
	orderKey
	noiseKey
	symmetryKey
	variantKey
	greyKey
	repeatKey
)

const (
	warmUpShare   = .12  // of the steps
	lastRate      = .002 // of the learning rate, at the end of the cosine
	averageWarmUp = 10   // steps; the running mean forgets its beginning sooner
	momentum      = .9
)

// cnnTrainer trains one network. Its state between two epochs is done, best,
// the weights, their statistics and running mean, and the optimizer: what a
// checkpoint holds.
type cnnTrainer struct {
	recipe     cnnRecipe
	seed       uint64
	from       *cnnPredictor // whose weights it goes on from, or nil
	net        *cnnNetwork
	pool       *engine.Pool
	adam       *nn.Adam
	scaler     cnnScaler
	train      *cnnExamples
	validation *cnnExamples

	average []float32 // running mean of the weights; the weights themselves without one
	spare   []float32 // the weights' place while their mean is evaluated
	shown   []float32 // share of the right answer when a training picture was last shown; nil without focus
	done    int       // epochs
	best    cnnBest

	batch cnnBatch
}

// cnnBest are the weights that answered validation best so far.
type cnnBest struct {
	Epoch      int     `json:"epoch"` // 0: none yet
	Accuracy   float64 `json:"accuracy"`
	Loss       float64 `json:"loss"`
	weights    []float32
	statistics [][]float32
}

// cnnBatch is the batch being filled.
type cnnBatch struct {
	ctx      context.Context
	examples *cnnExamples
	indices  []int
	repeats  []int // how often each was shown in this epoch before
	classes  []int
	epoch    uint64
	turned   bool
	errs     []error
	fill     func(part, worker int)
}

func (cnn) train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (predictor, error) {
	plan, recipe, err := planCNN(c, train, validation)
	if err != nil {
		return nil, err
	}
	t := &cnnTrainer{recipe: recipe, seed: c.Seed}
	if err := t.prepare(ctx, plan, train, validation, h); err != nil {
		return nil, err
	}
	p, err := t.fit(ctx, h)
	if p == nil {
		return nil, err
	}
	return p, err
}

// fit trains on what was prepared. When ctx ends it returns the best so far,
// or nil, with ctx's error.
func (t *cnnTrainer) fit(ctx context.Context, h Hooks) (*cnnPredictor, error) {
	t.pool = engine.NewPool(runtime.GOMAXPROCS(0))
	defer t.pool.Close()
	if err := t.build(t.train.plan); err != nil {
		return nil, err
	}
	if h.Resume != nil {
		if err := t.restore(h.Resume); err != nil {
			return nil, err
		}
	}
	err := t.run(ctx, h)
	if t.best.Epoch == 0 {
		return nil, err
	}
	learned, newErr := newCNNPredictor(t.train.plan, t.scaler, t.best.weights, t.best.statistics)
	if newErr != nil {
		return nil, newErr
	}
	return learned, err
}

func (t *cnnTrainer) prepare(ctx context.Context, plan cnnPlan, train, validation []Sample, h Hooks) (err error) {
	total := len(train) + len(validation)
	progress := func(done int) { h.phase("preparing pictures", done, total) }
	progress(0)
	if t.train, err = newCNNExamples(ctx, plan, train, t.recipe.Variants, t.seed, progress); err != nil {
		return err
	}
	if t.validation, err = newCNNExamples(ctx, plan, validation, 0, t.seed, func(done int) { progress(len(train) + done) }); err != nil {
		return err
	}
	progress(total)
	if t.train.inputs != nil {
		t.scaler = newCNNScaler(t.train.features())
		if t.from != nil {
			t.scaler = t.from.scaler // what its weights mean
		}
	}
	return nil
}

func (t *cnnTrainer) build(plan cnnPlan) error {
	kernel, err := engine.Best()
	if err != nil {
		return err
	}
	size := min(t.recipe.BatchSize, len(t.train.samples))
	b := nn.NewBuilder(kernel, t.pool, size)
	if t.net, err = newCNN(plan, b); err != nil {
		return err
	}
	w := b.Build(nn.Hash(t.seed, weightsKey))
	t.net.weights = w
	if t.from != nil {
		adopt(t.net, w, t.from)
	}
	t.adam = nn.NewAdam(w, kernel, t.pool)
	t.adam.Beta1, t.adam.Beta2 = momentum, t.recipe.Beta2
	t.adam.WeightDecay, t.adam.ClipNorm = t.recipe.WeightDecay, t.recipe.ClipNorm
	t.average = w.Value
	if t.recipe.Average > 0 {
		t.average, t.spare = slices.Clone(w.Value), make([]float32, len(w.Value))
	}
	if t.recipe.Focus > 0 {
		t.shown = make([]float32, len(t.train.samples))
	}
	t.best.weights = make([]float32, len(w.Value))
	for _, s := range w.Statistics {
		t.best.statistics = append(t.best.statistics, make([]float32, len(s.Value)))
	}
	t.batch = cnnBatch{indices: make([]int, size), repeats: make([]int, size), classes: make([]int, size), errs: make([]error, size)}
	t.batch.fill = t.fillPart
	return nil
}

// run trains until the last epoch or the end of ctx.
func (t *cnnTrainer) run(ctx context.Context, h Hooks) error {
	for t.done < t.recipe.Epochs {
		start := time.Now()
		report := Epoch{Epoch: t.done + 1, Epochs: t.recipe.Epochs}
		var err error
		if report.Loss, report.Accuracy, err = t.learn(ctx); err != nil {
			return err
		}
		seconds := time.Since(start).Seconds()
		report.PicturesPerSecond = float64(len(t.train.samples)) / max(seconds, 1e-9)
		if report.ValLoss, report.ValAccuracy, report.Answers, err = t.evaluate(ctx); err != nil {
			return err
		}
		report.Seconds = time.Since(start).Seconds()
		t.done++
		t.keepBest(report)
		if h.Epoch != nil {
			if err := h.Epoch(report); err != nil {
				return err
			}
		}
		if h.Checkpoint != nil {
			if err := h.Checkpoint(t.state()); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// learn is one pass over the training pictures, in an order of its own.
func (t *cnnTrainer) learn(ctx context.Context) (loss, accuracy float64, err error) {
	n, size := len(t.train.samples), len(t.batch.classes)
	order, repeats := t.order()
	right := 0
	for from := 0; from < n; from += size {
		indices := order[from:min(from+size, n)]
		if err := t.load(ctx, t.train, indices, repeats[from:], t.recipe.Symmetries); err != nil {
			return 0, 0, err
		}
		pass := nn.Pass{N: len(indices), Train: true, Noise: nn.Hash(t.seed, noiseKey, uint64(t.adam.Steps))}
		t.net.forward(pass)
		loss += float64(len(indices)) * t.net.loss(t.batch.classes[:len(indices)], t.recipe.CountWeight, true)
		right += t.countRight(len(indices))
		t.remember(indices)
		t.net.backward(pass)
		t.step(n)
	}
	return loss / float64(n), float64(right) / float64(n), nil
}

// order is an epoch: indices of as many training pictures as there are, and how
// often each of them stands before in it. Without focus each stands in it once.
// With it, one to which the right answer had a share of p when it was last shown
// is drawn in proportion to 1 - focus·p, by systematic resampling (Kitagawa
// 1996), so that time goes to what is not yet known. Sampling by what is still
// wrong: Jiang et al. 2019, "Accelerating Deep Learning by Focusing on the
// Biggest Losers".
func (t *cnnTrainer) order() (order, repeats []int) {
	n := len(t.train.samples)
	random := rand.New(rand.NewPCG(nn.Hash(t.seed, orderKey), uint64(t.done)))
	order, repeats = random.Perm(n), make([]int, n)
	if t.shown == nil || t.done == 0 {
		return order, repeats
	}
	weight := func(i int) float64 { return 1 - t.recipe.Focus*float64(t.shown[i]) }
	total := 0.0
	for i := range n {
		total += weight(i)
	}
	drawn := make([]int, 0, n)
	spacing := total / float64(n)
	next, sum := random.Float64()*spacing, 0.0
	for i := range n {
		sum += weight(i)
		for ; next < sum && len(drawn) < n; next += spacing {
			drawn = append(drawn, i)
		}
	}
	for len(drawn) < n { // what rounding left out
		drawn = append(drawn, n-1)
	}
	random.Shuffle(n, func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	times := make([]int, n)
	for at, i := range drawn {
		repeats[at] = times[i]
		times[i]++
	}
	return drawn, repeats
}

// remember keeps what share the right answers of the batch had.
func (t *cnnTrainer) remember(indices []int) {
	if t.shown == nil {
		return
	}
	k := len(t.net.plan.Labels)
	for slot, i := range indices {
		t.shown[i] = t.net.shares[slot*k+t.batch.classes[slot]]
	}
}

// step moves the weights, and their running mean after them.
func (t *cnnTrainer) step(pictures int) {
	rate, size := t.recipe.LearningRate, len(t.batch.classes)
	if t.recipe.Cosine {
		total := t.recipe.Epochs * ((pictures + size - 1) / size)
		rate = nn.CosineRate(rate, lastRate, t.adam.Steps, max(1, int(warmUpShare*float64(total))), total)
	}
	t.adam.Step(rate)
	if t.recipe.Average > 0 {
		steps := float64(t.adam.Steps)
		keep := float32(min(t.recipe.Average, steps/(steps+averageWarmUp)))
		t.adam.Follow(t.average, keep)
	}
}

// load fills the network's batch on all threads. It looks at ctx each time.
// repeats, of at least as many, says how often each stood in the epoch before;
// nil is never.
func (t *cnnTrainer) load(ctx context.Context, from *cnnExamples, indices, repeats []int, turned bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b := &t.batch
	b.ctx, b.examples, b.epoch, b.turned = ctx, from, uint64(t.done), turned
	b.indices = append(b.indices[:0], indices...)
	clear(b.repeats)
	copy(b.repeats[:len(indices)], repeats)
	clear(b.errs)
	t.pool.Run(len(indices), b.fill)
	for _, err := range b.errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *cnnTrainer) fillPart(slot, _ int) {
	b := &t.batch
	i := b.indices[slot]
	b.classes[slot] = b.examples.classes[i]
	seed := t.seed
	if repeat := b.repeats[slot]; repeat > 0 { // seen another way than the time before
		seed = nn.Hash(seed, repeatKey, uint64(repeat))
	}
	var draw uint64
	if b.turned {
		draw = nn.Hash(seed, variantKey, b.epoch, uint64(i))
	}
	in, err := b.examples.input(b.ctx, i, draw)
	if err != nil {
		b.errs[slot] = err
		return
	}
	var shown view
	if b.turned {
		shown.symmetry = int(nn.Hash(seed, symmetryKey, b.epoch, uint64(i)) % 8)
		shown.grey = nn.Hash(seed, greyKey, b.epoch, uint64(i))%2 == 0
	}
	t.scaler.fill(t.net, slot, in, shown)
	t.net.setParts(slot, b.examples.samples[i].Parts)
	if t.net.head == nil {
		return
	}
	if b.turned { // what validates is judged by its counts alone
		t.net.setPlaces(slot, in.places, shown.symmetry, placeWeight/float64(len(b.classes)))
	} else {
		t.net.setPlaces(slot, nil, 0, 0)
	}
}
