package workspace

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// BlobBatch stores many blobs in packs, at the price of a few waits for the
// disk. A blob is visible once its place, which Flush hands out, is recorded;
// all are durable after Sync, and there to stay after Keep. Add may be called
// concurrently, also with Flush; nothing else may.
type BlobBatch struct {
	blobs *Blobs
	name  string

	mu      sync.Mutex
	pack    *packWriter // nil before the first blob, and after a pack is full
	unsaved []packedBlob
	known   map[string]bool // sums of unsaved
}

// packedBlob is a blob and its place.
type packedBlob struct {
	sum []byte
	at  place
}

// PackedBlobs are blobs that a batch has written, and their places.
type PackedBlobs struct{ blobs []packedBlob }

// Record makes the blobs visible with tx.
func (p PackedBlobs) Record(ctx context.Context, tx *sql.Tx) error {
	return insertPacked(ctx, tx, p.blobs)
}

// Batch begins a batch. The packs of a batch of this name that was not kept are
// removed: the caller holds a lock that makes name its own.
func (b *Blobs) Batch(ctx context.Context, name string) (*BlobBatch, error) {
	t := &BlobBatch{blobs: b, name: name, known: make(map[string]bool)}
	if err := t.drop(ctx); err != nil {
		return nil, fmt.Errorf("store blobs: %w", err)
	}
	return t, nil
}

// drop removes the packs of the batch. The files go first: the disk may be full,
// so that no row could be changed, and nobody relies on what was not kept.
func (t *BlobBatch) drop(ctx context.Context) error {
	ids, err := t.blobs.packsOf(ctx, t.name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err = errors.Join(err, t.blobs.removePack(id))
	}
	for _, id := range ids {
		err = errors.Join(err, t.blobs.forgetPack(ctx, id))
	}
	return err
}

// Add writes content, whose sum the caller knows. It does not look whether the
// blob is stored already, by another batch or as a file of its own: the caller
// knows whether it may rely on that.
func (t *BlobBatch) Add(ctx context.Context, sum string, content []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[sum] {
		return nil
	}
	if err := t.write(ctx, sum, content); err != nil {
		return fmt.Errorf("store blob: %w", explainFull(err))
	}
	t.known[sum] = true
	return nil
}

func (t *BlobBatch) write(ctx context.Context, sum string, content []byte) error {
	header, err := packEntry(sum, len(content))
	if err != nil {
		return err
	}
	if t.pack == nil {
		if t.pack, err = t.blobs.newPack(ctx, t.name); err != nil {
			return err
		}
	}
	at, err := t.pack.append(header, content)
	if err != nil {
		return err
	}
	t.unsaved = append(t.unsaved, packedBlob{sum: header[:len(header)-4], at: at})
	return nil
}

// Flush hands to the system what was added, and answers where it lies.
func (t *BlobBatch) Flush() (PackedBlobs, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	flushed := PackedBlobs{t.unsaved}
	t.unsaved = nil
	clear(t.known)
	if t.pack == nil {
		return flushed, nil
	}
	err := t.pack.out.Flush()
	if err == nil && t.pack.size > maxPackBytes {
		err = t.pack.close()
		t.pack = nil
	}
	if err != nil {
		return PackedBlobs{}, fmt.Errorf("store blobs: %w", explainFull(err))
	}
	return flushed, nil
}

// Sync makes durable all that was flushed.
func (t *BlobBatch) Sync() (err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pack != nil {
		err = t.pack.close()
		t.pack = nil
	}
	if err = errors.Join(err, SyncDir(filepath.Join(t.blobs.dir, packFolder))); err != nil {
		return fmt.Errorf("store blobs: %w", explainFull(err))
	}
	return nil
}

// Keep makes the packs stay, with tx. Nothing may be added after.
func (t *BlobBatch) Keep(ctx context.Context, tx *sql.Tx) error { return keepPacks(ctx, tx, t.name) }

// Close ends the batch. What was not kept is removed.
func (t *BlobBatch) Close(ctx context.Context) (err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pack != nil {
		err = t.pack.file.Close()
		t.pack = nil
	}
	return errors.Join(err, t.drop(ctx))
}

// packWriter appends to a pack.
type packWriter struct {
	id   int64
	file *os.File
	out  *bufio.Writer
	size int64
}

// packBuffer bytes go to the system at once.
const packBuffer = 256 << 10

func (b *Blobs) newPack(ctx context.Context, batch string) (*packWriter, error) {
	id, err := b.insertPack(ctx, batch)
	if err != nil {
		return nil, err
	}
	// A file of that name may be there: a power cut can undo rows, and so free
	// their numbers, but not files.
	file, err := os.OpenFile(b.packPath(id), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	p := &packWriter{id: id, file: file, out: bufio.NewWriterSize(file, packBuffer), size: int64(len(packHeader))}
	_, err = p.out.WriteString(packHeader)
	return p, err
}

func (p *packWriter) append(header, content []byte) (place, error) {
	at := place{pack: p.id, start: p.size + int64(len(header)), length: int64(len(content))}
	for _, part := range [][]byte{header, content} {
		if _, err := p.out.Write(part); err != nil {
			return place{}, err
		}
	}
	p.size = at.start + at.length
	return at, nil
}

// close makes the pack durable.
func (p *packWriter) close() error {
	return errors.Join(p.out.Flush(), p.file.Sync(), p.file.Close())
}
