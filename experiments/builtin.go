package experiments

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"

	"ringlab/models"
)

// The models that come with the binary, packed bundles. builtin/README.md says
// how they were made and how to make them again.
//
//go:embed builtin
var builtinFiles embed.FS

const (
	builtinPrefix = "builtin-"
	// BuiltinBest answers where nothing was promoted.
	BuiltinBest = builtinPrefix + "best"
	// BuiltinTrees is the explainable one.
	BuiltinTrees = builtinPrefix + "trees"
)

func builtinNames() []string { return []string{BuiltinBest, BuiltinTrees} }

// IsBuiltin tells whether a reference names a model that comes with the binary.
func IsBuiltin(ref string) bool { return strings.HasPrefix(ref, builtinPrefix) }

// packedBuiltin finds the file of a built-in model.
func packedBuiltin(name string) ([]byte, bool) {
	packed, err := builtinFiles.ReadFile("builtin/" + strings.TrimPrefix(name, builtinPrefix) + ".zip")
	return packed, err == nil && IsBuiltin(name)
}

// Builtins lists the models that come with the binary, the best first. They are
// in no registry: they cannot be promoted, and no run of the workspace made
// them.
func Builtins() ([]Version, error) {
	var all []Version
	for _, name := range builtinNames() {
		if _, ok := packedBuiltin(name); !ok {
			continue
		}
		version, _, err := BuiltinVersion(name)
		if err != nil {
			return nil, err
		}
		all = append(all, version)
	}
	return all, nil
}

// BuiltinVersion is one of them, and what it was trained as. Its snapshot is of
// the workspace where it was made. The error is a *NotFoundError if there is
// none of that name.
func BuiltinVersion(name string) (Version, Spec, error) {
	packed, ok := packedBuiltin(name)
	if !ok {
		return Version{}, Spec{}, noModel(name)
	}
	card, err := models.UnpackCard(packed)
	if err != nil {
		return Version{}, Spec{}, fmt.Errorf("model %s: %w", name, err)
	}
	l := card.Lineage
	return Version{Name: name, Preset: card.Preset, Aliases: []string{}, Evaluation: card.Evaluation, Created: l.Created},
		Spec{Snapshot: l.Snapshot, Split: l.Split, Preset: card.Preset, Parameters: card.Parameters, Seed: l.Seed, PictureSide: card.PictureSide, From: l.From}, nil
}

// Builtin finds a model that comes with the binary. The error is a
// *NotFoundError if there is none of that name.
func Builtin(name string) (Model, error) {
	packed, ok := packedBuiltin(name)
	if !ok {
		return Model{}, noModel(name)
	}
	return Model{Name: name, packed: packed}, nil
}

// Serving is the model that answers where none is named: the version in
// production or, while nothing was promoted, the best that comes with the
// binary. The error is a *NotFoundError where there is neither.
func (s *Store) Serving(ctx context.Context) (Model, error) {
	m, err := s.Resolve(ctx, Production)
	if _, none := errors.AsType[*NotFoundError](err); !none {
		return m, err
	}
	builtin, missing := Builtin(BuiltinBest)
	if missing != nil {
		return Model{}, err
	}
	return builtin, nil
}

// Load reads and checks the model's bundle.
func (m Model) Load() (*models.Model, models.Card, error) {
	if m.packed != nil {
		return models.Unpack(m.packed)
	}
	return models.LoadVerified(m.Bundle, m.Sum)
}
