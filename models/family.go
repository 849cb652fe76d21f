package models

import (
	"context"
	"encoding/json"
	"fmt"

	"ringlab/data/picture"
)

// family is one way of learning; a preset names its family. Train checks the
// config, calls train, calibrates and wraps the predictor in a Model.
type family interface {
	// train follows the contract of Train. The pictures that samples load have
	// Config.PictureSide pixels a side; c is complete: its values were checked
	// against the preset. A family that has nothing yet when ctx ends returns a
	// nil interface.
	train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (predictor, error)
	// restore rebuilds a predictor from what state returned. Both arguments come
	// from a file that may be hostile: sizes and shapes are checked, not trusted.
	restore(network json.RawMessage, tensors map[string]Tensor) (predictor, error)
}

// familyByName finds the family that a preset or a bundle names.
func familyByName(name string) (family, error) {
	var f family
	switch name {
	case "cnn":
		f = cnnFamily()
	case "trees":
		f = treesFamily()
	case "ensemble":
		f = ensembleFamily()
	}
	if f == nil {
		return nil, fmt.Errorf("find model family %.40q: this ringlab does not have it; use the version that made it", name)
	}
	return f, nil
}

// rehearsed is a predictor that has learned from the validation pictures too,
// with the answers for them from before it had: [picture][label index]. Only
// those say how right it is on pictures that it has not seen.
type rehearsed struct {
	predictor
	answers [][]float64
}

// predictor is what a family learned. Immutable, safe for concurrent use. The
// pictures that it gets have Config.PictureSide pixels a side.
type predictor interface {
	// labels that it can answer, ascending.
	labels() []int
	// probabilities for each picture: [picture][label index], each row sums to 1.
	probabilities(ctx context.Context, pictures []*picture.Picture) ([][]float64, error)
	// state is what a bundle keeps: a JSON description and named tensors.
	state() (network json.RawMessage, tensors map[string]Tensor, err error)
}

// Tensor is an array in a bundle: Data holds little-endian values of DType
// (safetensors names: F32, I32, U8 …), row-major. Values of floating point must
// be finite. What restore gets shares one read-only buffer.
type Tensor struct {
	DType string
	Shape []int
	Data  []byte
}
