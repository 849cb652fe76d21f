package workspace

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// A watch sees each commit, of its own process and of others, and nothing else.
func TestAWatchSeesCommitsOfItsOwnProcessAndOfOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ws")
	mine, err := Create(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	other, err := Open(t.Context(), dir) // has connections of its own, as a process has
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	watch, err := mine.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	version := func() int64 {
		t.Helper()
		v, err := watch.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	last := version()
	if version() != last {
		t.Error("the version changed without a commit")
	}
	for name, w := range map[string]*Workspace{"its own process": mine, "another": other} {
		err := w.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE tasks SET label_name = ?`, name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		now := version()
		if now == last {
			t.Errorf("a commit of %s is not seen", name)
		}
		last = now
	}
}
