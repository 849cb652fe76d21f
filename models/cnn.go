package models

import (
	"fmt"
	"math"
	"slices"
)

// cnnPresets are the presets of the family "cnn".
func cnnPresets() []Preset { return []Preset{demoPreset()} }

// ensemblePresets are the presets of the family "ensemble": parameters of the
// network, then those of the forest.
func ensemblePresets() []Preset { return []Preset{fastPreset()} }

func fastPreset() Preset {
	return Preset{
		Name:    "fast",
		Summary: "a small network that counts enclosed regions, and trees beside it; seconds to a minute",
		Family:  "ensemble",
		Parameters: append([]Parameter{
			{Name: "epochs", Kind: "int", Default: 0, Min: 0, Max: 10000,
				Help: "passes over the pictures; 0 chooses by how many there are"},
			{Name: "batch_size", Kind: "int", Default: 16, Min: 1, Max: 256,
				Help: "pictures in one step"},
			{Name: "learning_rate", Kind: "float", Default: .003, Min: 1e-6, Max: 1,
				Help: "highest step size; it rises at first and falls along a cosine"},
			{Name: "weight_decay", Kind: "float", Default: .02, Min: 0, Max: 1,
				Help: "how strongly weights shrink beside each step"},
			{Name: "average", Kind: "float", Default: .99, Min: 0, Max: .9999,
				Help: "memory of the running mean of the weights that answers; 0 answers with the last weights"},
			{Name: "side", Kind: "int", Default: 50, Min: 24, Max: 150,
				Help: "pixels a side of the planes that the network sees"},
			{Name: "width", Kind: "int", Default: 16, Min: 4, Max: 64,
				Help: "channels of the first convolution; the next two have 2 and 4 times as many"},
			{Name: "dropout", Kind: "float", Default: .1, Min: 0, Max: .9,
				Help: "share of the last hidden values dropped in training"},
			{Name: "count_weight", Kind: "float", Default: .3, Min: 0, Max: 10,
				Help: "weight of the counted number's own error in the loss"},
		}, forestParameters()...),
	}
}

// demoPreset is the replaced demo's notebook: its numbers are the defaults.
func demoPreset() Preset {
	return Preset{
		Name:    "demo",
		Summary: "the replaced demo's network, layer for layer, for comparison; minutes",
		Family:  "cnn",
		Parameters: []Parameter{
			{Name: "epochs", Kind: "int", Default: 15, Min: 1, Max: 10000,
				Help: "passes over the pictures"},
			{Name: "batch_size", Kind: "int", Default: 12, Min: 1, Max: 64,
				Help: "pictures in one step"},
			{Name: "learning_rate", Kind: "float", Default: .001, Min: 1e-6, Max: 1,
				Help: "step size"},
			{Name: "dropout", Kind: "float", Default: .5, Min: 0, Max: .9,
				Help: "share of the flattened values dropped in training"},
		},
	}
}

// cnnFamily learns with the family "cnn".
func cnnFamily() family { return cnn{} }

type cnn struct{}

// cnnRecipe is how a network is trained.
type cnnRecipe struct {
	Epochs, BatchSize         int
	LearningRate, WeightDecay float64
	Cosine                    bool // warm-up and cosine, else one rate
	Average                   float64
	CountWeight               float64
	Symmetries                bool // each drawing turned and mirrored at random
	ClipNorm                  float64
	Beta2                     float64
}

// planCNN reads a checked config: what to build and how to train it.
func planCNN(c Config, train, validation []Sample) (cnnPlan, cnnRecipe, error) {
	v := c.Values
	plan := cnnPlan{Labels: cnnLabels(c.Preset, train, validation)}
	recipe := cnnRecipe{Epochs: v["epochs"].(int), BatchSize: v["batch_size"].(int), LearningRate: v["learning_rate"].(float64), Beta2: .999}
	plan.Dropout = v["dropout"].(float64)
	switch c.Preset {
	case "demo":
		plan.Network, plan.Side = notebookNetwork, c.PictureSide
	case "fast":
		plan.Network, plan.Side, plan.Width = counterNetwork, v["side"].(int), v["width"].(int)
		recipe.WeightDecay, recipe.Average, recipe.CountWeight = v["weight_decay"].(float64), v["average"].(float64), v["count_weight"].(float64)
		recipe.Cosine, recipe.Symmetries, recipe.ClipNorm, recipe.Beta2 = true, true, 2, .98
		if recipe.Epochs == 0 {
			recipe.Epochs = epochsFor(len(train), recipe.BatchSize)
		}
	default:
		return plan, recipe, fmt.Errorf("plan network: preset %.40q is not of the family cnn", c.Preset)
	}
	return plan, recipe, plan.check()
}

// epochsFor spends a budget of steps that grows slowly with the number of
// pictures: few pictures are seen often, many at least some times.
func epochsFor(pictures, batch int) int {
	perEpoch := (pictures + batch - 1) / batch
	steps := min(2500, max(200, int(200*math.Sqrt(float64(pictures)/60))))
	return max(4, (steps+perEpoch/2)/perEpoch)
}

// cnnLabels are the counts that the network can answer: without gaps, so that
// a count between two that were seen can be answered too. The notebook's
// classes begin at 1, its network having one output for each count from there.
func cnnLabels(preset string, samples ...[]Sample) []int {
	var seen []int
	for _, s := range slices.Concat(samples...) {
		seen = append(seen, s.Label)
	}
	slices.Sort(seen)
	seen = slices.Compact(seen)
	first, last := 0, seen[len(seen)-1]
	if last > largestCount {
		return seen // these are names, not counts
	}
	if preset == "demo" {
		first = min(1, seen[0])
	}
	labels := make([]int, 0, last-first+1)
	for label := first; label <= last; label++ {
		labels = append(labels, label)
	}
	return labels
}

// largestCount is the highest label up to which labels are taken for counts.
const largestCount = 64
