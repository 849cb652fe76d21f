package data

import (
	"context"
)

// Stats describes a snapshot for people.
type Stats struct {
	Snapshot    Snapshot    `json:"snapshot"`
	Labels      map[int]int `json:"labels"` // label to number of records
	Groups      int         `json:"groups"`
	Waiting     int         `json:"dead_waiting"`
	PictureSize int64       `json:"picture_bytes"`
}

func (s *Store) Stats(ctx context.Context, snapshot string) (Stats, error) { panic("contract") }
