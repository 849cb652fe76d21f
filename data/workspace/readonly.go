package workspace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrReadOnly is returned by Write where the user may only read.
	ErrReadOnly = errors.New("you may read this workspace, not write to it: ask its owner for the right to write, or work on a copy of the folder")
	// ErrChanged is returned by Close where another process wrote to a workspace
	// that this one may only read, so that what was read may be of two times.
	ErrChanged = errors.New("the workspace was written to while it was read: repeat the command")
)

// frozen is a database that is read without locks, as it was when opened.
type frozen struct {
	path     string
	size     int64
	modified time.Time
	locked   bool // it is read with locks after all: a writer does no harm
}

// openReadable opens a workspace that this user cannot write to. SQLite shares
// a database in WAL mode through files beside it. Where another process has it
// open they are there, and reading works as always. Where nobody has, they
// cannot be made: the database then holds everything and is read as a file
// that does not change, and Close tells if it did.
func openReadable(ctx context.Context, abs string) (_ *Workspace, err error) {
	w := &Workspace{dir: abs}
	w.blobs = &Blobs{dir: filepath.Join(abs, "blobs"), ws: w}
	defer func() {
		if err != nil {
			w.frozen = nil
			_ = w.Close()
		}
	}()
	path := filepath.Join(abs, databaseName)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	w.frozen = &frozen{path: path, size: info.Size(), modified: info.ModTime(), locked: exists(path + "-wal")}
	query := "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(" + fmt.Sprint(busyTimeout.Milliseconds()) + ")"
	if !w.frozen.locked {
		query += "&immutable=1"
	}
	if w.reader, err = sql.Open("sqlite", databaseURL(abs, query)); err != nil {
		return nil, err
	}
	if err := checkSchema(ctx, w.reader); err != nil {
		return nil, err
	}
	return w, nil
}

// check tells whether the database stayed as it was.
func (f *frozen) check() error {
	if f.locked {
		return nil
	}
	info, err := os.Stat(f.path)
	if err != nil || info.Size() != f.size || !info.ModTime().Equal(f.modified) {
		return ErrChanged
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
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
var ErrFull = errors.New("the disk that holds the workspace is full: make room there, then repeat the command")

// explainFull adds ErrFull to an error that comes of it.
func explainFull(err error) error {
	if err == nil || errors.Is(err, ErrFull) {
		return err
	}
	full := sqliteCode(err)&0xff == sqlite3.SQLITE_FULL || sqliteCode(err) == sqlite3.SQLITE_IOERR_WRITE || sqliteCode(err) == sqlite3.SQLITE_IOERR_SHMSIZE
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		full = full || errors.Is(err, cause)
	}
	if !full {
		return err
	}
	return fmt.Errorf("%w; %w", err, ErrFull)
}
