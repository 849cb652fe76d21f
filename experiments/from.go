package experiments

import (
	"context"
	"fmt"
	"maps"

	"ringlab/models"
)

// goOnFrom finds the model that a submission goes on from. The parameters that
// decide what the network looks like are that model's, unless they are set.
func (s *Store) goOnFrom(ctx context.Context, sub Submission) (set map[string]string, from string, err error) {
	if sub.From == "" {
		return sub.Set, "", nil
	}
	found, model, err := s.loadFrom(ctx, sub.From)
	if err != nil {
		return nil, "", err
	}
	set, err = model.Form()
	if err != nil {
		return nil, "", fmt.Errorf("go on from %s: %w", found.Name, err)
	}
	preset, err := models.PresetByName(sub.Preset)
	if err != nil {
		return nil, "", err
	}
	if _, err := preset.Resolve(set); err != nil {
		return nil, "", fmt.Errorf("preset %s cannot go on from %s, fast and best can: --preset fast", sub.Preset, found.Name)
	}
	maps.Copy(set, sub.Set)
	return set, found.Name, nil
}

func (s *Store) loadFrom(ctx context.Context, ref string) (Model, *models.Model, error) {
	found, err := s.Resolve(ctx, ref)
	if err != nil {
		return Model{}, nil, fmt.Errorf("go on from %.40q: %w", ref, err)
	}
	model, _, err := found.Load()
	if err != nil {
		return Model{}, nil, fmt.Errorf("go on from %s: %w", found.Name, err)
	}
	return found, model, nil
}
