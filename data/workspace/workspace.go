// Package workspace is the folder in which ringlab keeps everything: one
// SQLite database, content-addressed blobs, bundles and logs. It knows files,
// transactions, migrations and locks, and nothing of compounds or models.
//
// Any number of processes may open the same workspace. Reads never block.
// Writes are short BEGIN IMMEDIATE transactions through one connection a
// process; see [Workspace.Write].
package workspace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// FolderName is the folder that Locate looks for, here and above.
	FolderName = ".ringlab"

	databaseName = "ringlab.db"
	// busyTimeout is how long one statement waits for another process's write.
	busyTimeout = 10 * time.Second
	// writerCacheKiB is SQLite's page cache of the writer. Tables with hashes as
	// keys are written at random places: with the default of 2 MiB a large ingest
	// reads its own pages back.
	writerCacheKiB = 4 << 10
	// writeDeadline bounds the retries of one Write when others keep the lock.
	writeDeadline = 60 * time.Second
)

// ErrMissing is returned by Open when the folder holds no workspace.
var ErrMissing = errors.New("no workspace")

// ErrNewer is returned by Open when a newer ringlab has migrated the database.
var ErrNewer = errors.New("the workspace was written by a newer ringlab")

// Workspace is an open workspace. All methods may be called concurrently.
type Workspace struct {
	dir    string
	writer *sql.DB
	reader *sql.DB
	blobs  *Blobs
	frozen *frozen // set where this process may only read, or the disk was full
}

// Locate answers which folder is the workspace: the flag, else
// $RINGLAB_WORKSPACE, else the nearest .ringlab in cwd or above, else
// cwd/.ringlab. The folder need not exist. The result is absolute if cwd is.
func Locate(flag string, getenv func(string) string, cwd string) string {
	for _, named := range []string{flag, getenv("RINGLAB_WORKSPACE")} {
		if named == "" {
			continue
		}
		if filepath.IsAbs(named) {
			return filepath.Clean(named)
		}
		return filepath.Join(cwd, named)
	}
	for dir := cwd; ; {
		candidate := filepath.Join(dir, FolderName)
		if Exists(candidate) {
			return candidate
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return filepath.Join(cwd, FolderName)
		}
		dir = parent
	}
}

// Exists tells whether dir holds a workspace.
func Exists(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, databaseName))
	return err == nil && info.Mode().IsRegular()
}

// Create opens the workspace at dir and makes it first where there is none.
func Create(ctx context.Context, dir string) (*Workspace, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("create workspace %s: %w", dir, err)
	}
	// A workspace is data, not source: keep it out of a repository around it.
	ignore := filepath.Join(dir, ".gitignore")
	if _, err := os.Lstat(ignore); errors.Is(err, os.ErrNotExist) {
		if err := os.WriteFile(ignore, []byte("*\n"), 0o666); err != nil {
			return nil, fmt.Errorf("create workspace %s: %w", dir, err)
		}
	}
	return open(ctx, dir)
}

// Open opens the existing workspace at dir and migrates it to this version's
// schema. It returns ErrMissing if there is none and ErrNewer if its schema is
// newer than this binary knows.
func Open(ctx context.Context, dir string) (*Workspace, error) {
	if !Exists(dir) {
		return nil, fmt.Errorf("%w in %s: `ringlab ingest FOLDER` makes one, `ringlab demo` makes one with example data", ErrMissing, dir)
	}
	return open(ctx, dir)
}

func open(ctx context.Context, dir string) (*Workspace, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open workspace %s: %w", dir, err)
	}
	w, err := openWritable(ctx, abs)
	switch {
	case err == nil || !Exists(abs):
	case mayOnlyRead(err):
		w, err = openReadable(ctx, abs, ErrReadOnly)
	case full(err):
		// A full disk keeps nobody from reading; what is served is served on.
		if readable, failed := openReadable(ctx, abs, ErrFull); failed == nil {
			w, err = readable, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open workspace %s: %w", dir, explain(err))
	}
	return w, nil
}

func openWritable(ctx context.Context, abs string) (_ *Workspace, err error) {
	w := &Workspace{dir: abs}
	defer func() {
		if err != nil {
			_ = w.Close()
		}
	}()
	for _, sub := range []string{filepath.Join("blobs", packFolder), "bundles", "logs"} {
		if err := os.MkdirAll(filepath.Join(abs, sub), 0o777); err != nil {
			return nil, err
		}
	}
	w.blobs = &Blobs{dir: filepath.Join(abs, "blobs"), ws: w}

	// Switching a new database to WAL and migrating it cannot be shared with
	// another process that does the same: one at a time, under a file lock.
	lock, err := w.Lock(ctx, "migrate")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()

	if w.writer, err = sql.Open("sqlite", w.dsn(fmt.Sprintf("_txlock=immediate&_pragma=cache_size(-%d)", writerCacheKiB))); err != nil {
		return nil, err
	}
	w.writer.SetMaxOpenConns(1)
	if err := migrate(ctx, w.writer); err != nil {
		return nil, err
	}
	var mode string
	if err := w.writer.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return nil, err
	}
	if mode != "wal" {
		return nil, fmt.Errorf("the file system gives SQLite no write-ahead log (journal mode %q): use a local disk", mode)
	}
	if w.reader, err = sql.Open("sqlite", w.dsn("_pragma=query_only(1)")); err != nil {
		return nil, err
	}
	w.reader.SetMaxOpenConns(max(4, runtime.NumCPU()))
	return w, nil
}

