package models

import (
	"context"
	"fmt"
	"math"
	"slices"

	"ringlab/data/picture"
)

// predictBatch bounds how many pictures are held prepared at a time.
const predictBatch = 64

// Model answers for pictures. Immutable, safe for concurrent use.
type Model struct {
	preset, family string
	values         Values
	side           int // pixels
	predictor      predictor
	temperature    float64
	usual          usual
}

// Prediction is a model's answer for one picture.
type Prediction struct {
	Label         int
	Probabilities map[int]float64 // label to share, sums to 1
	Confidence    float64         // the share of Label
	Unlike        bool            // the picture is unlike those learned from
	Unlikeness    float64         // how surely it is no whole drawing of a molecule, 0 to 1
	LooksLike     string          // of one that is unlike, what it is taken for: one of unlike.Kinds, or "" if that is not known
}

// Predict answers for each picture, in their order. Pictures may have any size.
// One that is nil or whose fields contradict each other is an error, as is the
// end of ctx; nothing is answered then.
func (m *Model) Predict(ctx context.Context, pictures []*picture.Picture) ([]Prediction, error) {
	predictions := make([]Prediction, 0, len(pictures))
	labels := m.predictor.labels()
	for batch := range slices.Chunk(pictures, predictBatch) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		prepared := make([]*picture.Picture, len(batch))
		for i, p := range batch {
			var err error
			if prepared[i], err = prepare(p, m.side); err != nil {
				return nil, fmt.Errorf("predict picture %d of %d: %w", len(predictions)+i+1, len(pictures), err)
			}
		}
		drawings := make([]*picture.Picture, len(batch))
		for i, p := range batch {
			drawings[i] = m.drawing(p, prepared[i])
		}
		rows, err := askPredictor(ctx, m.predictor, drawings)
		if err != nil {
			return nil, fmt.Errorf("predict: %w", err)
		}
		for i, row := range rows {
			p := answer(labels, temper(row, m.temperature))
			is, verdict := m.usual.verdict(batch[i], prepared[i])
			p.Unlike, p.Unlikeness, p.LooksLike = is, verdict.Score, verdict.Kind
			predictions = append(predictions, p)
		}
	}
	return predictions, nil
}

// drawing is what the predictor gets of a picture, which was prepared to
// prepared.
func (m *Model) drawing(p, prepared *picture.Picture) *picture.Picture {
	if cleans(m.family) {
		return p.Clean(m.side)
	}
	return prepared
}

// Form is what FormOf says of the model's card.
func (m *Model) Form() (map[string]string, error) {
	return FormOf(Card{Family: m.family, Preset: m.preset, Parameters: m.values})
}

// Labels are those that the model can answer, ascending. The caller owns them.
func (m *Model) Labels() []int { return slices.Clone(m.predictor.labels()) }

// Preset names what the model was trained as.
func (m *Model) Preset() string { return m.preset }

// askPredictor holds a family to the contract of probabilities, so that a
// defect or a damaged bundle is an error and never a NaN in an answer.
func askPredictor(ctx context.Context, p predictor, prepared []*picture.Picture) ([][]float64, error) {
	rows, err := p.probabilities(ctx, prepared)
	if err != nil {
		return nil, err
	}
	if len(rows) != len(prepared) {
		return nil, fmt.Errorf("the model answered %d times for %d pictures", len(rows), len(prepared))
	}
	labels := len(p.labels())
	for _, row := range rows {
		sum := 0.0
		for _, share := range row {
			if !(share >= 0) { // also NaN
				return nil, fmt.Errorf("the model answered a probability of %v", share)
			}
			sum += share
		}
		if len(row) != labels || math.Abs(sum-1) > 1e-3 {
			return nil, fmt.Errorf("the model answered %d probabilities that sum to %v, for %d labels", len(row), sum, labels)
		}
	}
	return rows, nil
}

// answer turns one row of probabilities into a prediction; of equals the
// smallest label wins.
func answer(labels []int, row []float64) Prediction {
	p := Prediction{Probabilities: make(map[int]float64, len(row)), Confidence: -1}
	for i, share := range row {
		p.Probabilities[labels[i]] = share
		if share > p.Confidence {
			p.Label, p.Confidence = labels[i], share
		}
	}
	return p
}
