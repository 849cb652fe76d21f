package workspace

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// record makes visible what was added, and keeps the batch if keep.
func record(t *testing.T, w *Workspace, batch *BlobBatch, keep bool) {
	t.Helper()
	placed, err := batch.Flush()
	if err != nil {
		t.Fatal(err)
	}
	if err := batch.Sync(); err != nil {
		t.Fatal(err)
	}
	err = w.Write(t.Context(), func(tx *sql.Tx) error {
		if err := placed.Record(t.Context(), tx); err != nil || !keep {
			return err
		}
		return batch.Keep(t.Context(), tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func packFiles(t *testing.T, w *Workspace) []string {
	t.Helper()
	files, err := filepath.Glob(w.Path("blobs", "packs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func newBatch(t *testing.T, w *Workspace) *BlobBatch {
	t.Helper()
	batch, err := w.Blobs().Batch(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// TestBlobBatch: a blob is there once its place is recorded, also when the
// same content comes from several goroutines; and stays once the batch is kept.
func TestBlobBatch(t *testing.T) {
	w := create(t, t.TempDir())
	b, batch := w.Blobs(), newBatch(t, w)
	content := func(i int) []byte { return bytes.Repeat(fmt.Append(nil, i), i) } // the first is empty
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 50 {
				if err := batch.Add(t.Context(), Sum(content(i)), content(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if b.Has(Sum(content(7))) {
		t.Error("visible before it was recorded")
	}
	record(t, w, batch, true)
	if err := batch.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for i := range 50 {
		sum := Sum(content(i))
		got, err := b.Read(sum)
		if size, sizeErr := b.Size(sum); err != nil || sizeErr != nil || !bytes.Equal(got, content(i)) || size != int64(len(got)) {
			t.Errorf("blob %d: %q of %d, %v, %v", i, got, size, err, sizeErr)
		}
	}
	if files := packFiles(t, w); len(files) != 1 {
		t.Errorf("the packs are %v", files)
	}
}

// TestBatchThatIsNotKept leaves nothing, whether it was closed or its process
// died; and takes nothing of others with it.
func TestBatchThatIsNotKept(t *testing.T) {
	w := create(t, t.TempDir())
	b := w.Blobs()
	add := func(batch *BlobBatch, content string) {
		t.Helper()
		if err := batch.Add(t.Context(), Sum([]byte(content)), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	kept := newBatch(t, w)
	add(kept, "kept")
	record(t, w, kept, true)
	closed := newBatch(t, w)
	add(closed, "closed")
	record(t, w, closed, false)
	if err := closed.Close(t.Context()); err != nil {
		t.Error(err)
	}
	dead := newBatch(t, w)
	add(dead, "dead")
	record(t, w, dead, false)
	add(dead, "never written")
	next := newBatch(t, w)
	for content, want := range map[string]bool{"kept": true, "closed": false, "dead": false, "never written": false} {
		if got := b.Has(Sum([]byte(content))); got != want {
			t.Errorf("%s: stored %v", content, got)
		}
	}
	if files := packFiles(t, w); len(files) != 1 {
		t.Errorf("the packs are %v", files)
	}
	if err := next.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestDamagedPack: whatever the file or the index says, no other content is
// read, and no more is allocated than the file holds. Packing it again heals.
func TestDamagedPack(t *testing.T) {
	content := []byte(strings.Repeat("content", 100))
	sum := Sum(content)
	cases := map[string]struct {
		index  string
		change func(pack []byte) []byte
	}{
		"a changed byte":          {change: func(pack []byte) []byte { pack[len(pack)-1]++; return pack }},
		"cut short":               {change: func(pack []byte) []byte { return pack[:len(pack)-1] }},
		"empty":                   {change: func([]byte) []byte { return nil }},
		"a length without end":    {index: `UPDATE packed_blobs SET length = 9223372036854775807`},
		"a negative length":       {index: `UPDATE packed_blobs SET length = -1`},
		"a place behind the end":  {index: `UPDATE packed_blobs SET start = 9223372036854775807`},
		"a place before the file": {index: `UPDATE packed_blobs SET start = -1`},
		"another place":           {index: `UPDATE packed_blobs SET start = start - 1`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := create(t, t.TempDir())
			batch := newBatch(t, w)
			if err := batch.Add(t.Context(), sum, content); err != nil {
				t.Fatal(err)
			}
			record(t, w, batch, true)
			if c.change != nil {
				path := packFiles(t, w)[0]
				pack, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, c.change(pack), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if c.index != "" {
				if err := w.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.ExecContext(t.Context(), c.index); return err }); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := w.Blobs().Read(sum); err == nil {
				t.Fatalf("it was read as %q", got)
			}
			again := newBatch(t, w)
			if err := again.Add(t.Context(), sum, content); err != nil {
				t.Fatal(err)
			}
			record(t, w, again, true)
			if got, err := w.Blobs().Read(sum); err != nil || !bytes.Equal(got, content) {
				t.Errorf("after it was packed again: %v", err)
			}
		})
	}
}

// TestPutIgnoresPacks: a file of its own is written also where a pack has the
// content, so that removing the file takes nothing from the pack.
func TestPutIgnoresPacks(t *testing.T) {
	w := create(t, t.TempDir())
	content := []byte("content")
	sum := Sum(content)
	batch := newBatch(t, w)
	if err := batch.Add(t.Context(), sum, content); err != nil {
		t.Fatal(err)
	}
	record(t, w, batch, true)
	if _, err := w.Blobs().Put(content); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(w.Path("blobs", sum[:2], sum)); err != nil {
		t.Fatal(err)
	}
	if got, err := w.Blobs().Read(sum); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %q, %v", got, err)
	}
}

// TestAFullPackIsFollowedByAnother, and blobs are found in each.
func TestAFullPackIsFollowedByAnother(t *testing.T) {
	w := create(t, t.TempDir())
	batch := newBatch(t, w)
	var sums []string
	for i := range 3 {
		content := bytes.Repeat([]byte{byte(i)}, maxPackBytes/2+1)
		sums = append(sums, Sum(content))
		if err := batch.Add(t.Context(), sums[i], content); err != nil {
			t.Fatal(err)
		}
		record(t, w, batch, true)
	}
	for _, sum := range sums {
		if _, err := w.Blobs().Read(sum); err != nil {
			t.Error(err)
		}
	}
	if files := packFiles(t, w); len(files) < 2 {
		t.Errorf("the packs are %v", files)
	}
}
