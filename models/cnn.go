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
func ensemblePresets() []Preset { return []Preset{fastPreset(), bestPreset()} }

func fastPreset() Preset {
	return Preset{
		Name:       "fast",
		Summary:    "a small network that counts enclosed regions, and trees beside it; seconds to a minute",
		Family:     "ensemble",
		Parameters: ensembleParameters(ensembleDefaults{steps: 2000, decay: .02, average: .99, side: 100, width: 16, stages: "plain", variants: 1}),
	}
}

func bestPreset() Preset {
	return Preset{
		Name:       "best",
		Summary:    "a larger network on more variants of each drawing, and trees beside it; minutes",
		Family:     "ensemble",
		Parameters: ensembleParameters(ensembleDefaults{steps: 9000, decay: .05, average: .998, side: 100, width: 24, stages: "deep", variants: 4, focus: .6}),
	}
}

// ensembleDefaults are where the presets of the family differ.
type ensembleDefaults struct {
	steps          int
	decay, average float64
	side, width    int
	stages         string
	variants       int
	focus          float64
}

func ensembleParameters(d ensembleDefaults) []Parameter {
	return append([]Parameter{
		{Name: "epochs", Kind: "int", Default: 0, Min: 0, Max: 10000,
			Help: "passes over the pictures; 0 chooses by how many there are and by steps"},
		{Name: "steps", Kind: "int", Default: d.steps, Min: 1, Max: 1000000,
			Help: "steps that 2,500 pictures and more get, where epochs is 0; fewer pictures get fewer"},
		{Name: "batch_size", Kind: "int", Default: 16, Min: 1, Max: 256, Costs: true,
			Help: "pictures in one step"},
		{Name: "learning_rate", Kind: "float", Default: .003, Min: 1e-6, Max: 1,
			Help: "highest step size; it rises at first and falls along a cosine"},
		{Name: "weight_decay", Kind: "float", Default: d.decay, Min: 0, Max: 1,
			Help: "how strongly weights shrink beside each step"},
		{Name: "average", Kind: "float", Default: d.average, Min: 0, Max: .9999,
			Help: "memory of the running mean of the weights that answers; 0 answers with the last weights"},
		{Name: "side", Kind: "int", Default: d.side, Min: 24, Max: 150, Costs: true,
			Help: "pixels a side of the planes that the network sees"},
		{Name: "width", Kind: "int", Default: d.width, Min: 4, Max: 64, Costs: true,
			Help: "channels of the first convolution; the next stages have 2 and 4 times as many"},
		{Name: "stages", Kind: "choice", Default: d.stages, Choices: []string{"plain", "deep"}, Costs: true,
			Help: "one convolution in each later stage, or two"},
		variantsParameter(d.variants),
		{Name: "dropout", Kind: "float", Default: .1, Min: 0, Max: .9,
			Help: "share of the last hidden values dropped in training"},
		{Name: "count_weight", Kind: "float", Default: .3, Min: 0, Max: 10,
			Help: "weight of the counted numbers' own error in the loss"},
		{Name: "focus", Kind: "float", Default: d.focus, Min: 0, Max: .99, Formerly: 0,
			Help: "how much rarer pictures answered right already are shown (training's own loss and accuracy are of those shown); 0 shows all alike"},
		{Name: "network_share", Kind: "float", Default: .5, Min: .01, Max: .99,
			Help: "share of the network in the answer; the rest is the trees'"},
	}, forestParameters()...)
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
			{Name: "batch_size", Kind: "int", Default: 12, Min: 1, Max: 64, Costs: true,
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
	Symmetries                bool // each drawing turned, mirrored and in grey at random
	Variants                  int  // of each training picture, drawn again before
	ClipNorm                  float64
	Beta2                     float64
	Focus                     float64 `json:",omitempty"` // on pictures not yet known, see order
	From                      string  // hash of the weights that it goes on from, "" for none
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
	case "fast", "best":
		plan.Network, plan.Side, plan.Width = counterNetwork, v["side"].(int), v["width"].(int)
		plan.Unshuffle, plan.Kinds, plan.Deep = unshuffleFor(plan.Side), partKinds, v["stages"] == "deep"
		recipe.Variants = v["variants"].(int)
		recipe.WeightDecay, recipe.Average, recipe.CountWeight = v["weight_decay"].(float64), v["average"].(float64), v["count_weight"].(float64)
		recipe.Focus = v["focus"].(float64)
		recipe.Cosine, recipe.Symmetries, recipe.ClipNorm, recipe.Beta2 = true, true, 2, .98
		recipe.Epochs = Epochs(v, len(train))
	default:
		return plan, recipe, fmt.Errorf("plan network: preset %.40q is not of the family cnn", c.Preset)
	}
	return plan, recipe, plan.check()
}

// Epochs is how many epochs resolved values of a preset ask for on so many
// pictures to learn from; 1 for a preset without.
func Epochs(v Values, pictures int) int {
	if epochs, has := v["epochs"].(int); epochs > 0 || !has {
		return max(1, epochs)
	}
	return epochsFor(pictures, v["batch_size"].(int), v["steps"].(int))
}

// epochsFor spends a budget of steps that grows slowly with the number of
// pictures: few pictures are seen often, many at least some times. 2,500 pictures
// and more get the most steps.
func epochsFor(pictures, batch, most int) int {
	perEpoch := (pictures + batch - 1) / batch
	steps := min(most, max(200, int(float64(most)*math.Sqrt(float64(pictures)/2500))))
	return max(4, (steps+perEpoch/2)/perEpoch)
}

// partKinds: rings of 3, 4, 5, 6, 7 and of more atoms.
const partKinds = 6

// unshuffleFor brings planes to at most 50 pixels a side where side allows.
func unshuffleFor(side int) int {
	for u := 1; u <= 5; u++ {
		if side%u == 0 && side/u <= 50 {
			return u
		}
	}
	return 1
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
