package models

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/models/topology"
	"ringlab/models/trees"
)

// treesPresets are the presets of the family "trees".
func treesPresets() []Preset {
	return []Preset{{
		Name:       "trees",
		Summary:    "topological features and extremely randomised trees; seconds",
		Family:     "trees",
		Parameters: append(forestParameters(), variantsParameter(1)),
	}}
}

// forestParameters are those of every preset that grows a forest.
func forestParameters() []Parameter {
	return []Parameter{
		{Name: "trees", Kind: "int", Default: 300, Min: 1, Max: 5000, Costs: true,
			Help: "number of trees; more is smoother and slower"},
		{Name: "max_features", Kind: "float", Default: .4, Min: .01, Max: 1, Costs: true,
			Help: "share of the features tried at each split"},
		{Name: "min_leaf", Kind: "int", Default: 1, Min: 1, Max: 1000, Costs: true,
			Help: "fewest drawings in a leaf"},
	}
}

// variantsParameter says how often each training picture is drawn again.
func variantsParameter(standard int) Parameter {
	return Parameter{Name: "variants", Kind: "int", Default: standard, Min: 0, Max: 32, Costs: true,
		Help: "how often each training picture is drawn again: turned, stretched, with a broader pen"}
}

// treesFamily learns from the topological features of a drawing with a forest
// of extremely randomised trees.
func treesFamily() family { return forestFamily{} }

type forestFamily struct{}

// train follows the contract of Train. It takes seconds, so it keeps no
// checkpoint: a resumed training starts again and ends with the same bits.
func (forestFamily) train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (predictor, error) {
	start := time.Now()
	variants, _ := c.Values["variants"].(int)
	features, err := readFeatures(ctx, slices.Concat(train, validation), variants, c.Seed, func(done int) {
		h.phase("reading pictures", done, len(train)+len(validation))
	})
	if err != nil {
		return nil, err
	}
	g := forestGrower{config: c, train: train, validation: validation, features: features}
	p, answers, err := g.grow(ctx, h)
	if err != nil {
		return nil, err
	}
	if h.Epoch != nil {
		e := Epoch{Epoch: 1, Epochs: 1}
		e.Seconds = time.Since(start).Seconds()
		e.PicturesPerSecond = float64(len(train)) / e.Seconds
		e.Loss, e.Accuracy = p.measure(train, p.answers(features[:len(train)]))
		e.ValLoss, e.ValAccuracy = p.measure(validation, answers)
		if err := h.Epoch(e); err != nil {
			return nil, err
		}
	}
	return rehearsed{p, answers}, nil
}

// forestGrower grows the forest of a checked config.
type forestGrower struct {
	config            Config
	train, validation []Sample
	features          [][][]float32 // of train, then of validation: each drawing's, then its variants'
}

// grow learns from train and validation: a forest chooses nothing, and what it
// could learn from the validation pictures would be lost. The answers for
// those are of a forest grown before, from train alone.
func (g forestGrower) grow(ctx context.Context, h Hooks) (p *forestPredictor, answers [][]float64, err error) {
	count, _ := g.config.Values["trees"].(int)
	forests := 1
	if len(g.validation) > 0 {
		forests = 2
	}
	progress := func(before int) func(int) {
		return func(done int) { h.phase("growing trees", before*count+done, forests*count) }
	}
	all := slices.Concat(g.train, g.validation)
	classes := forestClasses(all)
	if forests == 2 {
		rehearsal, err := g.growOn(ctx, classes, g.train, progress(0))
		if err != nil {
			return nil, nil, err
		}
		answers = rehearsal.answers(g.features[len(g.train):])
	}
	p, err = g.growOn(ctx, classes, all, progress(forests-1))
	return p, answers, err
}