// dsn names the database with the pragmas that each connection needs, the
// busy timeout first: setting the others may already wait for a lock.
func (w *Workspace) dsn(more string) string {
	return databaseURL(w.dir, fmt.Sprintf("_pragma=busy_timeout(%d)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&%s",
		busyTimeout.Milliseconds(), more))
}

func databaseURL(dir, query string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, databaseName)), RawQuery: query}
	return u.String()
}

// Dir is the workspace's folder, absolute.
func (w *Workspace) Dir() string { return w.dir }

// Path joins names below the workspace's folder.
func (w *Workspace) Path(names ...string) string {
	return filepath.Join(append([]string{w.dir}, names...)...)
}

// Gone tells whether the workspace was deleted under this process.
func (w *Workspace) Gone() bool { return !Exists(w.dir) }

// Reader is the pool for queries. Its connections refuse to write. It is asked
// for with each query: where this process may only read, it may be another each
// time.
func (w *Workspace) Reader() *sql.DB {
	if w.frozen != nil {
		return w.frozen.current()
	}
	return w.reader
}

// Follow says that this process reads again and again, so that a write by
// another, which Close would tell of, is no harm.
func (w *Workspace) Follow() {
	if w.frozen != nil {
		w.frozen.follow()
	}
}

// Blobs is the store of files named by their content.
func (w *Workspace) Blobs() *Blobs { return w.blobs }

// Write runs fn in one BEGIN IMMEDIATE transaction and commits it. While
// another process holds the write lock it waits and tries again, up to a
// minute, so fn may run more than once and must touch nothing but tx. An
// error of fn rolls back and is returned as it is. Where the disk was full when
// the workspace was opened, each Write tries again whether it has room.
func (w *Workspace) Write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return w.write(ctx, "FULL", fn)
}

// WriteLazily is Write without waiting for the disk: a power cut may undo it,
// in whole, until the next Write, which makes all before it durable.
func (w *Workspace) WriteLazily(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return w.write(ctx, "NORMAL", fn)
}

// write commits at a level of SQLite's synchronous: in a write-ahead log, FULL
// syncs the log with each commit, NORMAL leaves that to a later one.
func (w *Workspace) write(ctx context.Context, level string, fn func(tx *sql.Tx) error) error {
	if w.frozen != nil {
		thawed, err := w.frozen.thaw(ctx)
		if err != nil {
			return fmt.Errorf("write to workspace %s: %w", w.dir, err)
		}
		return thawed.write(ctx, level, fn)
	}
	deadline := time.Now().Add(writeDeadline)
	for {
		err := w.writeOnce(ctx, level, fn)
		if sqliteCode(err)&0xff == sqlite3.SQLITE_READONLY {
			// Beside a process that may write, a database opens as if one could.
			return fmt.Errorf("write to workspace %s: %w", w.dir, ErrReadOnly)
		}
		if !busy(err) || time.Now().After(deadline) {
			return explainFull(err)
		}
		pause := time.Duration(5+rand.IntN(20)) * time.Millisecond //nolint:gosec // jitter, not a secret
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (w *Workspace) writeOnce(ctx context.Context, level string, fn func(tx *sql.Tx) error) (err error) {
	// The level belongs to the connection, and cannot change in a transaction.
	conn, err := w.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = "+level); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// busy tells whether err is SQLite's word for "another connection holds the
// lock", in any of its extended forms.
func busy(err error) bool {
	code := sqliteCode(err) & 0xff
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

// Lock takes the workspace-wide lock of that name and waits while another
// process holds it, until ctx ends. The system frees it when the process dies.
// The file stays: unlinking it would let two owners lock two inodes.
func (w *Workspace) Lock(ctx context.Context, name string) (*flock.Flock, error) {
	lock := flock.New(w.Path(name + ".lock"))
	ok, err := lock.TryLockContext(ctx, 20*time.Millisecond)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if !ok {
		return nil, fmt.Errorf("lock %s: not granted", name)
	}
	return lock, nil
}

// TryLock takes the lock of that name if it is free now; ok is false if not.
func (w *Workspace) TryLock(name string) (lock *flock.Flock, ok bool, err error) {
	lock = flock.New(w.Path(name + ".lock"))
	ok, err = lock.TryLock()
	if err != nil {
		return nil, false, fmt.Errorf("lock %s: %w", name, err)
	}
	return lock, ok, nil
}

// Close waits for running statements and closes the database.
func (w *Workspace) Close() error {
	var errs []error
	for _, db := range []*sql.DB{w.reader, w.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if w.frozen != nil {
		errs = append(errs, w.frozen.close())
	}
	return errors.Join(errs...)
}
