package experiments

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ringlab/data/workspace"
)

// Where a run keeps what is not in the database.

func (s *Store) logPath(run int64) string {
	return s.ws.Path("logs", "run-"+formatRunID(run)+".log")
}

func (s *Store) checkpointPath(run int64) string {
	return s.ws.Path("checkpoints", "run-"+formatRunID(run))
}

// bundleName is the folder below bundles/ that one attempt at a run writes.
// Each attempt has its own, so that a worker that lost its lease without
// noticing cannot touch what the next one saves.
func bundleName(run int64, attempt int) string {
	return fmt.Sprintf("run-%d-%d", run, attempt)
}

func (s *Store) bundlePath(name string) string { return s.ws.Path("bundles", name) }

// removeBundles deletes a run's bundle folders except the one to keep, and what
// attempts that were killed while they saved one have left.
func (s *Store) removeBundles(run int64, keep string) error {
	name := fmt.Sprintf("run-%d", run)
	return removeAll(s.ws.Path("bundles"), keep, name+"-", workspace.TemporaryFor(name))
}

// removeAll deletes what lies in a folder under names that begin so, except the
// one to keep.
func removeAll(folder, keep string, beginnings ...string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var errs []error
	for _, entry := range entries {
		begins := func(beginning string) bool { return strings.HasPrefix(entry.Name(), beginning) }
		if entry.Name() != keep && slices.ContainsFunc(beginnings, begins) {
			errs = append(errs, os.RemoveAll(filepath.Join(folder, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// A checkpoint file is its own SHA-256 in hex, a line break, and the state
// that the model's training gave.

var errBadCheckpoint = errors.New("its content does not match its checksum")

func (s *Store) writeCheckpoint(run int64, state []byte) error {
	if err := os.MkdirAll(s.ws.Path("checkpoints"), 0o777); err != nil {
		return fmt.Errorf("write checkpoint of run %d: %w", run, err)
	}
	if err := workspace.WriteFile(s.checkpointPath(run), formatCheckpoint(state)); err != nil {
		return fmt.Errorf("write checkpoint of run %d: %w", run, err)
	}
	return nil
}

func formatCheckpoint(state []byte) []byte {
	sum := sha256.Sum256(state)
	file := make([]byte, 0, 2*len(sum)+1+len(state))
	file = hex.AppendEncode(file, sum[:])
	file = append(file, '\n')
	return append(file, state...)
}

// readCheckpoint returns nil where there is none.
func (s *Store) readCheckpoint(run int64) ([]byte, error) {
	file, err := os.ReadFile(s.checkpointPath(run))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint of run %d: %w", run, err)
	}
	state, err := parseCheckpoint(file)
	if err != nil {
		return nil, fmt.Errorf("read checkpoint of run %d: %w", run, err)
	}
	return state, nil
}

func parseCheckpoint(file []byte) (state []byte, err error) {
	head, state, whole := bytes.Cut(file, []byte{'\n'})
	sum := sha256.Sum256(state)
	if !whole || string(head) != hex.EncodeToString(sum[:]) {
		return nil, errBadCheckpoint
	}
	return state, nil
}

// removeCheckpoint also removes what attempts that were killed while they wrote
// one have left.
func (s *Store) removeCheckpoint(run int64) error {
	path := s.checkpointPath(run)
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, removeAll(filepath.Dir(path), "", workspace.TemporaryFor(path)))
}

// openLog appends to a run's log.
func (s *Store) openLog(run int64) (*os.File, error) {
	return os.OpenFile(s.logPath(run), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
}

// readLog is empty for a run that no worker took yet.
func (s *Store) readLog(run int64) (io.ReadSeekCloser, error) {
	file, err := os.Open(s.logPath(run))
	if errors.Is(err, fs.ErrNotExist) {
		return noLog{strings.NewReader("")}, nil
	}
	return file, err
}

type noLog struct{ *strings.Reader }

func (noLog) Close() error { return nil }
