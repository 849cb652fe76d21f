package data

import (
	"context"
	"fmt"
)

// Stats describes a snapshot for people.
type Stats struct {
	Snapshot
	Labels      map[int]int `json:"labels"` // label to number of records
	Groups      int         `json:"groups"`
	Pictures    int         `json:"pictures"`      // different ones
	Waiting     int         `json:"dead_waiting"`  // of the whole workspace
	PictureSize int64       `json:"picture_bytes"` // of the different ones, as files
}

// Stats counts what is in a snapshot, which is named as in Snapshot.
func (s *Store) Stats(ctx context.Context, snapshot string) (Stats, error) {
	found, err := s.Snapshot(ctx, snapshot)
	if err != nil {
		return Stats{}, err
	}
	stats := Stats{Snapshot: found}
	if err := s.fillStats(ctx, &stats); err != nil {
		return Stats{}, fmt.Errorf("describe snapshot: %w", err)
	}
	return stats, nil
}

// LabelCounts tells how many records of a snapshot, which is named as in
// Snapshot, have each label.
func (s *Store) LabelCounts(ctx context.Context, snapshot string) (map[int]int, error) {
	found, err := s.Snapshot(ctx, snapshot)
	if err != nil {
		return nil, err
	}
	counts, err := s.countLabels(ctx, found)
	if err != nil {
		return nil, fmt.Errorf("count labels: %w", err)
	}
	return counts, nil
}

func (s *Store) countLabels(ctx context.Context, snapshot Snapshot) (map[int]int, error) {
	counts := make(map[int]int)
	err := eachBlock(ctx, s.ws.Reader(), 1, snapshot.lastRecord, func(b block) (bool, error) {
		labels, err := decodeLabels(b.body)
		// Blocks never cross the end of a snapshot: an ingest fills its own.
		for _, label := range labels {
			counts[label]++
		}
		return true, err
	})
	return counts, err
}

func (s *Store) fillStats(ctx context.Context, stats *Stats) (err error) {
	db := s.ws.Reader()
	stats.Labels = make(map[int]int)
	groups, pictures := make(map[string]bool), make(map[string]bool)
	err = eachRecord(ctx, db, 1, stats.lastRecord, func(r stored) (bool, error) {
		stats.Labels[r.Label]++
		pictures[r.Picture] = true
		if r.Group != "" {
			groups[r.Group] = true
		}
		return true, ctx.Err()
	})
	if err != nil {
		return err
	}
	for sum := range pictures {
		size, err := s.ws.Blobs().Size(sum)
		if err != nil {
			return err
		}
		stats.PictureSize += size
	}
	stats.Groups, stats.Pictures = len(groups), len(pictures)
	stats.Waiting, err = s.countLetters(ctx, LetterQuery{})
	return err
}
