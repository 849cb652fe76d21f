package workspace

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings db forward to the newest schema that this binary knows, or
// refuses with ErrNewer when db is already past it.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	// Branches of the code may number their migrations apart: one with a lower
	// number may come later, and is independent of those that were there before.
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > target {
		return newerSchema(current, target)
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if !pending {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate schema from %d to %d: %w", current, target, err)
	}
	return nil
}

func newerSchema(current, target int64) error {
	return fmt.Errorf("%w: its schema is %d, this binary knows %d; update ringlab", ErrNewer, current, target)
}

// checkSchema demands the newest schema where it cannot be brought about.
func checkSchema(ctx context.Context, db *sql.DB) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var current, applied int64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id), count(DISTINCT version_id) FROM goose_db_version WHERE version_id > 0`).Scan(&current, &applied); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	target, err := goose.NumericComponent(names[len(names)-1])
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	switch {
	case current > target:
		return newerSchema(current, target)
	case applied < int64(len(names)): // one with a lower number may have come later
		return fmt.Errorf("its schema is %d and must be brought to %d first: run any ringlab command as a user who may write there", current, target)
	}
	return nil
}
