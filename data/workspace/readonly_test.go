//go:build unix

package workspace

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// childThatMayRead names the workspace that the test binary, started again as
// a user who is not root, may only read.
const childThatMayRead = "RINGLAB_TEST_MAY_READ"

// TestAWorkspaceThatMayOnlyBeReadIsRead, whether nobody has it open or a
// writer has. Root may write everywhere, so the reading is done in a child.
func TestAWorkspaceThatMayOnlyBeReadIsRead(t *testing.T) {
	if dir := os.Getenv(childThatMayRead); dir != "" {
		readOnly(t, dir)
		return
	}
	base, err := os.MkdirTemp("", "ringlab-readonly-") // t.TempDir is root's alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		makeWritable(t, base, true)
		_ = os.RemoveAll(base)
	})
	if err := os.Chmod(base, 0o755); err != nil { //nolint:gosec // another user must get in
		t.Fatal(err)
	}
	dir := filepath.Join(base, "workspace")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nobody has it open", "a writer has it open"} {
		t.Run(name, func(t *testing.T) {
			makeWritable(t, dir, true)
			w, err := Create(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			err = w.Write(t.Context(), func(tx *sql.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE tasks SET label_name = ?`, name)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if name == "nobody has it open" {
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
			}
			makeWritable(t, dir, false)
			if out := runChild(t, base, dir); !strings.Contains(out, "read: "+name) {
				t.Errorf("the child says:\n%s", out)
			}
		})
	}
}

func runChild(t *testing.T, base, dir string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	// A copy: the test binary may lie where only root looks.
	binary := filepath.Join(base, "child")
	if err := os.WriteFile(binary, content, 0o755); err != nil { //nolint:gosec // it is run by another user
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), binary, "-test.run=^TestAWorkspaceThatMayOnlyBeReadIsRead$", "-test.v", "-test.count=1")
	child.Dir, child.Env = base, append(os.Environ(), childThatMayRead+"="+dir)
	if os.Geteuid() == 0 {
		child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := child.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

func readOnly(t *testing.T, dir string) {
	w, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var name string
	if err := w.Reader().QueryRowContext(t.Context(), `SELECT label_name FROM tasks`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	t.Log("read: " + name)
	err = w.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE tasks SET label_name = 'mine'`)
		return err
	})
	if !errors.Is(err, ErrReadOnly) {
		t.Errorf("write: %v, want ErrReadOnly", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func makeWritable(t *testing.T, dir string, writable bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o444)
		if entry.IsDir() {
			mode = 0o555
		}
		if writable {
			mode |= 0o200
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadingWithoutLocksNoticesAWriter: what was read may then be of two times.
func TestReadingWithoutLocksNoticesAWriter(t *testing.T) {
	dir := t.TempDir()
	writer, err := Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := openReadable(t.Context(), dir, ErrReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	writer = create(t, dir)
	err = writer.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE tasks SET label_name = 'circles'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.writer.ExecContext(t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); !errors.Is(err, ErrChanged) {
		t.Errorf("close: %v, want ErrChanged", err)
	}
}

// TestReadingWithoutLocksFollowsWriters: a server that may only read answers by
// the newest promotion, whether its writer is still there or has gone.
func TestReadingWithoutLocksFollowsWriters(t *testing.T) {
	dir := t.TempDir()
	if err := create(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := openReadable(t.Context(), dir, ErrReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	reader.Follow()
	watch, err := reader.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var last int64
	for _, name := range []string{"circles", "edges", "holes", "loops"} {
		writer, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		err = writer.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE tasks SET label_name = ?`, name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		stays := name == "edges" || name == "loops"
		if !stays {
			err = writer.Close()
		} else {
			defer writer.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		var read string
		if err := reader.Reader().QueryRowContext(t.Context(), `SELECT label_name FROM tasks`).Scan(&read); err != nil || read != name {
			t.Errorf("read %q (%v), written %q; its writer stays: %v", read, err, name, stays)
		}
		version, err := watch.Version(t.Context())
		if err != nil || version == last {
			t.Errorf("the watch sees no write of %q: version %d (%v)", name, version, err)
		}
		last = version
	}
	if err := errors.Join(watch.Close(), reader.Close()); err != nil {
		t.Errorf("close: %v; following, it was to be expected", err)
	}
}

// TestAFullDiskIsTriedAgain: opened while the disk was full, a workspace is
// written to as soon as there is room, which Close does not take for the writing
// of others. One that was deleted meanwhile is not made anew.
func TestAFullDiskIsTriedAgain(t *testing.T) {
	rename := func(w *Workspace, name string) error {
		return w.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE tasks SET label_name = ?`, name)
			return err
		})
	}
	dir := t.TempDir()
	if err := create(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	full, err := openReadable(t.Context(), dir, ErrFull)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ours", "ours again"} {
		if err := rename(full, name); err != nil {
			t.Fatal(err)
		}
		var read string
		if err := full.Reader().QueryRowContext(t.Context(), `SELECT label_name FROM tasks`).Scan(&read); err != nil || read != name {
			t.Errorf("read %q (%v), written %q", read, err, name)
		}
	}
	if err := full.Close(); err != nil {
		t.Errorf("close: %v", err)
	}

	gone := t.TempDir()
	if err := create(t, gone).Close(); err != nil {
		t.Fatal(err)
	}
	w, err := openReadable(t.Context(), gone, ErrFull)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := os.Remove(filepath.Join(gone, databaseName)); err != nil {
		t.Fatal(err)
	}
	if err := rename(w, "ours"); !errors.Is(err, ErrMissing) || Exists(gone) {
		t.Errorf("a write to a workspace that was deleted: %v; it is there: %v", err, Exists(gone))
	}
}

func TestADamagedDatabaseSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, databaseName), []byte(strings.Repeat("no database at all\n", 100)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "bring back a copy") {
		t.Errorf("got %v", err)
	}
}

// A device, a pipe or a link under the name is not replaced: root wrote a file
// over /dev/null once.
func TestWriteFileReplacesOnlyFiles(t *testing.T) {
	dir := t.TempDir()
	target, link, pipe := filepath.Join(dir, "target"), filepath.Join(dir, "link"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.WriteFile(target, []byte("what was there before"), 0o666), os.Symlink(target, link), syscall.Mkfifo(pipe, 0o666)); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 1)
	go func() {
		content, _ := os.ReadFile(pipe)
		read <- string(content)
	}()
	for _, path := range []string{link, pipe} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteFile(path, []byte("new")); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s was replaced (%v)", path, err)
		}
	}
	if content, err := os.ReadFile(target); string(content) != "new" {
		t.Errorf("behind the link is %q (%v)", content, err)
	}
	if content := <-read; content != "new" {
		t.Errorf("through the pipe came %q", content)
	}
	if err := WriteFile(dir, nil); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("over a folder: %v", err)
	}
}
