package models

import (
	"context"

	"ringlab/data/picture"
)

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
