package experiments

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrExportExists is returned by ExportBundle when the folder is there already.
var ErrExportExists = errors.New("it is there already")

// ExportBundle copies the bundle of a run, a version or an alias into a new
// folder, all or nothing: docs/formats/bundle.md says what is in it. What the
// bundle does not answer for is not exported. It returns the model copied.
func (s *Store) ExportBundle(ctx context.Context, ref, folder string) (Model, error) {
	m, err := s.Resolve(ctx, ref)
	if err != nil {
		return Model{}, err
	}
	if m.packed != nil {
		return Model{}, fmt.Errorf("export %s: it comes with the program and has no folder to copy; ringlab models export %s writes it as ONNX", m.Name, m.Name)
	}
	if _, _, err := m.Load(); err != nil {
		return Model{}, fmt.Errorf("export %s: %w", m.Name, err)
	}
	if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = ErrExportExists
		}
		return Model{}, fmt.Errorf("export %s to %s: %w; name a folder that does not exist yet", m.Name, folder, err)
	}
	parent := filepath.Dir(folder)
	temporary, err := os.MkdirTemp(parent, ".ringlab-export-*")
	if err != nil {
		return Model{}, fmt.Errorf("export %s to %s: %w", m.Name, folder, err)
	}
	inside := filepath.Join(temporary, "bundle")
	err = os.CopyFS(inside, os.DirFS(m.Bundle))
	if err == nil {
		err = os.Rename(inside, folder)
	}
	if err = errors.Join(err, os.RemoveAll(temporary)); err != nil {
		return Model{}, fmt.Errorf("export %s to %s: %w", m.Name, folder, err)
	}
	return m, nil
}
