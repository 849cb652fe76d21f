package data

import (
	"context"
	"time"
)

// Snapshot names an immutable list of records by the hash of its content.
type Snapshot struct {
	ID      string    `json:"snapshot"`
	Records int       `json:"records"`
	Created time.Time `json:"created"`
}

// Snapshots lists them, newest first. Snapshot finds one by id, by a unique
// prefix of an id, or the newest for "" or "latest".
func (s *Store) Snapshots(ctx context.Context) ([]Snapshot, error)          { panic("contract") }
func (s *Store) Snapshot(ctx context.Context, ref string) (Snapshot, error) { panic("contract") }
