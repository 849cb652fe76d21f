package workspace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrReadOnly is returned by Write where the user may only read. Where the
	// disk is full it is ErrFull.
	ErrReadOnly = errors.New("you may read this workspace, not write to it: ask its owner for the right to write, or work on a copy of the folder")
	// ErrChanged is returned by Close where another process wrote to a workspace
	// that this one may only read, so that what was read may be of two times.
	ErrChanged = errors.New("the workspace was written to while it was read: repeat the command")
)

// frozen is a database that this process may only read, or could only read when
// it was opened.
type frozen struct {
	path string
	why  error // what a write is answered

	mu        sync.Mutex
	reader    *sql.DB
	former    *sql.DB // the reader before, which a query may still use
	seen      stamp   // of what reader reads
	locked    bool    // it is read with locks after all: a writer does no harm
	overtaken bool    // a writer came while it was read without
	following bool    // that is no harm

	thawing sync.Mutex                // held by who tries to open it for writing
	thawed  atomic.Pointer[Workspace] // opened for writing after all; nil before
}

// stamp tells whether a file is still as it was.
type stamp struct {
	size     int64
	modified time.Time
}

// openReadable opens a workspace that this process cannot write to, for the
// reason why. SQLite shares a database in WAL mode through files beside it.
// Where another process has written they are there, and reading works as
// always. Where nobody has, they cannot be made: the database then holds
// everything and is read as a file that does not change. Once it does change,
// the next query reads it anew, and Close tells.
func openReadable(ctx context.Context, abs string, why error) (*Workspace, error) {
	w := &Workspace{dir: abs, frozen: &frozen{path: filepath.Join(abs, databaseName), why: why}}
	w.blobs = &Blobs{dir: filepath.Join(abs, "blobs"), ws: w}
	if err := w.frozen.open(); err != nil {
		return nil, err
	}
	if err := checkSchema(ctx, w.Reader()); err != nil {
		return nil, errors.Join(err, w.frozen.closeReaders())
	}
	return w, nil
}

// open makes reader that of the database as it is now. An error leaves all as
// it was.
func (f *frozen) open() error {
	seen, err := f.stamp()
	if err != nil {
		return err
	}
	locked := f.shared()
	query := "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(" + fmt.Sprint(busyTimeout.Milliseconds()) + ")"
	if !locked {
		query += "&immutable=1"
	}
	reader, err := sql.Open("sqlite", databaseURL(filepath.Dir(f.path), query))
	if err != nil {
		return err
	}
	// Connections open late. This one stays, and with it the files beside the
	// database after their writer ends.
	if _, err := reader.ExecContext(context.Background(), `SELECT count(*) FROM sqlite_schema`); err != nil {
		return errors.Join(err, reader.Close())
	}
	if f.former != nil {
		_ = f.former.Close() // it has only read
	}
	f.former, f.reader, f.seen, f.locked = f.reader, reader, seen, locked
	return nil
}

// current is the reader of the database as it is now.
func (f *frozen) current() *sql.DB {
	if w := f.thawed.Load(); w != nil {
		return w.reader
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.overwritten() || f.locked != f.shared() {
		_ = f.open() // where that fails, the one from before answers until the next time
	}
	return f.reader
}

// overwritten tells, and notes, whether somebody wrote to what is read without locks.
func (f *frozen) overwritten() bool {
	if f.locked {
		return false
	}
	now, err := f.stamp()
	written := err != nil || now.size != f.seen.size || !now.modified.Equal(f.seen.modified)
	f.overtaken = f.overtaken || written
	return written
}

func (f *frozen) stamp() (stamp, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return stamp{}, err
	}
	return stamp{info.Size(), info.ModTime()}, nil
}

// shared tells whether there is more than the database holds, in its log, so
// that it must be read through SQLite's locks.
func (f *frozen) shared() bool {
	info, err := os.Stat(f.path + "-wal")
	return err == nil && info.Size() > 0
}

// thaw opens the workspace for writing after all, once, where the disk had no
// room and has some now. The error says why nothing can be written.
func (f *frozen) thaw(ctx context.Context) (*Workspace, error) {
	if !errors.Is(f.why, ErrFull) {
		return nil, f.why
	}
	f.thawing.Lock()
	defer f.thawing.Unlock()
	if w := f.thawed.Load(); w != nil {
		return w, nil
	}
	dir := filepath.Dir(f.path)
	if !Exists(dir) { // deleted meanwhile: opening would make a new one
		return nil, ErrMissing
	}
	f.noteWriters()
	w, err := openWritable(ctx, dir)
	if err != nil {
		return nil, explain(err)
	}
	f.thawed.Store(w)
	return w, nil
}

// noteWriters notes what Close must tell, before writes of this process, which
// are no harm, look the same.
func (f *frozen) noteWriters() {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.overwritten()
}

func (f *frozen) follow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.following = true
}

func (f *frozen) close() (err error) {
	thawed := f.thawed.Load()
	if thawed == nil {
		f.noteWriters()
	} else {
		err = thawed.Close()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	err = errors.Join(err, f.closeReaders())
	if f.overtaken && !f.following {
		err = errors.Join(err, ErrChanged)
	}
	return err
}

func (f *frozen) closeReaders() (err error) {
	for _, db := range []*sql.DB{f.reader, f.former} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// mayOnlyRead tells whether opening failed for want of the right to write.
func mayOnlyRead(err error) bool {
	code := sqliteCode(err)
	return code&0xff == sqlite3.SQLITE_READONLY || code&0xff == sqlite3.SQLITE_CANTOPEN || errors.Is(err, fs.ErrPermission)
}

// sqliteCode is the extended code of SQLite's error, 0 for any other.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// explain adds to SQLite's words what to do.
func explain(err error) error {
	code := sqliteCode(err)
	switch {
	case code&0xff == sqlite3.SQLITE_READONLY || code&0xff == sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%w; SQLite needs files beside %s that you may not make or read: ask the folder's owner for the right to write, or work on a copy of it", err, databaseName)
	case code&0xff == sqlite3.SQLITE_NOTADB || code&0xff == sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w; %s is damaged or is no workspace's: bring back a copy of the folder, or name another with --workspace", err, databaseName)
	case code == sqlite3.SQLITE_IOERR_SHMMAP || code == sqlite3.SQLITE_IOERR_SHMOPEN:
		return fmt.Errorf("%w; the disk is probably full: make room there and repeat", err)
	}
	return explainFull(err)
}

// ErrFull is an error of a disk without room, or of a limit on the size of
// files or on a user's share of the disk.
var ErrFull = errors.New("the disk is full: make room there, then repeat the command")

// explainFull adds ErrFull to an error that comes of it.
func explainFull(err error) error {
	if err == nil || errors.Is(err, ErrFull) {
		return err
	}
	if !full(err) {
		return err
	}
	return fmt.Errorf("%w; %w", err, ErrFull)
}

func full(err error) bool {
	full := sqliteCode(err)&0xff == sqlite3.SQLITE_FULL || sqliteCode(err) == sqlite3.SQLITE_IOERR_WRITE || sqliteCode(err) == sqlite3.SQLITE_IOERR_SHMSIZE
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		full = full || errors.Is(err, cause)
	}
	return full
}
