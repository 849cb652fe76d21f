// Package data holds what is learned from: records and their pictures,
// ingested and validated, dead letters for what was refused, snapshots that
// name an immutable list of records, and splits of a snapshot.
package data

import (
	"context"

	"ringlab/data/workspace"
)

// Store reads and writes the data of one workspace. Safe for concurrent use.
type Store struct{ ws *workspace.Workspace }

func New(ws *workspace.Workspace) *Store { return &Store{ws: ws} }

// Task says what is learned: a row in the workspace, rings by default.
type Task struct {
	LabelField  string // key in compounds.json, "num_rings"
	LabelName   string // for people, "rings"
	LabelMin    int
	LabelMax    int
	PictureSide int // pixels a side that models get
}

func (s *Store) Task(ctx context.Context) (Task, error) { panic("contract") }
