package data

import (
	"context"
)

// IngestOptions: File is the name inside the folder, compounds.json if empty.
// MaxDead and MaxDeadShare refuse the whole ingest when more is bad (negative:
// no limit). Progress, if set, is called a few times a second.
type IngestOptions struct {
	File         string
	DryRun       bool
	MaxDead      int     // -1: no limit
	MaxDeadShare float64 // -1: no limit
	Progress     func(Progress)
}

type Progress struct {
	Read, Kept, Repeated, Dead int
	BytesRead, BytesTotal      int64
}

// IngestResult is what `ingest --json` prints. Read = Kept + Repeated + Dead.
type IngestResult struct {
	Ingest   int64   `json:"ingest"`
	Read     int     `json:"read"`
	Kept     int     `json:"kept"`
	Repeated int     `json:"repeated"`
	Dead     int     `json:"dead"`
	Snapshot string  `json:"snapshot"`
	Seconds  float64 `json:"seconds"`
	DryRun   bool    `json:"dry_run,omitempty"`
}

// Ingest reads the folder all or nothing. See docs/formats/ingest.md.
func (s *Store) Ingest(ctx context.Context, folder string, o IngestOptions) (IngestResult, error) {
	panic("contract")
}
