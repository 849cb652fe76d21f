package workspace

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func create(t *testing.T, dir string) *Workspace {
	t.Helper()
	w, err := Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// TestLocate holds the order: flag, environment, the nearest here or above,
// here.
func TestLocate(t *testing.T) {
	top := t.TempDir()
	below := filepath.Join(top, "a", "b")
	if err := os.MkdirAll(below, 0o777); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	env := func(string) string { return "from-env" }
	if got, want := Locate("", none, below), filepath.Join(below, FolderName); got != want {
		t.Errorf("without any workspace: %s, want %s", got, want)
	}
	create(t, filepath.Join(top, FolderName))
	for _, c := range []struct {
		name, flag string
		getenv     func(string) string
		want       string
	}{
		{"the nearest above", "", none, filepath.Join(top, FolderName)},
		{"the environment before it", "", env, filepath.Join(below, "from-env")},
		{"the flag before both", "named", env, filepath.Join(below, "named")},
		{"an absolute flag as it is", top, env, top},
	} {
		if got := Locate(c.flag, c.getenv, below); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestOpenNeedsAWorkspace(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(t.Context(), dir); !errors.Is(err, ErrMissing) {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("it left %v", entries)
	}
}

// TestNewerSchemaIsRefused and left as it is.
func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	w := create(t, dir)
	err := w.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
}

// TestManyWritersLoseNothing: several openings of one workspace, as several
// processes have them, write at once.
func TestManyWritersLoseNothing(t *testing.T) {
	const writers, rows = 4, 25
	dir := t.TempDir()
	first := create(t, dir)
	var all sync.WaitGroup
	for n := range writers {
		w := create(t, dir)
		all.Go(func() {
			for i := range rows {
				err := w.Write(t.Context(), func(tx *sql.Tx) error {
					_, err := tx.ExecContext(t.Context(), `INSERT INTO ingests (folder, file, state, started_at_ms) VALUES (?, ?, 'done', 0)`, fmt.Sprint(n), fmt.Sprint(i))
					return err
				})
				if err != nil {
					t.Errorf("writer %d: %v", n, err)
				}
			}
		})
	}
	all.Wait()
	var count int
	if err := first.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM ingests`).Scan(&count); err != nil || count != writers*rows {
		t.Errorf("%d rows, %v, want %d", count, err, writers*rows)
	}
}

// TestReadersCannotWrite: an error in a query must not become a change.
func TestReadersCannotWrite(t *testing.T) {
	w := create(t, t.TempDir())
	if _, err := w.Reader().ExecContext(t.Context(), `DELETE FROM tasks`); err == nil {
		t.Error("a reader deleted rows")
	}
}

func TestFailedWriteChangesNothing(t *testing.T) {
	w := create(t, t.TempDir())
	broken := errors.New("broken")
	err := w.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `DELETE FROM tasks`); err != nil {
			return err
		}
		return broken
	})
	var count int
	if scan := w.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM tasks`).Scan(&count); !errors.Is(err, broken) || scan != nil || count != 1 {
		t.Errorf("got %v, %v, %d rows", err, scan, count)
	}
}

// TestLocks: one owner at a time, and free again after it.
func TestLocks(t *testing.T) {
	dir := t.TempDir()
	one, two := create(t, dir), create(t, dir)
	lock, err := one.Lock(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := two.TryLock("x"); ok || err != nil {
		t.Errorf("two owners: %v, %v", ok, err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	again, ok, err := two.TryLock("x")
	if !ok || err != nil {
		t.Fatalf("not free after its owner: %v", err)
	}
	if err := again.Unlock(); err != nil {
		t.Error(err)
	}
}

// TestBlobs: stored once under the hash, checked when read.
func TestBlobs(t *testing.T) {
	w := create(t, t.TempDir())
	b := w.Blobs()
	content := []byte("content")
	sum, err := b.Put(content)
	if err != nil || sum != Sum(content) || !b.Has(sum) {
		t.Fatalf("put: %s, %v", sum, err)
	}
	if got, err := b.Read(sum); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read: %q, %v", got, err)
	}
	if size, err := b.Size(sum); err != nil || size != int64(len(content)) {
		t.Errorf("size: %d, %v", size, err)
	}
	if err := os.WriteFile(w.Path("blobs", sum[:2], sum), []byte("changed"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(sum); err == nil {
		t.Error("a damaged blob was read")
	}
	for _, name := range []string{"", "../../etc/passwd", sum[:10], sum + "00"} {
		if _, err := b.Read(name); err == nil || b.Has(name) {
			t.Errorf("%q is a blob", name)
		}
	}
}

// TestWriteFile replaces a file whole and leaves nothing beside it.
func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, content := range []string{"one", "another"} {
		if err := WriteFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
}
