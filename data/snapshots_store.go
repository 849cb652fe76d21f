package data

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ringlab/data/workspace"
)

// newest is the newest snapshot, the zero value if there is none.
func (s *Store) newest(ctx context.Context) (Snapshot, error) {
	found, err := s.selectSnapshots(ctx, `ORDER BY last_record DESC LIMIT 1`)
	if err != nil {
		return Snapshot{}, fmt.Errorf("find newest snapshot: %w", err)
	}
	if len(found) == 0 {
		return Snapshot{}, nil
	}
	return found[0], nil
}

// allSnapshots lists them, newest first.
func (s *Store) allSnapshots(ctx context.Context) ([]Snapshot, error) {
	return s.selectSnapshots(ctx, `ORDER BY last_record DESC`)
}

// snapshotsFrom lists at most two whose id begins so.
func (s *Store) snapshotsFrom(ctx context.Context, prefix string) ([]Snapshot, error) {
	return s.selectSnapshots(ctx, `WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT 2`, prefix)
}

func (s *Store) selectSnapshots(ctx context.Context, which string, args ...any) ([]Snapshot, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `SELECT id, records, created_at_ms, last_record FROM snapshots `+which, args, func(rows *sql.Rows) (Snapshot, error) {
		var snapshot Snapshot
		var ms int64
		err := rows.Scan(&snapshot.ID, &snapshot.Records, &ms, &snapshot.lastRecord)
		snapshot.Created = time.UnixMilli(ms).UTC()
		return snapshot, err
	})
}
