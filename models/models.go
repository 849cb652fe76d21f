// Package models is what learns: presets, training, evaluation and bundles.
// It knows labelled pictures, and nothing of runs, workspaces or HTTP.
package models

import (
	"context"

	"ringlab/data/picture"
)

// Sample is one labelled picture. Load decodes it each time it is called, and
// may be called from several goroutines.
type Sample struct {
	Record int64 // for the caller to know it again
	Label  int
	Load   func(context.Context) (*picture.Picture, error)
}
