package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"ringlab/models/nn"
)

// formParameters are those that decide what a network looks like: a training
// that goes on from a model has that model's.
var formParameters = []string{"side", "width", "stages"}

// FormOf are the parameters, as text, that a training must have to go on from a
// model with this card. The error says why none can.
func FormOf(card Card) (map[string]string, error) {
	if card.Family != "ensemble" {
		return nil, fmt.Errorf("a training can go on from models of the presets fast and best, not of %s", card.Preset)
	}
	form := make(map[string]string)
	for _, name := range formParameters {
		if value, ok := card.Parameters[name]; ok {
			form[name] = fmt.Sprint(value)
		}
	}
	return form, nil
}

// startFrom is the network of the model that a training goes on from, or nil.
func startFrom(c Config, plan cnnPlan) (*cnnPredictor, error) {
	if c.From == nil {
		return nil, nil
	}
	e, ok := c.From.predictor.(*ensemblePredictor)
	if !ok {
		return nil, fmt.Errorf("go on from a model of preset %s: it has no network that counts", c.From.preset)
	}
	old := e.network.plan
	same := plan
	same.Labels, same.Dropout = old.Labels, old.Dropout
	if fmt.Sprint(same) != fmt.Sprint(old) {
		return nil, fmt.Errorf("go on from a model of preset %s: its network has another form; give side, width and stages as it has them", c.From.preset)
	}
	return e.network, nil
}

// sumOf is a hash of a network's weights, so that a checkpoint knows from where
// its training went on.
func sumOf(p *cnnPredictor) string {
	if p == nil {
		return ""
	}
	sum := sha256.Sum256(appendFloats(nil, p.weights))
	return hex.EncodeToString(sum[:])
}

// adopt copies what fits: all but the last layer's rows, where the labels are
// others, which are taken by label. A label that the old network did not know
// begins anew.
func adopt(to *cnnNetwork, w *nn.Weights, from *cnnPredictor) {
	old := make(map[string]cnnArray, len(from.arrays))
	for _, a := range from.arrays {
		old[a.name] = a
	}
	for _, p := range w.Parameters {
		a := old[p.Name]
		if slices.Equal(a.shape, p.Shape) && slices.Equal(to.plan.Labels, from.plan.Labels) || slices.Equal(a.shape, p.Shape) && p.Shape[0] != len(to.plan.Labels) {
			copy(p.Value, a.to)
			continue
		}
		if len(a.shape) == 0 || p.Shape[0] != len(to.plan.Labels) || a.shape[0] != len(from.plan.Labels) {
			continue
		}
		row := len(p.Value) / len(to.plan.Labels)
		for i, label := range to.plan.Labels {
			if j, known := slices.BinarySearch(from.plan.Labels, label); known {
				copy(p.Value[i*row:(i+1)*row], a.to[j*row:(j+1)*row])
			}
		}
	}
	for _, s := range w.Statistics {
		copy(s.Value, old[s.Name].to)
	}
}
