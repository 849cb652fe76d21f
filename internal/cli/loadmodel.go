package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"ringlab/data/workspace"
	"ringlab/models"
)

// loadModel loads what a run, version or alias stands for. name is what
// predict prints as model.
func loadModel(ctx context.Context, r *rooms, ref string) (model *models.Model, name string, err error) {
	found, err := r.experiments.Resolve(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	if found.Sum != "" {
		card, err := os.ReadFile(filepath.Join(found.Bundle, "model.json"))
		if err != nil {
			return nil, "", fmt.Errorf("load model %s: %w", found.Name, err)
		}
		if workspace.Sum(card) != found.Sum {
			return nil, "", fmt.Errorf("load model %s: its bundle was changed since it was registered; promote another or restore a backup", found.Name)
		}
	}
	model, _, err = models.Load(found.Bundle)
	if err != nil {
		return nil, "", fmt.Errorf("load model %s: %w", found.Name, err)
	}
	return model, found.Name, nil
}
