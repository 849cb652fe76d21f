package experiments

import (
	"context"
	"database/sql"
	"time"
)

func (s *Store) selectServers(ctx context.Context, since time.Time) ([]Server, error) {
	rows, err := s.ws.Reader().QueryContext(ctx, `
		SELECT id, host, pid, address, version, started_at_ms, seen_at_ms, requests, errors, p50_ms, p99_ms
		FROM servers WHERE seen_at_ms >= ? ORDER BY started_at_ms, id`, since.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Server
	for rows.Next() {
		var v Server
		var started, seen int64
		if err := rows.Scan(&v.ID, &v.Host, &v.PID, &v.Address, &v.Version, &started, &seen,
			&v.Requests, &v.Errors, &v.P50, &v.P99); err != nil {
			return nil, err
		}
		v.Started, v.Seen = fromMS(started), fromMS(seen)
		all = append(all, v)
	}
	return all, rows.Err()
}

// upsertServer writes v and forgets the servers last seen before the time.
func (s *Store) upsertServer(ctx context.Context, v Server, forget time.Time) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM servers WHERE seen_at_ms < ?`, forget.UnixMilli()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO servers (id, host, pid, address, version, started_at_ms, seen_at_ms, requests, errors, p50_ms, p99_ms)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET host = excluded.host, pid = excluded.pid, address = excluded.address,
				version = excluded.version, started_at_ms = excluded.started_at_ms, seen_at_ms = excluded.seen_at_ms,
				requests = excluded.requests, errors = excluded.errors, p50_ms = excluded.p50_ms, p99_ms = excluded.p99_ms`,
			v.ID, v.Host, v.PID, v.Address, v.Version, v.Started.UnixMilli(), v.Seen.UnixMilli(),
			v.Requests, v.Errors, v.P50, v.P99)
		return err
	})
}

func (s *Store) deleteServer(ctx context.Context, id string) error {
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM servers WHERE id = ?`, id)
		return err
	})
}
