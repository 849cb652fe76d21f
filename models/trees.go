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
		Name:    "trees",
		Summary: "topological features and extremely randomised trees; seconds",
		Family:  "trees",
		Parameters: []Parameter{
			{Name: "trees", Kind: "int", Default: 300, Min: 1, Max: 5000,
				Help: "number of trees; more is smoother and slower"},
			{Name: "max_features", Kind: "float", Default: .4, Min: .01, Max: 1,
				Help: "share of the features tried at each split"},
			{Name: "min_leaf", Kind: "int", Default: 1, Min: 1, Max: 1000,
				Help: "fewest drawings in a leaf"},
		},
	}}
}

// treesFamily learns from the topological features of a drawing with a forest
// of extremely randomised trees.
func treesFamily() family { return forestFamily{} }

type forestFamily struct{}

// train follows the contract of Train. It takes seconds, so it keeps no
// checkpoint: a resumed training starts again and ends with the same bits. The
// forest does not choose by validation; it is only measured there.
func (forestFamily) train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (predictor, error) {
	count, _ := c.Values["trees"].(int)
	share, _ := c.Values["max_features"].(float64)
	leaf, _ := c.Values["min_leaf"].(int)
	start := time.Now()
	features, err := readFeatures(ctx, slices.Concat(train, validation), func(done int) {
		h.phase("reading pictures", done, len(train)+len(validation))
	})
	if err != nil {
		return nil, err
	}
	p := &forestPredictor{}
	samples := trees.Samples{Features: len(topology.FeatureNames())}
	for _, s := range train {
		p.classes = append(p.classes, s.Label)
	}
	slices.Sort(p.classes)
	p.classes = slices.Compact(p.classes)
	samples.Classes = len(p.classes)
	for i, s := range train {
		class, _ := slices.BinarySearch(p.classes, s.Label)
		samples.Class = append(samples.Class, class)
		samples.Values = append(samples.Values, features[i]...)
	}
	p.forest, err = trees.Grow(ctx, samples, trees.Options{
		Trees: count, Tried: max(1, int(math.Round(share*float64(samples.Features)))),
		MinLeaf: leaf, Seed: c.Seed,
		Grown: func(done int) { h.phase("growing trees", done, count) },
	})
	if err != nil {
		return nil, err
	}
	if h.Epoch != nil {
		e := Epoch{Epoch: 1, Epochs: 1}
		e.Seconds = time.Since(start).Seconds()
		e.PicturesPerSecond = float64(len(train)) / e.Seconds
		e.Loss, e.Accuracy = p.measure(train, features)
		e.ValLoss, e.ValAccuracy = p.measure(validation, features[len(train):])
		if err := h.Epoch(e); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// readFeatures loads and reads the pictures on all cores, in the order of the
// samples. Read is called here after each, with how many are done.
func readFeatures(ctx context.Context, samples []Sample, read func(done int)) ([][]float32, error) {
	features := make([][]float32, len(samples))
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
				features[i] = topology.Read(p).Features()
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

// measure returns the mean loss in nats and the accuracy; zeros without samples.
func (p *forestPredictor) measure(samples []Sample, features [][]float32) (loss, accuracy float64) {
	for i, s := range samples {
		shares := p.answer(features[i])
		own := 0.
		if class, known := slices.BinarySearch(p.classes, s.Label); known {
			own = shares[class]
			if slices.Index(shares, slices.Max(shares)) == class {
				accuracy++
			}
		}
		loss -= math.Log(max(own, leastShare))
	}
	n := float64(max(1, len(samples)))
	return loss / n, accuracy / n
}
