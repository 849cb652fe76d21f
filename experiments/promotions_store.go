package experiments

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ringlab/data/workspace"
)

// writePromotion moves the alias and adds the row, if production is still the
// version (0 for none) that the gates were evaluated against; else errMoved.
// A run that is no version yet is registered in the same transaction.
func (s *Store) writePromotion(ctx context.Context, p Promotion, c candidate, expected int64) (Promotion, error) {
	gates, err := json.Marshal(p.Gates)
	if err != nil {
		return Promotion{}, fmt.Errorf("%s %s: %w", p.Kind, p.Version, err)
	}
	run, err := parseRunID(c.run.ID)
	if err != nil {
		return Promotion{}, err
	}
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		var current int64
		err := tx.QueryRowContext(ctx, `SELECT version FROM aliases WHERE name = ?`, p.Alias).Scan(&current)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if current != expected {
			return errMoved
		}
		number, err := s.register(ctx, tx, run, p.Author)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO aliases (name, version) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version`,
			p.Alias, number); err != nil {
			return err
		}
		previous := sql.NullInt64{Int64: current, Valid: current != 0}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO promotions (alias, version, previous, kind, forced, gates, reason, author, time_ms)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.Alias, number, previous, p.Kind, p.Forced, string(gates), p.Reason, p.Author, p.Time.UnixMilli()); err != nil {
			return err
		}
		p.Version, p.Changed = formatVersion(number), true
		return nil
	})
	switch {
	case errors.Is(err, errMoved):
		return Promotion{}, err
	case err != nil:
		return Promotion{}, s.explain(ctx, c.run.ID, movePromote, err)
	}
	p.Time = fromMS(p.Time.UnixMilli()) // as History reads it back
	return p, nil
}

func (s *Store) selectPromotions(ctx context.Context) ([]Promotion, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `
		SELECT alias, version, ifnull(previous, 0), kind, forced, gates, reason, author, time_ms
		FROM promotions ORDER BY id DESC`, nil, func(rows *sql.Rows) (Promotion, error) {
		p := Promotion{Changed: true}
		var version, previous, ms int64
		var gates string
		if err := rows.Scan(&p.Alias, &version, &previous, &p.Kind, &p.Forced, &gates, &p.Reason, &p.Author, &ms); err != nil {
			return p, err
		}
		p.Version, p.Time = formatVersion(version), fromMS(ms)
		if previous != 0 {
			p.Previous = formatVersion(previous)
		}
		if err := json.Unmarshal([]byte(gates), &p.Gates); err != nil {
			return p, fmt.Errorf("gates of a promotion of %s: %w", p.Version, err)
		}
		// Once, force was recorded where no gate had refused, too.
		p.Forced = p.Forced && !open(p.Gates, false)
		return p, nil
	})
}
