// Package data holds what is learned from: records and their pictures,
// ingested and validated, dead letters for what was refused, snapshots that
// name an immutable list of records, and splits of a snapshot.
package data

import (
	"context"
	"fmt"

	"ringlab/data/workspace"
)

// Store reads and writes the data of one workspace. Safe for concurrent use.
type Store struct{ ws *workspace.Workspace }

// New is a store on ws, which the caller closes after the store's last use.
func New(ws *workspace.Workspace) *Store { return &Store{ws: ws} }

// Task says what is learned: a row in the workspace, rings by default.
type Task struct {
	LabelField  string // key in compounds.json, "num_rings"
	LabelName   string // for people, "rings"
	LabelMin    int
	LabelMax    int
	PictureSide int // pixels a side that models get
}

// DefaultTask is the task of a new workspace.
func DefaultTask() Task {
	return Task{LabelField: "num_rings", LabelName: "rings", LabelMin: 0, LabelMax: 1000, PictureSide: 300}
}

// Task reads the workspace's task.
func (s *Store) Task(ctx context.Context) (Task, error) {
	var t Task
	err := s.ws.Reader().QueryRowContext(ctx, `SELECT label_field, label_name, label_min, label_max, picture_side FROM tasks`).
		Scan(&t.LabelField, &t.LabelName, &t.LabelMin, &t.LabelMax, &t.PictureSide)
	if err != nil {
		return Task{}, fmt.Errorf("read task: %w", err)
	}
	return t, nil
}
