package data

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// IngestOptions: File is the name inside the folder, compounds.json if empty.
// MaxDead and MaxDeadShare refuse the whole ingest when more is bad (negative:
// no limit). Progress, if set, is called a few times a second, and at the end.
// OutputPath, if set, is a folder that also gets what the replaced demo wrote
// there: compound_rings.csv and the pictures of the accepted records. DLQFile,
// if set, is a file to which [Store.AppendDLQFile] adds the dead letters. A dry
// run writes neither.
type IngestOptions struct {
	File         string
	DryRun       bool
	MaxDead      int     // -1: no limit
	MaxDeadShare float64 // -1: no limit
	OutputPath   string
	DLQFile      string
	Progress     func(Progress)
}

// Progress of an ingest. BytesRead counts the list of records, not pictures.
type Progress struct {
	Read, Kept, Repeated, Dead int
	BytesRead, BytesTotal      int64
}

// IngestResult is what `ingest --json` prints. Read = Kept + Repeated + Dead.
// Snapshot is the newest after the ingest, "" while no record was ever kept.
type IngestResult struct {
	Ingest   int64   `json:"ingest"` // 0 for a dry run
	Read     int     `json:"read"`
	Kept     int     `json:"kept"`
	Repeated int     `json:"repeated"`
	Dead     int     `json:"dead"`
	Snapshot string  `json:"snapshot"`
	Seconds  float64 `json:"seconds"`
	DryRun   bool    `json:"dry_run,omitempty"`
}

// TooManyDeadError refuses an ingest whose dead letters are over a limit.
type TooManyDeadError struct {
	Read, Dead int
	Limit      string   // as a person would write it: "3" or "5%"
	First      []string // reasons of the first few, printable
}

func (e *TooManyDeadError) Error() string {
	return fmt.Sprintf("%d of %d records are bad, limit %s; nothing was changed. The first:\n  %s",
		e.Dead, e.Read, e.Limit, strings.Join(e.First, "\n  "))
}

const (
	ingestLock = "ingest"
	// Records are staged in transactions of about this many, so that other
	// writers wait a fraction of a second at most, and memory is bounded.
	stageRecords  = 4096
	stageBytes    = 2 << 20
	chunkRecords  = 64
	progressEvery = 200 * time.Millisecond
	maxFirstShown = 5
	sweepAtOnce   = 5000
	noSnapshotYet = ""
	blobBatchName = "ingest"
)

// Ingest reads the folder all or nothing: it returns after everything is in
// the workspace durably, or leaves the workspace as it was. One ingest runs at
// a time in a workspace; others wait until ctx ends. A file that cannot be
// read is a *RefusedFileError, too many dead letters are a *TooManyDeadError.
// The rules for records are in docs/formats/ingest.md.
func (s *Store) Ingest(ctx context.Context, folder string, o IngestOptions) (IngestResult, error) {
	started := time.Now()
	src, list, size, err := openIngest(folder, o)
	if err != nil {
		return IngestResult{}, err
	}
	defer src.close()
	defer list.Close()

	in, err := s.beginIngest(ctx, src.folder, src.file)
	if err != nil {
		return IngestResult{}, fmt.Errorf("ingest %s: %w", Printable(folder), err)
	}
	defer in.abandon()
	in.dryRun = o.DryRun
	counted := &countingReader{in: list}
	in.progress = progressReporter(o.Progress, size, &counted.read)
	if o.OutputPath != "" && !o.DryRun {
		if in.output, err = newDemoOutput(o.OutputPath, src, s.ws.Blobs()); err != nil {
			return IngestResult{}, err
		}
		defer func() { _ = in.output.close() }()
	}
	if err := in.run(ctx, src, newRecordReader(src.path(), counted)); err != nil {
		return IngestResult{}, err
	}
	if err := in.checkLimits(o); err != nil {
		return IngestResult{}, err
	}
	result, err := in.finish(ctx, 1)
	if err != nil {
		return IngestResult{}, err
	}
	result.Seconds = seconds(time.Since(started))
	if err := in.writeDemoFiles(ctx, o); err != nil {
		return result, fmt.Errorf("the records are ingested, but: %w", err)
	}
	return result, nil
}

// CheckIngest returns what would refuse an ingest before its first record, for
// who has to make a workspace for it.
func CheckIngest(folder string, o IngestOptions) error {
	src, list, _, err := openIngest(folder, o)
	if err != nil {
		return err
	}
	src.close()
	return list.Close()
}

// openIngest opens the folder and its list, whose size it tells.
func openIngest(folder string, o IngestOptions) (*source, *os.File, int64, error) {
	if o.DLQFile != "" {
		if err := checkDLQFile(o.DLQFile); err != nil {
			return nil, nil, 0, err
		}
	}
	src, err := openSource(folder, o.File)
	if err != nil {
		return nil, nil, 0, err
	}
	list, size, err := src.openList()
	if err != nil {
		src.close()
		return nil, nil, 0, err
	}
	return src, list, size, nil
}

// writeDemoFiles puts in place what an ingest that has finished owes beside
// the workspace.
func (in *ingest) writeDemoFiles(ctx context.Context, o IngestOptions) error {
	if in.dryRun {
		return nil
	}
	if in.output != nil {
		if err := in.output.commit(); err != nil {
			return err
		}
	}
	if o.DLQFile != "" {
		_, err := in.store.AppendDLQFile(ctx, o.DLQFile, in.id)
		return err
	}
	return nil
}

func seconds(d time.Duration) float64 {
	return d.Round(time.Millisecond).Seconds()
}
