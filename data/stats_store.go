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
	rows, err := s.ws.Reader().QueryContext(ctx, `SELECT label, count(*) FROM records WHERE id <= ? GROUP BY label`, snapshot.lastRecord)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := make(map[int]int)
	for rows.Next() {
		var label, records int
		if err := rows.Scan(&label, &records); err != nil {
			return nil, err
		}
		counts[label] = records
	}
	return counts, rows.Err()
}

func (s *Store) fillStats(ctx context.Context, stats *Stats) (err error) {
	db, last := s.ws.Reader(), stats.lastRecord
	if stats.Labels, err = s.countLabels(ctx, stats.Snapshot); err != nil {
		return err
	}
	err = db.QueryRowContext(ctx, `SELECT count(DISTINCT nullif(group_key, '')), (SELECT count(*) FROM dead_letters WHERE state = 'waiting')
		FROM records WHERE id <= ?`, last).Scan(&stats.Groups, &stats.Waiting)
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, `SELECT DISTINCT picture FROM records WHERE id <= ?`, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return err
		}
		size, err := s.ws.Blobs().Size(sum)
		if err != nil {
			return err
		}
		stats.Pictures++
		stats.PictureSize += size
	}
	return rows.Err()
}
