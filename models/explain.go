package models

import (
	"context"
	"errors"
	"fmt"

	"ringlab/data/picture"
	"ringlab/models/topology"
)

// ErrNoExplanation is what a model answers that has no such explanation.
var ErrNoExplanation = errors.New("this model has no such explanation")

// Parts are those of an Explanation that are wanted.
type Parts int

// The parts that there are. A model of trees has regions, a network has a map,
// an ensemble has both.
const (
	WithRegions Parts = 1 << iota
	WithMap
)

// Explanation says what a model answered a picture from.
type Explanation struct {
	Prediction Prediction
	// Drawing is what the model read of the picture: brought to its size, and
	// cleaned for the families that want it so. All places are pixels of it.
	Drawing *picture.Picture
	Regions *Regions // nil unless wanted and there
	Map     *Map     // nil unless wanted and there
}

// regionsExplainer is a predictor with trees in it.
type regionsExplainer interface {
	explainRegions(ink *topology.Ink) *Regions
}

// mapExplainer is a predictor with a network in it.
type mapExplainer interface {
	// networkShares are what the network alone answers, [label index].
	networkShares(drawing *picture.Picture) ([]float64, error)
	networkLabels() []int
}

// Explains says which parts an Explanation by this model can have, 0 for none.
func (m *Model) Explains() (has Parts) {
	if _, ok := m.predictor.(regionsExplainer); ok {
		has |= WithRegions
	}
	if _, ok := m.predictor.(mapExplainer); ok {
		has |= WithMap
	}
	return has
}

// Explain answers for a picture of any size and says why, in the parts that are
// wanted and that the model has. It is ErrNoExplanation if it has none of them.
// A map asks the network some hundred times, on all cores but one; the end of ctx ends
// it.
func (m *Model) Explain(ctx context.Context, p *picture.Picture, wanted Parts) (Explanation, error) {
	regions, hasRegions := m.predictor.(regionsExplainer)
	network, hasMap := m.predictor.(mapExplainer)
	hasRegions, hasMap = hasRegions && wanted&WithRegions != 0, hasMap && wanted&WithMap != 0
	if !hasRegions && !hasMap {
		return Explanation{}, fmt.Errorf("explain preset %s: %w", m.preset, ErrNoExplanation)
	}
	answers, err := m.Predict(ctx, []*picture.Picture{p})
	if err != nil {
		return Explanation{}, err
	}
	prepared, err := prepare(p, m.side)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Prediction: answers[0], Drawing: m.drawing(p, prepared)}
	if hasRegions {
		e.Regions = regions.explainRegions(topology.Read(e.Drawing))
	}
	if hasMap {
		if e.Map, err = newMap(ctx, network, e.Drawing); err != nil {
			return Explanation{}, fmt.Errorf("explain: %w", err)
		}
	}
	return e, nil
}
