package data

import (
	"context"
)

// Side is the part of a split that a record belongs to.
type Side string

const (
	SideTrain      Side = "train"
	SideValidation Side = "validation"
	SideHoldout    Side = "holdout"
)

// Split says how a snapshot is cut. Its text form is "hash" (20 % holdout by
// group), "hash:0.25", or "demo" (the notebook's own 75/25).
type Split struct {
	Method     string // "hash" or "demo"
	Holdout    float64
	Validation float64 // share of what is not holdout
}

func ParseSplit(text string) (Split, error) { panic("contract") }
func (s Split) String() string              { panic("contract") }

// Parts is a snapshot cut by a split. Records that belong to no side are in none.
type Parts struct{ Train, Validation, Holdout []Record }

func (s *Store) Parts(ctx context.Context, snapshot string, split Split) (Parts, error) {
	panic("contract")
}
