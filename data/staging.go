package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/data/workspace"
)

// ingest is one ingest that is under way. It holds the workspace's ingest lock
// from begin to abandon.
type ingest struct {
	store  *Store
	id     int64
	task   Task
	lock   *flock.Flock
	blobs  *workspace.BlobBatch
	dryRun bool
	// settledBy is written into letters whose records pass now; "" is this ingest.
	settledBy string
	settles   bool // the workspace has letters whose records may pass now

	pictures cache[checkedPicture] // by path
	graphs   cache[string]         // by SMILES
	ledger   *ledger               // what the last batches named
	blocks   blockWriter
	checked  int // records so far, also those that are not staged yet

	chain string // id of the snapshot that the staged records would make

	mu    sync.Mutex
	tally tally // of what is staged

	progress func(t tally, last bool)
	output   *demoOutput // nil where none is wanted
	ended    bool        // published: nothing is left to take back
}

// tally counts what became of the records.
type tally struct {
	read, kept, repeated, dead int
	first                      []string
}

// checkedRecord is a record with what its own bytes and picture say of it.
type checkedRecord struct {
	rawRecord
	folder  string
	id      int64 // compound id where it could be read, else 0
	refused *refusal
	entry   entry
	smiles  string
	image   string
}

func (s *Store) beginIngest(ctx context.Context, folder, file string) (_ *ingest, err error) {
	lock, err := s.ws.Lock(ctx, ingestLock)
	if err != nil {
		return nil, err
	}
	in := &ingest{store: s, lock: lock, ledger: newLedger()}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Unlock())
		}
	}()
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	if in.task, err = s.Task(ctx); err != nil {
		return nil, err
	}
	if in.settles, err = s.hasOpenLetters(ctx); err != nil {
		return nil, err
	}
	newest, err := s.newest(ctx)
	if err != nil {
		return nil, err
	}
	in.chain = newest.ID
	if in.blobs, err = s.ws.Blobs().Batch(ctx, blobBatchName); err != nil {
		return nil, err
	}
	if in.id, err = s.insertIngest(ctx, folder, file, time.Now()); err != nil {
		return nil, errors.Join(err, in.blobs.Close(ctx))
	}
	return in, nil
}

// abandon frees the lock, and takes back all that was staged unless the ingest
// has finished. What it cannot take back now, the next ingest sweeps.
func (in *ingest) abandon() {
	// The pictures go first: that makes room for the rest where the disk is full.
	_ = in.blobs.Close(context.Background())
	if !in.ended {
		_ = in.store.sweep(context.Background())
	}
	_ = in.lock.Unlock()
}

