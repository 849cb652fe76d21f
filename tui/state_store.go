package tui

import (
	"context"
	"database/sql"
	"fmt"

	"ringlab/data/workspace"
)

// readState is all that was kept for a person, by name.
func readState(ctx context.Context, ws *workspace.Workspace, person string) (map[string]string, error) {
	rows, err := ws.Reader().QueryContext(ctx, `SELECT name, value FROM workbench_state WHERE person = ?`, person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	state := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		state[name] = value
	}
	return state, rows.Err()
}

// writeState keeps values for a person, without waiting for the disk: losing
// the last of them in a power cut is no harm.
func writeState(ctx context.Context, ws *workspace.Workspace, person string, state map[string]string) error {
	err := ws.WriteLazily(ctx, func(tx *sql.Tx) error {
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
