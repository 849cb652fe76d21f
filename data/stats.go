package data

import (
	"context"
	"database/sql"
	"fmt"
)

// Stats describes a snapshot for people.
type Stats struct {
	Snapshot    Snapshot    `json:"snapshot"`
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
	stats := Stats{Snapshot: found, Labels: make(map[int]int)}
	if err := s.fillStats(ctx, &stats); err != nil {
		return Stats{}, fmt.Errorf("describe snapshot: %w", err)
	}
	return stats, nil
}

func (s *Store) fillStats(ctx context.Context, stats *Stats) error {
	db, last := s.ws.Reader(), stats.Snapshot.lastRecord
	type count struct{ label, records int }
	counts, err := queryAll(ctx, db, `SELECT label, count(*) FROM records WHERE id <= ? GROUP BY label`, []any{last},
		func(rows *sql.Rows) (c count, err error) {
			err = rows.Scan(&c.label, &c.records)
			return c, err
		})
	if err != nil {
		return err
	}
	for _, c := range counts {
		stats.Labels[c.label] = c.records
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