// run stages all records of the stream, whose pictures lie in src. While one
// batch is written, the next is read and checked.
func (in *ingest) run(ctx context.Context, src *source, stream recordStream) error {
	in.pictures.clear() // their paths are those of another folder
	g, ctx := errgroup.WithContext(ctx)
	full := make(chan []checkedRecord)
	g.Go(func() error {
		for batch := range full {
			if err := in.flush(ctx, batch); err != nil {
				return err
			}
		}
		return nil
	})
	g.Go(func() error {
		defer close(full)
		return in.checkInBatches(ctx, src, stream, func(batch []checkedRecord) error {
			select {
			case full <- batch:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	return g.Wait()
}

// checkInBatches hands out the checked records in batches, which are the
// receiver's.
func (in *ingest) checkInBatches(ctx context.Context, src *source, stream recordStream, put func([]checkedRecord) error) error {
	var batch []checkedRecord
	size := 0
	err := inOrder(ctx, stream, chunkRecords,
		func(r rawRecord) (checkedRecord, error) { return in.check(ctx, src, r) },
		func(checked []checkedRecord) error {
			for _, c := range checked {
				size += len(c.raw)
			}
			batch = append(batch, checked...)
			in.report(len(checked), false)
			if len(batch) < stageRecords && size < stageBytes {
				return nil
			}
			whole := batch
			batch, size = make([]checkedRecord, 0, cap(whole)), 0
			return put(whole)
		})
	if err != nil || len(batch) == 0 {
		return err
	}
	return put(batch)
}

// check judges a record by itself. Errors are those of the workspace.
func (in *ingest) check(ctx context.Context, src *source, r rawRecord) (checkedRecord, error) {
	c := checkedRecord{rawRecord: r, folder: src.folder}
	parser := recordParsers.Get().(*recordParser)
	defer recordParsers.Put(parser)
	var fields candidate
	fields, c.id, c.refused = parser.parse(r.raw, in.task)
	if c.refused != nil {
		return c, nil
	}
	pic, err := in.checkPicture(ctx, src, fields.image)
	if err != nil {
		return c, err
	}
	if c.refused = pic.refusal(fields.label); c.refused != nil {
		return c, nil
	}
	c.smiles, c.image = fields.smiles, fields.image
	graph, ok := in.graphs.get(c.smiles)
	if !ok {
		graph = graphHash(c.smiles)
		in.graphs.put(c.smiles, graph)
	}
	c.entry = fields.entry(parser.contentSum(&fields, pic.sum), pic.sum, graph)
	return c, nil
}

// refusal of a picture under a label, nil if it is fit for it.
func (c checkedPicture) refusal(label int) *refusal {
	if c.refused == nil && c.blank && label > 0 {
		return refuse(CodePictureBlank, "the picture is blank, all of one colour, but the label is %d", label)
	}
	return c.refused
}

func (c *candidate) entry(content [32]byte, picture, graph string) entry {
	return entry{
		compoundID: c.compoundID,
		label:      c.label,
		picture:    picture,
		content:    content,
		graph:      graph,
	}
}

// checkPicture looks at a picture once, and hands its file to the blobs.
func (in *ingest) checkPicture(ctx context.Context, src *source, path string) (checkedPicture, error) {
	if c, ok := in.pictures.get(path); ok {
		return c, nil
	}
	buf := pictureFiles.Get().(*bytes.Buffer)
	defer pictureFiles.Put(buf)
	var known bool
	var failed error
	c := src.checkImage(path, buf, func(sum string, file []byte) (bool, error) {
		if known, failed = in.store.hasPicture(ctx, sum); known || failed != nil {
			return false, nil //nolint:nilerr // failed tells, and is no refusal
		}
		return picture.Check(file, picture.DefaultLimits)
	})
	if failed == nil && c.refused == nil && !known && !in.dryRun {
		failed = in.blobs.Add(ctx, c.sum, buf.Bytes())
	}
	if failed != nil {
		return c, failed
	}
	in.pictures.put(path, c)
	return c, nil
}

// pictureFiles are buffers for the files of pictures, used again and again.
var pictureFiles = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// flush stages a batch: its pictures first, so that no record names a picture
// that is not there.
func (in *ingest) flush(ctx context.Context, batch []checkedRecord) error {
	pictures, err := in.blobs.Flush()
	if err != nil {
		return err
	}
	staged, err := in.store.stage(ctx, in, batch, pictures)
	if err != nil {
		return fmt.Errorf("stage records: %w", err)
	}
	if in.output != nil {
		for i, v := range staged {
			if v.refused != nil {
				continue
			}
			if err := in.output.add(batch[i]); err != nil {
				return err
			}
		}
	}
	kept := make([][32]byte, 0, len(staged))
	for i, v := range staged {
		if v.kept() {
			kept = append(kept, batch[i].entry.content)
		}
	}
	in.chain = extendSnapshot(in.chain, kept)
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, v := range staged {
		in.count(&batch[i], v)
	}
	return nil
}

// count takes one verdict into the tally. in.mu is held.
func (in *ingest) count(c *checkedRecord, v verdict) {
	in.tally.read++
	switch {
	case v.refused != nil:
		in.tally.dead++
		if len(in.tally.first) < maxFirstShown {
			in.tally.first = append(in.tally.first, fmt.Sprintf("record %d: %s", c.row, v.refused.reason))
		}
	case v.repeated:
		in.tally.repeated++
	default:
		in.tally.kept++
	}
}

// report tells the progress after more records were checked; they count as
// read before they are staged.
func (in *ingest) report(more int, last bool) {
	if in.progress == nil {
		return
	}
	in.mu.Lock()
	t := in.tally
	in.mu.Unlock()
	in.checked += more
	t.read = in.checked
	in.progress(t, last)
}

func (in *ingest) checkLimits(o IngestOptions) error {
	t := in.tally
	var limit string
	switch {
	case o.MaxDead >= 0 && t.dead > o.MaxDead:
		limit = fmt.Sprint(o.MaxDead)
	case o.MaxDeadShare >= 0 && float64(t.dead) > o.MaxDeadShare*float64(t.read):
		limit = fmt.Sprintf("%g%%", 100*o.MaxDeadShare)
	default:
		return nil
	}
	return &TooManyDeadError{Read: t.read, Dead: t.dead, Limit: limit, First: t.first}
}

// finish makes visible what was staged, or takes it back after a dry run.
// sightings is how often this ingest saw each of its dead letters: 1, or 0 for
// a retry of letters that are there already.
func (in *ingest) finish(ctx context.Context, sightings int) (IngestResult, error) {
	in.report(0, true)
	t := in.tally
	if t.read != t.kept+t.repeated+t.dead {
		return IngestResult{}, fmt.Errorf("ingest lost count: %d read, but %d kept, %d repeated, %d dead; nothing was changed", t.read, t.kept, t.repeated, t.dead)
	}
	result := IngestResult{Read: t.read, Kept: t.kept, Repeated: t.repeated, Dead: t.dead, Snapshot: in.chain, DryRun: in.dryRun}
	if in.dryRun {
		return result, nil
	}
	if err := in.blobs.Sync(); err != nil {
		return IngestResult{}, err
	}
	if err := in.store.publish(ctx, in, sightings, time.Now()); err != nil {
		return IngestResult{}, fmt.Errorf("publish snapshot: %w", err)
	}
	in.ended = true
	result.Ingest = in.id
	return result, nil
}
