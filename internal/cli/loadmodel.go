package cli

import (
	"context"
	"errors"
	"fmt"

	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

// resolve finds a model. r may be nil, where there is no workspace: then only
// the models that come with the binary are there.
func (r *rooms) resolve(ctx context.Context, ref string) (experiments.Model, error) {
	standard := ref == "" || ref == experiments.Production
	switch {
	case r == nil && standard:
		return experiments.Builtin(experiments.BuiltinBest)
	case r == nil:
		return experiments.Builtin(ref)
	case standard:
		return r.experiments.Serving(ctx)
	}
	return r.experiments.Resolve(ctx, ref)
}

// withModel runs fn on the rooms of the workspace, or on nil where there is
// none and the model is one that comes with the binary.
func (a *app) withModel(ctx context.Context, ref string, fn func(*rooms) error) error {
	err := a.with(ctx, workspace.Open, fn)
	if !errors.Is(err, workspace.ErrMissing) || ref != "" && ref != experiments.Production && !experiments.IsBuiltin(ref) {
		return err
	}
	if builtins, listErr := experiments.Builtins(); listErr != nil || len(builtins) == 0 {
		return errors.Join(err, listErr)
	}
	return fn(nil)
}

// loadModel loads what a run, version or alias stands for. name is what
// predict prints as model.
func loadModel(ctx context.Context, r *rooms, ref string) (model *models.Model, card models.Card, name string, err error) {
	found, err := r.resolve(ctx, ref)
	if err != nil {
		return nil, models.Card{}, "", err
	}
	model, card, err = found.Load()
	if err != nil {
		return nil, models.Card{}, "", fmt.Errorf("load model %s: %w", found.Name, err)
	}
	return model, card, found.Name, nil
}
