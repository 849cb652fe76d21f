package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ringlab/data/workspace"
)

func (s *Store) writePreset(ctx context.Context, p SavedPreset) error {
	set, err := json.Marshal(p.Set)
	if err != nil {
		return err
	}
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO saved_presets (name, preset, parameters, author, created_at_ms) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET preset = excluded.preset, parameters = excluded.parameters,
				author = excluded.author, created_at_ms = excluded.created_at_ms`,
			p.Name, p.Preset, string(set), p.Author, s.now().UnixMilli())
		return err
	})
}

func (s *Store) readPresets(ctx context.Context) ([]SavedPreset, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `SELECT name, preset, parameters, author, created_at_ms FROM saved_presets ORDER BY name`, nil, func(rows *sql.Rows) (SavedPreset, error) {
		p := SavedPreset{Set: map[string]string{}}
		var set string
		var created int64
		if err := rows.Scan(&p.Name, &p.Preset, &set, &p.Author, &created); err != nil {
			return p, err
		}
		if err := json.Unmarshal([]byte(set), &p.Set); err != nil {
			return p, fmt.Errorf("parameters of %s: %w", p.Name, err)
		}
		p.Created = fromMS(created)
		return p, nil
	})
}

func (s *Store) removePreset(ctx context.Context, name string) (deleted bool, err error) {
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM saved_presets WHERE name = ?`, name)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		deleted = n > 0
		return err
	})
	return deleted, err
}