// growOn grows from the first samples of the grower's.
func (g forestGrower) growOn(ctx context.Context, classes []int, from []Sample, grown func(int)) (*forestPredictor, error) {
	values := g.config.Values
	count, _ := values["trees"].(int)
	share, _ := values["max_features"].(float64)
	leaf, _ := values["min_leaf"].(int)
	samples := trees.Samples{Features: len(topology.FeatureNames()), Classes: len(classes)}
	for i, s := range from {
		class, _ := slices.BinarySearch(classes, s.Label)
		for _, features := range g.features[i] {
			samples.Class = append(samples.Class, class)
			samples.Values = append(samples.Values, features...)
		}
	}
	forest, err := trees.Grow(ctx, samples, trees.Options{
		Trees: count, Tried: max(1, int(math.Round(share*float64(samples.Features)))),
		MinLeaf: leaf, Seed: g.config.Seed, Grown: grown,
	})
	if err != nil {
		return nil, err
	}
	return &forestPredictor{classes: classes, forest: forest}, nil
}

// forestClasses are the labels of the samples, ascending.
func forestClasses(samples []Sample) []int {
	var classes []int
	for _, s := range samples {
		classes = append(classes, s.Label)
	}
	slices.Sort(classes)
	return slices.Compact(classes)
}

// readFeatures loads and reads the pictures and as many variants of each on all
// cores, in the order of the samples. Read is called here after each, with how
// many are done.
func readFeatures(ctx context.Context, samples []Sample, variants int, seed uint64, read func(done int)) ([][][]float32, error) {
	features := make([][][]float32, len(samples))
	finished := make(chan int, len(samples)) // indices of features
	var started atomic.Int64
	group, reading := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for i := int(started.Add(1)) - 1; i < len(samples); i = int(started.Add(1)) - 1 {
				if err := reading.Err(); err != nil {
					return err
				}
				p, err := samples[i].Load(reading)
				if err != nil {
					return fmt.Errorf("read the picture of record %d: %w", samples[i].Record, err)
				}
				features[i] = [][]float32{topology.Read(p).Features()}
				for _, v := range drawAgain(p, variants, seed, i) {
					features[i] = append(features[i], topology.Read(v).Features())
				}
				finished <- i
			}
			return nil
		})
	}
	for n := range samples {
		select {
		case <-finished:
			read(n + 1)
		case <-reading.Done():
			if err := group.Wait(); err != nil {
				return nil, err
			}
			return nil, ctx.Err()
		}
	}
	return features, group.Wait()
}

// forestPredictor answers from the topological features of a picture.
type forestPredictor struct {
	classes []int // the label of each class of the forest, ascending
	forest  *trees.Forest
}

func (p *forestPredictor) labels() []int { return slices.Clone(p.classes) }

func (p *forestPredictor) probabilities(ctx context.Context, pictures []*picture.Picture) ([][]float64, error) {
	answers := make([][]float64, len(pictures))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, drawing := range pictures {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			answers[i] = p.answer(topology.Read(drawing).Features())
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return answers, nil
}

func (p *forestPredictor) answer(features []float32) []float64 {
	shares := make([]float64, len(p.classes))
	p.forest.Predict(features, shares)
	return shares
}

// leastShare bounds the loss of a label to which no tree gave anything.
const leastShare = 1e-6

// answers of features read before, without those of variants.
func (p *forestPredictor) answers(features [][][]float32) [][]float64 {
	rows := make([][]float64, len(features))
	for i, f := range features {
		rows[i] = p.answer(f[0])
	}
	return rows
}

// measure returns the mean loss in nats and the accuracy of answers; zeros
// without samples.
func (p *forestPredictor) measure(samples []Sample, answers [][]float64) (loss, accuracy float64) {
	for i, s := range samples {
		own := 0.
		if class, known := slices.BinarySearch(p.classes, s.Label); known {
			own = answers[i][class]
			if slices.Index(answers[i], slices.Max(answers[i])) == class {
				accuracy++
			}
		}
		loss -= math.Log(max(own, leastShare))
	}
	n := float64(max(1, len(samples)))
	return loss / n, accuracy / n
}
