package workspace

import (
	"context"
	"database/sql"
	"fmt"
)

// Watch tells cheaply whether the database changed: it holds one connection
// and asks it for SQLite's data version, which is a look at shared memory.
type Watch struct{ conn *sql.Conn }

// Watch begins to watch. The caller closes it.
func (w *Workspace) Watch(ctx context.Context) (*Watch, error) {
	conn, err := w.reader.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("watch workspace %s: %w", w.dir, err)
	}
	return &Watch{conn}, nil
}

// Version differs from the one before if anybody committed in between, in this
// process or in another. It says nothing else.
func (w *Watch) Version(ctx context.Context) (int64, error) {
	var version int64
	if err := w.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return 0, fmt.Errorf("watch the workspace: %w", err)
	}
	return version, nil
}

// Close gives the connection back.
func (w *Watch) Close() error { return w.conn.Close() }
