package cli

import (
	"context"
	"fmt"

	"ringlab/models"
)

// loadModel loads what a run, version or alias stands for. name is what
// predict prints as model.
func loadModel(ctx context.Context, r *rooms, ref string) (model *models.Model, card models.Card, name string, err error) {
	found, err := r.experiments.Resolve(ctx, ref)
	if err != nil {
		return nil, models.Card{}, "", err
	}
	model, card, err = models.LoadVerified(found.Bundle, found.Sum)
	if err != nil {
		return nil, models.Card{}, "", fmt.Errorf("load model %s: %w", found.Name, err)
	}
	return model, card, found.Name, nil
}
