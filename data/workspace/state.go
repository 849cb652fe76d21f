package workspace

import (
	"context"
	"database/sql"
	"fmt"
)

// State is all that the workbench has kept for a person, by name.
func (w *Workspace) State(ctx context.Context, person string) (map[string]string, error) {
	state := map[string]string{}
	err := EachRow(ctx, w.Reader(), `SELECT name, value FROM workbench_state WHERE person = ?`, []any{person}, func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		state[name] = value
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the state of the workbench: %w", err)
	}
	return state, nil
}

// KeepState keeps values for a person beside those kept before, without
// waiting for the disk: losing the last of them in a power cut is no harm.
func (w *Workspace) KeepState(ctx context.Context, person string, state map[string]string) error {
	err := w.WriteLazily(ctx, func(tx *sql.Tx) error {
		for name, value := range state {
			if _, err := tx.ExecContext(ctx, `INSERT INTO workbench_state (person, name, value) VALUES (?, ?, ?)
				ON CONFLICT DO UPDATE SET value = excluded.value`, person, name, value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the state of the workbench: %w", err)
	}
	return nil
}
