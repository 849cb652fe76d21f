package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// BlobBatch stores many blobs at the price of few waits for the disk. What was
// added is neither visible nor durable before Commit. Add may be called
// concurrently, also with Commit.
type BlobBatch struct {
	blobs *Blobs
	dir   string
	added atomic.Int64 // names the temporary files

	mu      sync.Mutex
	pending map[string]string // sum to temporary file
}

// Batch begins a batch. Its temporary files lie in a folder of that name, and
// what a dead process left there is removed: the caller holds a lock that
// makes name its own.
func (b *Blobs) Batch(name string) (*BlobBatch, error) {
	dir := filepath.Join(b.dir, ".batch-"+name)
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o777)); err != nil {
		return nil, fmt.Errorf("store blobs: %w", err)
	}
	return &BlobBatch{blobs: b, dir: dir, pending: make(map[string]string)}, nil
}

// Add takes content, whose sum the caller knows, for the next Commit. A blob
// that is stored already is not written again.
func (t *BlobBatch) Add(sum string, content []byte) (err error) {
	if t.blobs.Has(sum) {
		return nil
	}
	// A number, not the sum: two goroutines may add one content at a time.
	name := filepath.Join(t.dir, strconv.FormatInt(t.added.Add(1), 10))
	tmp, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("store blob: %w", err)
	}
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Close())
	if err != nil {
		return fmt.Errorf("store blob: %w", errors.Join(err, os.Remove(tmp.Name())))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, twice := t.pending[sum]; twice {
		return os.Remove(tmp.Name())
	}
	t.pending[sum] = tmp.Name()
	return nil
}

// Commit makes all that was added before it durable and visible. The content
// is on the disk before the name is, so that no crash leaves a blob whose
// content does not match its name.
func (t *BlobBatch) Commit() error {
	t.mu.Lock()
	pending := t.pending
	t.pending = make(map[string]string)
	t.mu.Unlock()
	if len(pending) == 0 {
		return nil
	}
	files := make([]string, 0, len(pending))
	for _, file := range pending {
		files = append(files, file)
	}
	if err := atOnce(files, syncFile); err != nil {
		return fmt.Errorf("store blobs: %w", err)
	}
	folders := make(map[string]bool)
	for sum, file := range pending {
		path, err := t.blobs.path(sum)
		if err != nil {
			return err
		}
		folder := filepath.Dir(path)
		if !folders[folder] {
			if err := os.MkdirAll(folder, 0o777); err != nil {
				return fmt.Errorf("store blobs: %w", err)
			}
			folders[folder] = true
		}
		if err := os.Rename(file, path); err != nil {
			return fmt.Errorf("store blobs: %w", err)
		}
	}
	names := make([]string, 0, len(folders)+1)
	for folder := range folders {
		names = append(names, folder)
	}
	names = append(names, t.blobs.dir)
	if err := atOnce(names, SyncDir); err != nil {
		return fmt.Errorf("store blobs: %w", err)
	}
	return nil
}

// syncsAtOnce is how many files wait for the disk together. A file system
// writes out with one flush what waits at the same time.
const syncsAtOnce = 64

// syncFile needs a file that is open for writing: Windows flushes no other.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func atOnce(paths []string, do func(string) error) error {
	var g errgroup.Group
	g.SetLimit(syncsAtOnce)
	for _, path := range paths {
		g.Go(func() error { return do(path) })
	}
	return g.Wait()
}

// Close drops what was not committed.
func (t *BlobBatch) Close() error { return os.RemoveAll(t.dir) }
