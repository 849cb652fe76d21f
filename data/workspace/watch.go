package workspace

import (
	"context"
	"database/sql"
	"fmt"
)

// Watch tells cheaply whether the database changed: it holds one connection
// and asks it for SQLite's data version, which is a look at shared memory.
type Watch struct {
	ws     *Workspace
	reader *sql.DB // that conn is of
	conn   *sql.Conn
	anew   int64 // how often there was another reader
}

// Watch begins to watch. The caller closes it.
func (w *Workspace) Watch(ctx context.Context) (*Watch, error) {
	reader := w.Reader()
	conn, err := reader.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("watch workspace %s: %w", w.dir, err)
	}
	return &Watch{ws: w, reader: reader, conn: conn}, nil
}

// Version differs from the one before if anybody committed in between, in this
// process or in another. It says nothing else.
func (w *Watch) Version(ctx context.Context) (int64, error) {
	if reader := w.ws.Reader(); reader != w.reader {
		conn, err := reader.Conn(ctx)
		if err != nil {
			return 0, fmt.Errorf("watch the workspace: %w", err)
		}
		_ = w.conn.Close() // it has only read
		w.reader, w.conn = reader, conn
		w.anew++
	}
	var version int64
	if err := w.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return 0, fmt.Errorf("watch the workspace: %w", err)
	}
	return w.anew<<32 + version, nil
}

// Close gives the connection back.
func (w *Watch) Close() error { return w.conn.Close() }
