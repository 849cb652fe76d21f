package models

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/models/topology"
)

// ensembleFamily learns with a network and a forest, and answers with the mean
// of what both answer: they err on different drawings, so it is better than
// either. It is the plain mean unless network_share says otherwise, which suits
// a network that has learned from many thousands of drawings.
func ensembleFamily() family { return ensemble{} }

type ensemble struct{}

// train grows the forest on the features that are read for the network anyway.
// A checkpoint is the network's: the forest is grown again from its seed.
func (ensemble) train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (predictor, error) {
	plan, recipe, err := planCNN(c, train, validation)
	if err != nil {
		return nil, err
	}
	from, err := startFrom(c, plan)
	if err != nil {
		return nil, err
	}
	recipe.From = sumOf(from)
	t := &cnnTrainer{recipe: recipe, seed: c.Seed, from: from}
	if err := t.prepare(ctx, plan, train, validation, h); err != nil {
		return nil, err
	}
	g := forestGrower{config: c, train: train, validation: validation,
		features: slices.Concat(t.train.features(), t.validation.features())}
	forest, forestAnswers, err := g.grow(ctx, h)
	if err != nil {
		return nil, err
	}
	network, err := t.fit(ctx, h)
	if network == nil {
		return nil, err
	}
	p := newEnsemblePredictor(network, forest, c.Values["network_share"].(float64))
	if err != nil {
		return p, err
	}
	answers := make([][]float64, len(validation))
	for i, in := range t.validation.inputs {
		row, err := network.answerInput(in[0])
		if err != nil {
			return nil, err
		}
		answers[i] = p.mean(row, forestAnswers[i])
	}
	return rehearsed{p, answers}, nil
}

// ensemblePredictor answers with the weighted mean of its parts. A label that
// only one part knows has no share in the other.
type ensemblePredictor struct {
	network *cnnPredictor
	forest  *forestPredictor
	share   float64 // of the network in the mean, between 0 and 1; the rest is the forest's

	all                       []int // labels of both, ascending
	networkIndex, forestIndex []int // of each part's labels in all
}

func newEnsemblePredictor(network *cnnPredictor, forest *forestPredictor, share float64) *ensemblePredictor {
	p := &ensemblePredictor{network: network, forest: forest, share: share}
	p.all = slices.Concat(network.plan.Labels, forest.classes)
	slices.Sort(p.all)
	p.all = slices.Compact(p.all)
	index := func(labels []int) []int {
		at := make([]int, len(labels))
		for i, label := range labels {
			at[i], _ = slices.BinarySearch(p.all, label)
		}
		return at
	}
	p.networkIndex, p.forestIndex = index(network.plan.Labels), index(forest.classes)
	return p
}

func (p *ensemblePredictor) labels() []int { return p.all }

func (p *ensemblePredictor) mean(network, forest []float64) []float64 {
	row := make([]float64, len(p.all))
	for i, share := range network {
		row[p.networkIndex[i]] += p.share * share
	}
	for i, share := range forest {
		row[p.forestIndex[i]] += (1 - p.share) * share
	}
	return row
}

func (p *ensemblePredictor) probabilities(ctx context.Context, pictures []*picture.Picture) ([][]float64, error) {
	rows := make([][]float64, len(pictures))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, drawing := range pictures {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			in := newCounterInput(p.network.plan, topology.Read(drawing))
			row, err := p.network.answerInput(in)
			if err != nil {
				return err
			}
			rows[i] = p.mean(row, p.forest.answer(in.features))
			return nil
		})
	}
	return rows, group.Wait()
}

// ensembleNetwork is the JSON description of an ensemble in a bundle: those of
// its parts. The names of their tensors begin with the part's.
type ensembleNetwork struct {
	Network json.RawMessage `json:"network"`
	Trees   json.RawMessage `json:"trees"`
	// Share of the network in the mean; 0, as in earlier bundles, is a half.
	Share float64 `json:"share,omitempty"`
}

const (
	networkPrefix = "network."
	treesPrefix   = "trees."
)

func (p *ensemblePredictor) state() (json.RawMessage, map[string]Tensor, error) {
	network, networkTensors, err := p.network.state()
	if err != nil {
		return nil, nil, err
	}
	forest, forestTensors, err := p.forest.state()
	if err != nil {
		return nil, nil, err
	}
	description, err := json.Marshal(ensembleNetwork{network, forest, p.share})
	if err != nil {
		return nil, nil, err
	}
	tensors := make(map[string]Tensor, len(networkTensors)+len(forestTensors))
	for name, t := range networkTensors {
		tensors[networkPrefix+name] = t
	}
	for name, t := range forestTensors {
		tensors[treesPrefix+name] = t
	}
	return description, tensors, nil
}

func (ensemble) restore(network json.RawMessage, tensors map[string]Tensor) (predictor, error) {
	var parts ensembleNetwork
	decoder := json.NewDecoder(bytes.NewReader(network))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&parts); err != nil {
		return nil, fmt.Errorf("read parts: %w", err)
	}
	switch {
	case parts.Share == 0:
		parts.Share = .5
	case !(parts.Share > 0 && parts.Share < 1):
		return nil, fmt.Errorf("the network's share in the mean is %v, which is not between 0 and 1", parts.Share)
	}
	of := func(prefix string) map[string]Tensor {
		part := make(map[string]Tensor)
		for name, t := range tensors {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				part[rest] = t
			}
		}
		return part
	}
	networkTensors, forestTensors := of(networkPrefix), of(treesPrefix)
	if stray := len(tensors) - len(networkTensors) - len(forestTensors); stray != 0 {
		return nil, fmt.Errorf("%d tensors belong to neither part, among %.60q", stray, slices.Sorted(maps.Keys(tensors)))
	}
	learned, err := cnn{}.restore(parts.Network, networkTensors)
	if err != nil {
		return nil, fmt.Errorf("the network: %w", err)
	}
	counter, ok := learned.(*cnnPredictor)
	if !ok || counter.plan.Network != counterNetwork {
		return nil, fmt.Errorf("the network is not a %s", counterNetwork)
	}
	forest, err := restoreForest(parts.Trees, forestTensors)
	if err != nil {
		return nil, fmt.Errorf("the forest: %w", err)
	}
	return newEnsemblePredictor(counter, forest, parts.Share), nil
}
