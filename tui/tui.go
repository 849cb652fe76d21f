// Package tui is the workbench: pages over the same stores that the command
// line uses.
package tui

import (
	"context"
	"io"
	"time"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
)

// Session is everything that belongs to one person's terminal. Nothing of it
// is kept in package variables: over SSH one process serves many people.
type Session struct {
	User        string
	Workspace   *workspace.Workspace
	Data        *data.Store
	Experiments *experiments.Store
	Executable  string // what EnsureWorker starts
	Clock       func() time.Time
	Environ     []string
	Input       io.Reader
	Output      io.Writer
}

// Run shows the workbench until the person leaves or ctx ends.
func Run(ctx context.Context, s Session) error { panic("contract") }
