package experiments

import (
	"context"
	"database/sql"
	"time"

	"ringlab/data/workspace"
)

func (s *Store) selectServers(ctx context.Context, since time.Time) ([]Server, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `
		SELECT id, host, pid, address, version, started_at_ms, seen_at_ms, requests, errors, p50_ms, p99_ms
		FROM servers WHERE seen_at_ms >= ? ORDER BY started_at_ms, id`, []any{since.UnixMilli()}, func(rows *sql.Rows) (Server, error) {
		var v Server
		var started, seen int64
		err := rows.Scan(&v.ID, &v.Host, &v.PID, &v.Address, &v.Version, &started, &seen,
			&v.Requests, &v.Errors, &v.P50, &v.P99)
		v.Started, v.Seen = fromMS(started), fromMS(seen)
		return v, err
	})
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
