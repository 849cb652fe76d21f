package models

import (
	"context"
	"math"
	"slices"

	"ringlab/models/nn"
)

// evaluate answers the validation pictures with the running mean.
func (t *cnnTrainer) evaluate(ctx context.Context) (loss, accuracy float64, answers []Answer, err error) {
	n, size := len(t.validation.samples), len(t.batch.classes)
	if n == 0 {
		return 0, 0, nil, ctx.Err()
	}
	if t.spare != nil {
		copy(t.spare, t.net.weights.Value)
		copy(t.net.weights.Value, t.average)
		defer copy(t.net.weights.Value, t.spare)
	}
	right := 0
	answers = make([]Answer, 0, n)
	indices := make([]int, 0, size)
	for from := 0; from < n; from += size {
		indices = indices[:0]
		for i := from; i < min(from+size, n); i++ {
			indices = append(indices, i)
		}
		if err := t.load(ctx, t.validation, indices, nil, false); err != nil {
			return 0, 0, nil, err
		}
		t.net.forward(nn.Pass{N: len(indices)})
		loss += float64(len(indices)) * t.net.loss(t.batch.classes[:len(indices)], t.recipe.CountWeight, false)
		right += t.countRight(len(indices))
		answers = t.appendAnswers(answers, len(indices))
	}
	return loss / float64(n), float64(right) / float64(n), answers, nil
}

// appendAnswers adds those of the last forward pass. Of labels with the same
// share the right one is taken, as countRight does.
func (t *cnnTrainer) appendAnswers(answers []Answer, n int) []Answer {
	labels := t.net.plan.Labels
	for i, best := range t.batch.classes[:n] {
		shares := t.net.shares[i*len(labels):][:len(labels)]
		for class, share := range shares {
			if share > shares[best] {
				best = class
			}
		}
		answer := Answer{labels[best], float64(shares[best])}
		if math.IsNaN(answer.Share) {
			answer = Answer{Label: -1}
		}
		answers = append(answers, answer)
	}
	return answers
}

func (t *cnnTrainer) countRight(n int) int {
	right, k := 0, len(t.net.plan.Labels)
	for i, class := range t.batch.classes[:n] {
		shares := t.net.shares[i*k:][:k]
		if shares[class] == slices.Max(shares) {
			right++
		}
	}
	return right
}

// keepBest keeps the weights of the epoch with the highest accuracy on
// validation, of equals the one with the least loss; without validation, the
// last.
func (t *cnnTrainer) keepBest(e Epoch) {
	better := t.best.Epoch == 0 || len(t.validation.samples) == 0 ||
		e.ValAccuracy > t.best.Accuracy || e.ValAccuracy == t.best.Accuracy && e.ValLoss < t.best.Loss
	if !better {
		return
	}
	t.best.Epoch, t.best.Accuracy, t.best.Loss = e.Epoch, e.ValAccuracy, e.ValLoss
	copy(t.best.weights, t.average)
	for i, s := range t.net.weights.Statistics {
		copy(t.best.statistics[i], s.Value)
	}
}
