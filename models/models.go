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
	// Parts are the sizes of the counted things (rings: atoms of each), where
	// they are known; nil, or as many as Label says. A network learns from them
	// what to look for; they are never asked for when answering.
	Parts []int
	// Places are where the counted things lie, where that is known; nil, or as
	// many as Label says. A network learns from them where to look.
	Places []Place
	Load   func(context.Context) (*picture.Picture, error)
}

// Place is where a counted thing lies in its picture: its middle, in shares of
// the picture's width and height, and its size as in Sample.Parts.
type Place struct {
	X, Y float64
	Size int
}
