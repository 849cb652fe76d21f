package experiments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ringlab/models"
)

// SavedPreset is a recipe kept by name: a preset of models with parameters of
// one's own.
type SavedPreset struct {
	Name    string
	Preset  string            // of models
	Set     map[string]string // what was changed, as typed
	Author  string
	Created time.Time
}

// SavePreset keeps a recipe, in place of one of the same name. The name must
// not be that of a preset of models, and the parameters must be allowed.
func (s *Store) SavePreset(ctx context.Context, p SavedPreset) error {
	p.Name = strings.TrimSpace(p.Name)
	if err := checkPresetName(p.Name); err != nil {
		return fmt.Errorf("save preset: %w", err)
	}
	base, err := models.PresetByName(p.Preset)
	if err != nil {
		return fmt.Errorf("save preset: %w", err)
	}
	if _, err := base.Resolve(p.Set); err != nil {
		return fmt.Errorf("save preset: %w", err)
	}
	if err := s.writePreset(ctx, p); err != nil {
		return fmt.Errorf("save preset: %w", err)
	}
	return nil
}

func checkPresetName(name string) error {
	if name == "" {
		return errors.New("it needs a name")
	}
	if strings.ContainsAny(name, " \t") {
		return fmt.Errorf("name %q has a space; write it as one word, so that --preset takes it", name)
	}
	if err := checkText("name", name, maxTagRunes); err != nil {
		return err
	}
	if _, err := models.PresetByName(name); err == nil {
		return fmt.Errorf("%s is a preset that ringlab brings; choose another name", name)
	}
	return nil
}

// SavedPresets lists them by name.
func (s *Store) SavedPresets(ctx context.Context) ([]SavedPreset, error) {
	all, err := s.readPresets(ctx)
	if err != nil {
		return nil, fmt.Errorf("list saved presets: %w", err)
	}
	return all, nil
}

// DeletePreset forgets one. Runs that were made of it keep their parameters.
func (s *Store) DeletePreset(ctx context.Context, name string) error {
	deleted, err := s.removePreset(ctx, name)
	if err == nil && !deleted {
		err = errors.New("there is none of that name; ringlab presets list shows them")
	}
	if err != nil {
		return fmt.Errorf("delete preset %.60q: %w", name, err)
	}
	return nil
}

// ResolvePreset turns the name of a preset, also of a saved one, and changed
// parameters into those of a submission: what is in set wins over what was saved.
func (s *Store) ResolvePreset(ctx context.Context, name string, set map[string]string) (preset string, all map[string]string, err error) {
	_, unknown := models.PresetByName(name)
	if unknown == nil {
		return name, set, nil
	}
	saved, err := s.SavedPresets(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, p := range saved {
		if p.Name == name {
			for key, value := range set {
				p.Set[key] = value
			}
			return p.Preset, p.Set, nil
		}
	}
	return "", nil, unknown
}
