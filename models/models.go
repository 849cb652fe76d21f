// Package models is what learns: presets, training, evaluation and bundles.
// It knows labelled pictures, and nothing of runs, workspaces or HTTP.
package models

import (
	"context"
	"time"

	"ringlab/data/picture"
)

// Sample is one labelled picture. Load decodes it each time it is called, and
// may be called from several goroutines.
type Sample struct {
	Record int64 // for the caller to know it again
	Label  int
	Load   func(context.Context) (*picture.Picture, error)
}

// Preset is a named network or ensemble with its recipe.
type Preset struct {
	Name       string
	Summary    string
	Family     string // "cnn", "trees"
	Parameters []Parameter
}

// Parameter is one number or choice of a recipe.
type Parameter struct {
	Name     string
	Help     string
	Kind     string // "int", "float", "choice"
	Default  any    // int, float64 or string, by Kind
	Min, Max float64
	Choices  []string
}

// Values holds a value for every parameter of a preset: int, float64 or string.
type Values map[string]any

func Presets() []Preset                        { panic("contract") }
func PresetByName(name string) (Preset, error) { panic("contract") }

// Resolve checks set (parameter name to text) against the preset and fills in
// defaults. The error names the parameter, its range, and near names.
func (p Preset) Resolve(set map[string]string) (Values, error) { panic("contract") }

// Check tells whether one text is a valid value of the parameter.
func (p Parameter) Check(text string) (any, error) { panic("contract") }

// Config is all that training depends on besides the samples: the same config
// and samples give the same bits.
type Config struct {
	Preset string
	Values Values
	Seed   uint64
}

// Epoch reports one epoch. Shares are 0 to 1, losses nats.
type Epoch struct {
	Epoch, Epochs         int
	Loss, ValLoss         float64
	Accuracy, ValAccuracy float64
	Seconds               float64
	PicturesPerSecond     float64
}

// Hooks connect training to its surroundings. Any may be nil. They are called
// from the training goroutine.
type Hooks struct {
	// Phase tells people what goes on before and after epochs, such as
	// "preparing pictures", with a share done.
	Phase func(name string, done, total int)
	Epoch func(Epoch) error
	// Checkpoint receives a state from which Resume continues bit for bit.
	Checkpoint func(state []byte) error
	Resume     []byte
}

// Train learns from train, chooses by validation. When ctx ends it stops at
// once and returns ctx's error together with the best model so far (nil if
// there is none). Families without epochs report one.
func Train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (*Model, error) {
	panic("contract")
}

// Model answers for pictures. Immutable, safe for concurrent use.
type Model struct{}

// Prediction is a model's answer for one picture.
type Prediction struct {
	Label         int
	Probabilities map[int]float64 // label to share, sums to 1
	Confidence    float64         // the share of Label
	Unlike        bool            // the picture is unlike those learned from
}

func (m *Model) Predict(ctx context.Context, pictures []*picture.Picture) ([]Prediction, error) {
	panic("contract")
}
func (m *Model) Labels() []int { panic("contract") }

// Lineage says where a model came from.
type Lineage struct {
	Run      string    `json:"run"`
	Snapshot string    `json:"snapshot"`
	Split    string    `json:"split"`
	Seed     uint64    `json:"seed"`
	Code     string    `json:"code"` // version of ringlab
	Created  time.Time `json:"created"`
}

// Save writes the bundle into the folder dir, all or nothing, and returns the
// SHA-256 of its model.json. Load refuses anything that does not match its
// hashes or is larger than it says; errors say what to do.
func (m *Model) Save(dir string, l Lineage, e Evaluation) (sum string, err error) { panic("contract") }
func Load(dir string) (*Model, Card, error)                                       { panic("contract") }

// Card is model.json.
type Card struct {
	Format     int        `json:"format"`
	Preset     string     `json:"preset"`
	Family     string     `json:"family"`
	Parameters Values     `json:"parameters"`
	Labels     []int      `json:"labels"`
	Lineage    Lineage    `json:"lineage"`
	Evaluation Evaluation `json:"evaluation"`
}

// Evaluation is how well predictions match the truth. Shares are 0 to 1.
type Evaluation struct {
	Records       int            `json:"records"`
	Accuracy      float64        `json:"accuracy"`
	AccuracyLow   float64        `json:"accuracy_low"` // Wilson 95 %
	AccuracyHigh  float64        `json:"accuracy_high"`
	MacroF1       float64        `json:"macro_f1"`
	WithinOne     float64        `json:"within_one"`
	ECE           float64        `json:"ece"`      // 15 equal bins of confidence
	Majority      float64        `json:"majority"` // accuracy of always saying the most frequent true label
	MajorityLabel int            `json:"majority_label"`
	Labels        []int          `json:"labels"`    // of the confusion matrix's rows and columns, ascending
	Confusion     [][]int        `json:"confusion"` // [truth][predicted]
	PerClass      []ClassMetrics `json:"per_class"`
}

type ClassMetrics struct {
	Label      int     `json:"label"`
	Support    int     `json:"support"`
	Precision  float64 `json:"precision"`
	Recall     float64 `json:"recall"`
	RecallLow  float64 `json:"recall_low"`
	RecallHigh float64 `json:"recall_high"`
	F1         float64 `json:"f1"`
}

// Evaluate compares predictions with the truth, position by position.
func Evaluate(truth []int, predictions []Prediction) Evaluation { panic("contract") }

// Wilson is the 95 % Wilson score interval of hits among n.
func Wilson(hits, n int) (low, high float64) { panic("contract") }
