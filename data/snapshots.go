package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Snapshot names an immutable list of records by the hash of its content: 64
// hex digits. The same records in the same order have the same name in any
// workspace.
type Snapshot struct {
	ID      string    `json:"snapshot"`
	Records int       `json:"records"`
	Created time.Time `json:"created"`

	lastRecord int64
}

var (
	// ErrNoSnapshot is returned where no record was ever ingested.
	ErrNoSnapshot = errors.New("the workspace holds no records yet: `ringlab ingest FOLDER` brings some")
	// ErrUnknownSnapshot is returned for a name that fits no snapshot or several.
	ErrUnknownSnapshot = errors.New("no such snapshot")
)

// extendSnapshot is the id of the snapshot id, which may be none, with more
// records. Each adds its content to a chain: a hash of the id before and of the
// content, both in hex.
func extendSnapshot(id string, contents [][32]byte) string {
	var text [129]byte
	before := text[:copy(text[:], id)]
	for _, content := range contents {
		sum := sha256.Sum256(hex.AppendEncode(append(before, '\n'), content[:]))
		before = hex.AppendEncode(text[:0], sum[:])
	}
	return string(before)
}

// Snapshots lists them, newest first.
func (s *Store) Snapshots(ctx context.Context) ([]Snapshot, error) {
	list, err := s.allSnapshots(ctx)
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	return list, nil
}

// Snapshot finds one by id, by a unique prefix of an id, or the newest for ""
// or "latest". Errors are ErrNoSnapshot, ErrUnknownSnapshot, or the store's.
func (s *Store) Snapshot(ctx context.Context, ref string) (Snapshot, error) {
	if ref == "" || ref == "latest" {
		newest, err := s.newest(ctx)
		if err == nil && newest.ID == noSnapshotYet {
			err = ErrNoSnapshot
		}
		return newest, err
	}
	if strings.Trim(ref, "0123456789abcdef") != "" {
		return Snapshot{}, fmt.Errorf("%w: %s is not the beginning of an id", ErrUnknownSnapshot, shown(ref))
	}
	found, err := s.snapshotsFrom(ctx, ref)
	switch {
	case err != nil:
		return Snapshot{}, fmt.Errorf("find snapshot: %w", err)
	case len(found) == 0:
		return Snapshot{}, fmt.Errorf("%w: %s; see `ringlab data snapshots`", ErrUnknownSnapshot, ref)
	case len(found) > 1 && found[0].ID != ref:
		return Snapshot{}, fmt.Errorf("%w: several begin with %s; write more of it", ErrUnknownSnapshot, ref)
	}
	return found[0], nil
}
